/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/**
 * The live screen of a sweep on a terminal.
 *
 * @module
 */
import process from "node:process";
import type { ReadStream, WriteStream } from "node:tty";
import { render, renderToString } from "ink";
import type { TrialView } from "../../sweep/view.ts";
import { NO_SWEEP_CHOICES, type SweepChoices, type SweepCommand } from "../sweep/sweep_choices.ts";
import { LiveSweep, type OnSweepCommand, SweepFrame, type SweepMoment } from "../sweep/sweep_frame.tsx";
import { type SweepFrameProps, sweepSummary } from "../sweep/sweep_lines.ts";
import type { Environment } from "../terminal/environment.ts";
import { frameRatesFor } from "../terminal/frame_rates.ts";
import { holdTerminal, inkOptions, writeLines } from "../terminal/hold_terminal.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import { latestStore } from "../view/latest_store.ts";

/** Options for the screen. */
export interface SweepScreenOptions {
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
  readonly color: ColorLevel;
  readonly moment: SweepMoment;
  /** The initial selection. @default {NO_SWEEP_CHOICES} */
  readonly choices?: SweepChoices;
  /** @default the environment of the process */
  readonly env?: Environment;
  /** Opens the dashboard of a trial; the caller must finish this screen first. */
  open(trial: TrialView, choices: SweepChoices): void;
  stopTrial(trial: TrialView, how: "batch" | "epoch"): void;
  /** Stops the sweep, each trial with a checkpoint, or at once. */
  stop(how: "batch" | "now"): void;
  /** Closes the screen; the sweep continues in the background. @default {it cannot} */
  detach?(): void;
  /** Closes the screen. Without it, `q` and Ctrl-C stop the sweep as long as it has not ended. */
  quit(): void;
  /** Whether this screen did not start the sweep, so that leaving it never stops the sweep. */
  readonly attached: boolean;
}

/** The sweep on the screen. */
export interface SweepScreen {
  /** Takes what was read last. Never throws, never blocks. */
  update(moment: SweepMoment): void;
  /** Clears the screen and restores the terminal; with `summary` it leaves what the sweep has come to. */
  finish(options?: { readonly summary: boolean }): Promise<void>;
}

/** Minimum milliseconds between two frames: the folder is read once a second. */
const FRAME = 500;

/** Starts the screen. As with the dashboard, the caller must handle signals until it has finished. */
export function startSweepScreen(options: SweepScreenOptions): SweepScreen {
  const { stdout, stdin, color, moment, choices = NO_SWEEP_CHOICES, attached, detach, env = process.env } =
    options;
  const isRead = env.INK_SCREEN_READER === "true";
  const rates = frameRatesFor({ env, isRead, cells: () => stdout.columns * stdout.rows });
  const store = latestStore(moment, Math.max(FRAME, rates.parts.figures.every()));
  const release = holdTerminal(stdout);
  const onCommand: OnSweepCommand = (command, trial, choices) => execute(options, command, trial, choices);
  const situation = { attached, canDetach: detach !== undefined };
  const instance = render(
    <LiveSweep
      {...{ store, color, situation, onCommand }}
      initial={choices}
      hasKeys={stdin.isTTY === true}
    />,
    { ...inkOptions(rates, isRead), stdout, stdin },
  );
  return {
    update: store.set,
    async finish({ summary } = { summary: false }) {
      store.close();
      await instance.waitUntilRenderFlush();
      instance.clear();
      instance.unmount();
      await instance.waitUntilExit();
      if (summary) {
        await writeLines(stdout, sweepSummary(store.newest().view, { width: stdout.columns, level: color }));
      }
      release();
    },
  };
}

function execute(
  { open, stopTrial, stop, detach, quit }: SweepScreenOptions,
  command: SweepCommand,
  trial: TrialView | undefined,
  choices: SweepChoices,
): void {
  const commands: Readonly<Record<SweepCommand, () => void>> = {
    "open": () => trial && open(trial, choices),
    "stop-trial-epoch": () => trial && stopTrial(trial, "epoch"),
    "stop-trial-batch": () => trial && stopTrial(trial, "batch"),
    "stop-sweep": () => stop("batch"),
    "abort-sweep": () => stop("now"),
    "detach": () => detach?.(),
    "quit": quit,
  };
  commands[command]();
}

/** One frame as text, as on a terminal of this size. */
export function renderSweep(props: SweepFrameProps): string {
  return renderToString(<SweepFrame {...props} />, { columns: props.columns });
}
