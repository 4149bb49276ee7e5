/** The whole frame, from a view, a size and the user's selection. @module */
import { Box } from "ink";
import type { Choices, Situation } from "../choices.ts";
import type { Comparison } from "../compare.ts";
import { askLine, helpLines, keysLine, keysOf } from "../keys_text.ts";
import { healthLines } from "../health.ts";
import { type Layout, layoutOf, type Size } from "../layout.ts";
import { headerLine, noticeLine, nowLine, progressLine, stagesLine } from "../panels.ts";
import type { ColorLevel } from "../theme.ts";
import type { View } from "../view.ts";
import { Lines } from "./lines.tsx";
import { ListFrame } from "./list.tsx";
import { Panels } from "./panels.tsx";

/** The properties of a frame. */
export interface FrameProps {
  /** The present. */
  readonly view: View;
  /** The view for the curves, which may be a little older. */
  readonly calm: View;
  readonly columns: number;
  readonly rows: number;
  readonly color: ColorLevel;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly choices: Choices;
  readonly situation: Situation;
  readonly compare: Comparison | undefined;
  /** The last lines of the plain log, as many as fit. */
  log(size: { width: number; height: number }): string[];
}

/** The properties of the parts of a frame. */
export type PartProps = FrameProps & { readonly layout: Layout };

/** One frame, at least one line lower than the terminal. A past moment is drawn from its own view, at its own time. */
export function Frame(props: FrameProps) {
  const { past } = props.choices;
  const shown = past === null ? props : { ...props, view: past.view, calm: past.view, now: past.view.at };
  const layout = layoutOf(shown.view, props.columns, props.rows, props.choices);
  const notice = noticeOf(props, layout.width);
  return layout.small
    ? <ListFrame {...shown} layout={layout} notice={notice} />
    : <PanelFrame {...shown} layout={layout} notice={notice} />;
}

/** That the run is stopping, the current state while the past is shown, or the newest message. */
function noticeOf({ view, color: level, now, choices }: FrameProps, width: number): string {
  const style = { width, level, now };
  const isStopping = choices.stopping !== null && view.end === null;
  return choices.past === null || isStopping
    ? noticeLine(view, choices.stopping, style)
    : nowLine(view, style);
}

/** The text that replaces the panels, if any. */
export function insteadOfPanels(
  { view, color: level, choices, situation, log }: FrameProps,
  size: Size,
): string[] | undefined {
  if (choices.help) return helpLines(situation, { width: size.width, level });
  if (choices.log) return log(size);
  return choices.health ? healthLines(view, size, level) : undefined;
}

function PanelFrame(props: PartProps & { notice: string }) {
  const { view, color: level, now, choices, situation, layout, notice } = props;
  const { width, height, stageList } = layout;
  const style = { width, level, now };
  const head = [
    headerLine(view, style, choices.past),
    ...(stageList ? [] : [stagesLine(view, style)]),
    notice,
  ];
  const foot = [
    progressLine(view, style, choices.past),
    choices.asking
      ? askLine(choices, situation, style)
      : keysLine(keysOf(view, choices, layout, situation), style),
  ];
  const body = { width, height: height - head.length - foot.length };
  const text = insteadOfPanels(props, body);
  return (
    <Box flexDirection="column" paddingX={1} height={height} overflow="hidden">
      <Lines lines={head} width={width} />
      <Box flexDirection="column" height={body.height} flexShrink={0} overflow="hidden">
        {text === undefined ? <Panels {...props} /> : <Lines lines={text} {...body} />}
      </Box>
      <Lines lines={foot} width={width} />
    </Box>
  );
}
