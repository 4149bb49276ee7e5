/** The whole frame, from a view, a size and what the person chose. @module */
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

/** What a frame shows, how, and when. */
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

/** What the parts of a frame get. */
export type PartProps = FrameProps & { readonly layout: Layout };

/** One frame, at least one line lower than the terminal. A moment of the past is drawn from its own view, at its own time. */
export function Frame(props: FrameProps) {
  const { past } = props.choices;
  const shown = past === null ? props : { ...props, view: past.view, calm: past.view, now: past.view.at };
  const layout = layoutOf(shown.view, props.columns, props.rows, props.choices);
  const notice = noticeOf(props, layout.width);
  return layout.small
    ? <ListFrame {...shown} layout={layout} notice={notice} />
    : <PanelFrame {...shown} layout={layout} notice={notice} />;
}

/** What is asked, what is about to happen, where the present is, or the newest message. */
function noticeOf({ view, color: level, now, choices }: FrameProps, width: number): string {
  const look = { width, level, now };
  const isStopping = choices.stopping !== null && view.end === null;
  return choices.past === null || isStopping ? noticeLine(view, choices.stopping, look) : nowLine(view, look);
}

/** What stands in the place of the panels, if something does. */
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
  const look = { width, level, now };
  const head = [
    headerLine(view, look, choices.past),
    ...(stageList ? [] : [stagesLine(view, look)]),
    notice,
  ];
  const foot = [
    progressLine(view, look, choices.past),
    choices.asking
      ? askLine(choices, situation, look)
      : keysLine(keysOf(view, choices, layout, situation), look),
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
