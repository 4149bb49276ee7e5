/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The frame on a small terminal. @module */
import { Box } from "ink";
import { askLine } from "../panels/keys_text.ts";
import { numberLines } from "../panels/numbers.ts";
import { headerLine, progressLine, stagesLine } from "../panels/panels.ts";
import { currentTraining } from "../../run/fold/view.ts";
import { insteadOfPanels, type PartProps } from "./frame_props.ts";
import { Lines } from "./lines.tsx";
import { PicturesPanel } from "./pictures.tsx";
import { LossPanel } from "./training.tsx";

/** Lines in order of importance, as many as fit. */
export function ListFrame(props: PartProps & { notice: string }) {
  const { view, calm, color: level, now, choices, situation, layout, compare } = props;
  const { width, height, chart, pictures } = layout;
  const style = { width, level, now };
  const training = currentTraining(view);
  const notice = choices.asking ? askLine(choices, situation, style) : props.notice;
  const head = [
    headerLine(view, style, choices.past),
    progressLine(view, style, choices.past),
    ...(notice === "" ? [] : [notice]),
  ];
  const body = { width, height: Math.max(0, height - head.length) };
  const text = insteadOfPanels(props, body);
  if (text !== undefined) return <Lines lines={[...head, ...text]} width={width} height={height} />;
  const numbers = training === undefined ? [] : numberLines(training, style, compare).slice(0, 4);
  const shown = [...head, ...numbers, stagesLine(view, style)].slice(0, Math.min(height, 6 + 1));
  const room = height - shown.length - (pictures?.height ?? 0);
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Lines lines={shown} width={width} />
      {training && room >= 4 && chart.height >= 4 && (
        <LossPanel
          training={currentTraining(calm) ?? training}
          size={{ width, height: room }}
          level={level}
          compare={compare}
        />
      )}
      {pictures && (
        <PicturesPanel preview={view.preview!} layout={pictures} offset={choices.offset} level={level} />
      )}
    </Box>
  );
}
