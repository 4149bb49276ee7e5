/** Shows a sweep from its folder: the live screen, or a line for each trial that ends. @module */
import { requestStop } from "../../run/control.ts";
import { STOP_SIGNAL_NAMES } from "../../run/stop.ts";
import { isSweepHeld } from "../../sweep/presence.ts";
import { openSweep, type SweepReader } from "../../sweep/read_view.ts";
import { startedShards } from "../../sweep/shards/shard_marks.ts";
import { requestSweepStop } from "../../sweep/stop_request.ts";
import { isOver, stateCounts, type TrialView } from "../../sweep/view.ts";
import { openSweepScreen } from "../../ui/screens/open_screen.ts";
import { NO_SWEEP_CHOICES, type SweepChoices } from "../../ui/sweep/sweep_choices.ts";
import type { ScreenName } from "../../ui/choose.ts";
import { type SweepLog, sweepLog, trialJson } from "../../ui/sweep/sweep_log.ts";
import { attach, type ScreenSetup } from "../attach.ts";
import type { BackgroundSweep } from "../background.ts";
import { asBadInput } from "../bad_input.ts";
import { typed } from "../../core/typed_command.ts";
import { isOutputOpen } from "../output.ts";
import { listen } from "../signals.ts";

/** Milliseconds between two readings of the folder. */
const UPDATE_MS = 1000;

/** How a sweep is shown. */
export interface ShownSweep {
  readonly folder: string;
  readonly setup: ScreenSetup;
  /** The metric to rank by. @default {that of the sweep} */
  readonly metric?: string;
  /**
   * Closes the screen of a sweep that this process has started, which continues. Without it the screen is a viewer: leaving it never stops the
   * sweep.
   */
  readonly detach?: () => void;
  /** Abort it to close the screen. */
  readonly leaving: AbortController;
}

/** Shows the live screen until it is closed; a trial that is opened replaces it until its dashboard is closed. */
export async function showSweep(shown: ShownSweep): Promise<void> {
  const reader = await asBadInput(() => openSweep(shown.folder, shown.metric)), { leaving } = shown;
  const quit = () => leaving.abort();
  // Signals to a process that owns the sweep go to the sweep.
  const forget = shown.detach === undefined ? STOP_SIGNAL_NAMES.map((signal) => listen(signal, quit)) : [];
  let choices = NO_SWEEP_CHOICES;
  try {
    while (!leaving.signal.aborted) {
      const opened = await chooseTrial(reader, shown, choices);
      if (opened === undefined) return;
      choices = opened.choices;
      await showTrial(opened.folder, shown);
    }
  } finally {
    reader.close();
    forget.forEach((stop) => stop());
  }
}

/** A trial whose run has a folder. */
interface Opened {
  readonly folder: string;
  /** What was selected, to come back to. */
  readonly choices: SweepChoices;
}

/** Shows the table until it is left, or a trial is opened. */
async function chooseTrial(
  reader: SweepReader,
  { folder, setup, detach, leaving }: ShownSweep,
  choices: SweepChoices,
): Promise<Opened | undefined> {
  const { promise, resolve } = Promise.withResolvers<Opened | undefined>();
  const leave = () => resolve(undefined);
  leaving.signal.addEventListener("abort", leave, { once: true });
  const moment = async () => ({ view: await reader.read(), curves: reader.curves() });
  const screen = await openSweepScreen({
    ...setup,
    moment: await moment(),
    choices,
    attached: detach === undefined,
    detach,
    quit: leave,
    stop: (how) => void requestSweepStop(folder, how).catch(() => {}),
    open: ({ folder }, choices) => folder !== null && resolve({ folder, choices }),
    stopTrial,
  });
  let isReading = false;
  const timer = setInterval(async () => {
    // A slow folder must not be read twice at a time.
    if (isReading) return;
    isReading = true;
    await moment().then(screen.update, () => {});
    isReading = false;
  }, UPDATE_MS);
  const opened = await promise;
  clearInterval(timer);
  leaving.signal.removeEventListener("abort", leave);
  await screen.finish({ summary: opened === undefined });
  return opened;
}

function stopTrial({ folder }: TrialView, how: "batch" | "epoch"): void {
  if (folder !== null) void requestStop(folder, { stop: how, exitCode: 130 }).catch(() => {});
}

/** Shows the dashboard of one trial until it is closed. */
async function showTrial(folder: string, { setup, leaving }: ShownSweep): Promise<void> {
  const closing = new AbortController(), quit = () => closing.abort();
  leaving.signal.addEventListener("abort", quit, { once: true });
  await attach({
    folder,
    setup,
    leaving: closing,
    controls: {
      stop: (how) => void requestStop(folder, { stop: how, exitCode: 130 }).catch(() => {}),
      abort() {},
      quit,
    },
  });
  leaving.signal.removeEventListener("abort", quit);
}

/** Shows a sweep that this process has started in the background to its end, and then what it printed; returns its exit code, or 0 after detaching. */
export async function showChildSweep(sweep: BackgroundSweep, setup: ScreenSetup): Promise<number> {
  const leaving = new AbortController(), output = sweep.output();
  let isDetached = false;
  void output.then(() => leaving.abort());
  await showSweep({
    folder: sweep.results,
    setup,
    leaving,
    detach() {
      isDetached = true;
      leaving.abort();
    },
  });
  if (isDetached) {
    sweep.leave();
    setup.write(`attach: ${typed(`monitor ${sweep.results}`)}\n`);
    return 0;
  }
  const { text, exitCode } = await output;
  setup.write(text);
  return exitCode;
}

/** Writes a line for each trial that ends, until all have, no process runs the others, or the output is closed. */
export async function followSweep(
  folder: string,
  screen: Exclude<ScreenName, "tui">,
  { write, color }: ScreenSetup,
): Promise<void> {
  const reader = await asBadInput(() => openSweep(folder));
  const logs = {
    plain: () => sweepLog(write, { color }),
    json: () => trialJson(write),
    off: () => ({ take() {}, left() {} }),
  } satisfies Record<typeof screen, () => SweepLog>;
  const log = logs[screen]();
  for (;;) {
    // Before the folder is read, as a process writes the last result before it ends.
    const isHeld = await isSweepHeld(folder), view = await reader.read();
    log.take(view);
    if (isOver(view) || !isOutputOpen()) break;
    // On some network file systems only the locks of trials are seen.
    if (!isHeld && stateCounts(view).running === 0) {
      log.left(view, (await startedShards(folder)).length > 0);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, UPDATE_MS));
  }
  reader.close();
}
