/** The whole frame, from a view, a size and what the person chose. @module */
import { Box } from "ink";
import { type Choices, type Layout, layoutOf } from "../layout.ts";
import { numberLines } from "../numbers.ts";
import { headerLine, keysLine, noticeLine, progressLine, stageListLines, stagesLine } from "../panels.ts";
import { count } from "../text.ts";
import { type ColorLevel, paint } from "../theme.ts";
import { currentTraining, type View } from "../view.ts";
import { Help } from "./help.tsx";
import { LatentPanel } from "./latent.tsx";
import { Lines } from "./lines.tsx";
import { PicturesPanel } from "./pictures.tsx";
import { LossPanel, NumbersPanel } from "./training.tsx";

/** What a frame shows, how, and when. */
export interface FrameProps {
  readonly view: View;
  /** The view for the curves, which may be a little older. */
  readonly calm: View;
  readonly columns: number;
  readonly rows: number;
  readonly color: ColorLevel;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly choices: Choices;
}

/** One frame, at least one line lower than the terminal. */
export function Frame(props: FrameProps) {
  const layout = layoutOf(props.view, props.columns, props.rows, props.choices);
  return layout.small ? <ListFrame {...props} layout={layout} /> : <PanelFrame {...props} layout={layout} />;
}

function PanelFrame({ view, calm, color: level, now, choices, layout }: FrameProps & { layout: Layout }) {
  const { width, height, stageList } = layout;
  const look = { width, level, now };
  const head = [
    headerLine(view, look),
    ...(stageList ? [] : [stagesLine(view, look)]),
    noticeLine(view, choices.interrupts, look),
  ];
  const foot = [progressLine(view, look), keysLine(keysOf(view, choices, layout), look)];
  const body = { width, height: height - head.length - foot.length };
  return (
    <Box flexDirection="column" paddingX={1} height={height} overflow="hidden">
      <Lines lines={head} width={width} />
      <Box flexDirection="column" height={body.height} flexShrink={0} overflow="hidden">
        {choices.help
          ? <Help size={body} level={level} />
          : <Panels view={view} calm={calm} layout={layout} choices={choices} level={level} now={now} />}
      </Box>
      <Lines lines={foot} width={width} />
    </Box>
  );
}

function Panels(
  { view, calm, layout, choices, level, now }: {
    view: View;
    calm: View;
    layout: Layout;
    choices: Choices;
    level: ColorLevel;
    now: number;
  },
) {
  const training = currentTraining(view);
  const { chart, numbers, stageList, pictures, latent, width } = layout;
  if (training === undefined) {
    return (
      <Lines lines={["", ...stageListLines(view, chart.height - 1, { width, level, now })]} width={width} />
    );
  }
  const plane = latent === undefined
    ? null
    : <LatentPanel latent={view.latent!} size={latent} level={level} />;
  const epoch = pictures === undefined ? "" : `after epoch ${count(view.preview!.epoch)}`;
  return (
    <>
      <Box height={chart.height} flexShrink={0} columnGap={3} overflow="hidden">
        <LossPanel training={currentTraining(calm) ?? training} size={chart} level={level} />
        <NumbersPanel {...{ view, training, stageList, level, now }} size={numbers} />
        {latent?.place === "top" && plane}
      </Box>
      {layout.gap && <Lines lines={[paint(level, "faint", epoch)]} width={width} />}
      <Box flexGrow={1} columnGap={3} overflow="hidden">
        {pictures && (
          <PicturesPanel preview={view.preview!} layout={pictures} offset={choices.offset} level={level} />
        )}
        {latent?.place === "bottom" && plane}
      </Box>
    </>
  );
}

/** Little room: lines from the most important one on, as many as there are. */
function ListFrame({ view, calm, color: level, now, choices, layout }: FrameProps & { layout: Layout }) {
  const { width, height, chart, pictures } = layout;
  const look = { width, level, now };
  const training = currentTraining(view);
  const notice = noticeLine(view, choices.interrupts, look);
  const lines = [
    headerLine(view, look),
    progressLine(view, look),
    ...(notice === "" ? [] : [notice]),
    ...(training === undefined ? [] : numberLines(training, look).slice(0, 4)),
    stagesLine(view, look),
  ];
  const shown = lines.slice(0, Math.min(height, 6 + 1));
  const room = height - shown.length - (pictures?.height ?? 0);
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Lines lines={shown} width={width} />
      {training && room >= 4 && chart.height >= 4 &&
        (
          <LossPanel
            training={currentTraining(calm) ?? training}
            size={{ width, height: room }}
            level={level}
          />
        )}
      {pictures && (
        <PicturesPanel preview={view.preview!} layout={pictures} offset={choices.offset} level={level} />
      )}
    </Box>
  );
}

/** The keys that do something now. */
function keysOf(view: View, { help, interrupts }: Choices, { pictures, canSwitch }: Layout) {
  const keys: [string, string][] = [["?", help ? "close help" : "help"]];
  if (view.end === null) keys.push(interrupts === 0 ? ["q", "stop"] : ["Ctrl-C", "abort"]);
  const { across = 0, down = 0 } = pictures?.grid ?? {};
  if (pictures && view.preview!.items.length > across * down) keys.push(["← →", "samples"]);
  if (canSwitch) keys.push(["l", "pictures or latent space"]);
  return keys;
}
