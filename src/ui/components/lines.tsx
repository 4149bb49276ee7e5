/** Lines of text in a panel of a fixed size. @module */
import { Box, Text } from "ink";

/** Shows the lines; what is too much is cut off, so that a panel is never larger than its place. */
export function Lines(
  { lines, width, height = lines.length }: { lines: readonly string[]; width: number; height?: number },
) {
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      {lines.slice(0, height).map((line, index) => (
        <Text key={index} wrap="truncate-end">{line === "" ? " " : line}</Text>
      ))}
    </Box>
  );
}
