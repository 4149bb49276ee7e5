/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** Lines of text in a panel of a fixed size. @module */
import { Box } from "ink";
import { SafeLines } from "./safe_text.tsx";

/**
 * Shows lines, each of which must fit the width. Those beyond the height are omitted, so that a panel never exceeds its size.
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
