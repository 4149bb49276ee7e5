/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/**
 * The live dashboard: Ink on a terminal, about ten frames a second, never as high as the terminal.
 *
 * @module
 */
import process from "node:process";
import { render, renderToString } from "ink";
import type { RunEvent } from "../../pipeline/events.ts";
import type { Controls, Screen, ScreenOptions } from "../screen.ts";
import { type Choices, NO_CHOICES, OWNS_RUN, type Situation } from "../view/choices.ts";
import type { Comparison } from "../view/comparison.ts";
import { Frame } from "../components/app.tsx";
import { LiveFrame, type RunCommand } from "../components/live.tsx";
import { holdTerminal, inkOptions, writeLines } from "../terminal/hold_terminal.ts";
import { logBuffer } from "../plain_log/log_buffer.ts";
import { initialView } from "../../run/fold/fold.ts";
import { reduce, withProgress } from "../view/reduce.ts";
import { meter } from "../terminal/meter.ts";
import { frameRatesFor } from "../terminal/frame_rates.ts";
import { viewStore } from "../view/store.ts";
import { partingLines, summaryLines } from "../panels/summary.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { View } from "../../run/fold/view.ts";

/** The dashboard, which can compare with a second run. */
export interface Dashboard extends Screen {
  /** Draws a second run behind the first; `undefined`: none. */
  compare(other: Comparison | undefined): void;
}

/**
 * Starts the dashboard. Until it has finished, the default actions of SIGHUP, SIGINT and SIGTERM are disabled: the caller must handle them.
 *
 * `finish` replaces the frame by the summary or, if the run continues, by its current state.
 */
export function startDashboard(
  { stdout, stdin, color, controls, compare, every, env = process.env }: Omit<ScreenOptions, "write">,
): Dashboard {
  let view = initialView();
  let isLeft = false;
  const isRead = env.INK_SCREEN_READER === "true";
  const rates = frameRatesFor({ env, isRead, cells: () => stdout.columns * stdout.rows });
  const metered = meter(stdout);
  const store = viewStore(view, rates, { bytes: metered.bytes, cpu: cpuMilliseconds });
  const log = logBuffer(color, every);
  const release = holdTerminal(stdout);
  store.compare(compare);
  const situation = { attached: controls.quit !== undefined, canDetach: controls.detach !== undefined };
  const onCommand = (command: RunCommand) => {
    isLeft ||= command === "quit" || command === "detach";
    execute(controls, command);
  };
  const hasKeys = stdin.isTTY === true;
  const instance = render(<LiveFrame {...{ store, log, color, hasKeys, situation, onCommand }} />, {
    ...inkOptions(rates, isRead),
    stdout: metered.stream,
    stdin,
  });
  function event(event: RunEvent): void {
    view = reduce(view, event);
    log.take(event, view);
    store.set(view);
  }
  return {
    past: event,
    event,
    progress(progress) {
      view = withProgress(view, progress);
      log.progress(progress, view);
      store.set(view);
    },
    compare: store.compare,
    async finish() {
      store.close();
      await instance.waitUntilRenderFlush();
      instance.clear();
      instance.unmount();
      await instance.waitUntilExit();
      const isOngoing = isLeft && view.end === null;
      const lines = isOngoing
        ? partingLines(view, color, Date.now())
        : summaryLines(view, color, stdout.columns);
      await writeLines(stdout, lines);
      release();
    },
  };
}

/** Processor time of this process, over all threads. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function execute(controls: Controls, command: RunCommand): void {
  const commands: Readonly<Record<RunCommand, () => void>> = {
    "stop-epoch": () => controls.stop("epoch"),
    "stop-batch": () => controls.stop("batch"),
    abort: () => controls.abort(),
    detach: () => controls.detach?.(),
    quit: () => controls.quit?.(),
  };
  commands[command]();
}

/** One frame as text, as the dashboard would show it on a terminal of this size. */
export function renderFrame(
  view: View,
  { columns, rows, color, now, choices = NO_CHOICES, situation = OWNS_RUN, compare, log = [] }: {
    columns: number;
    rows: number;
    color: ColorLevel;
    /** Milliseconds since 1970. */
    now: number;
    choices?: Choices;
    situation?: Situation;
    compare?: Comparison;
    /** The lines of the plain log. */
    log?: readonly string[];
  },
): string {
  const lines = ({ height }: { height: number }) => log.slice(-height);
  return renderToString(
    <Frame {...{ view, calm: view, columns, rows, color, now, choices, situation, compare, log: lines }} />,
    { columns },
  );
}
