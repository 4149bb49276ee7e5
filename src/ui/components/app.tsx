/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The whole frame, from a view, a size and the user's selection. @module */
import { Box } from "ink";
import { askLine, keysLine, keysOf } from "../panels/keys_text.ts";
import { layoutOf } from "../panels/layout.ts";
import { headerLine, noticeLine, nowLine, progressLine, stagesLine } from "../panels/panels.ts";
import { type FrameProps, insteadOfPanels, type PartProps } from "./frame_props.ts";
import { Lines } from "./lines.tsx";
import { ListFrame } from "./list.tsx";
import { Panels } from "./panels.tsx";

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
