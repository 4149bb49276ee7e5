/** Lines of text in a panel of a fixed size. @module */
import { Box, Text, Transform } from "ink";

/**
 * Shows the lines, each of which must fit the width already; those beyond the height are left out, so that a panel is never larger
 * than its place.
 *
 * Ink reads what stands in a `Text` several times for each frame, escape sequences included, and what a `Transform` puts in its place
 * once: that saves a third of what a frame costs.
 */
export function Lines(
  { lines, width, height = lines.length }: { lines: readonly string[]; width: number; height?: number },
) {
  const shown = lines.slice(0, height);
  return (
    <Box flexShrink={0} width={width} height={height}>
      {shown.length > 0 && (
        <Transform transform={(_place, index) => shown[index]}>
          <Text>{PLACE.repeat(shown.length).trimEnd()}</Text>
        </Transform>
      )}
    </Box>
  );
}

/** Where a line will stand. */
const PLACE = ".\n";
