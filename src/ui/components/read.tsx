/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The frame for screen readers. @module */
import { Box } from "ink";
import { readingLines } from "../panels/reading.ts";
import type { FrameProps } from "./frame_props.ts";
import { SafeText } from "./safe_text.tsx";

/** Sentences, or the plain log. */
export function ReadFrame(props: FrameProps) {
  const { choices, columns, rows } = props;
  const { past } = choices;
  const reading = past === null ? props : { ...props, view: past.view, now: past.view.at };
  const lines = choices.log && !choices.help && !choices.asking
    ? props.log({ width: columns, height: Math.max(1, rows - 1) })
    : readingLines(reading);
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => <SafeText key={index}>{line}</SafeText>)}
    </Box>
  );
}
