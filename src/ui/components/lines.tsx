/** Lines of text in a panel of a fixed size. @module */
import { Box } from "ink";
import { SafeLines } from "./safe_text.tsx";

/**
 * Shows the lines, each of which must fit the width already; those beyond the height are left out, so that a panel is never larger
 * than its place.
 */
export function Lines(
  { lines, width, height = lines.length }: { lines: readonly string[]; width: number; height?: number },
) {
  const shown = lines.slice(0, height);
  return (
    <Box flexShrink={0} width={width} height={height}>
      {shown.length > 0 && <SafeLines lines={shown} />}
    </Box>
  );
}
