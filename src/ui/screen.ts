/** The contract of a screen: what shows a run, and what its keys may do. @module */
import type { ReadStream, WriteStream } from "node:tty";
import type { RunEvent } from "../pipeline/events.ts";
import type { EpochProgress } from "../run/progress.ts";
import type { Environment } from "./terminal/environment.ts";
import type { ColorLevel } from "./terminal/theme.ts";
import type { Comparison } from "./view/comparison.ts";

/** Shows the progress of a run. */
export interface Screen {
  /** Takes an event of an earlier process, which has been shown already. */
  past(event: RunEvent): void;
  /** Takes the next event. Never throws, never blocks. */
  event(event: RunEvent): void;
  /** Takes the progress of the current epoch. @default {it is not shown} */
  progress?(progress: EpochProgress): void;
  /** Flushes the output and restores the terminal. */
  finish(): Promise<void>;
}

/** Options for a screen. */
export interface ScreenOptions {
  /** The terminal, for the dashboard. */
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
  /** Writes text to standard output, for the log and JSON lines. */
  write(text: string): void;
  readonly color: ColorLevel;
  /** The actions of the dashboard's keys. Ctrl-C is a key there, not a signal. */
  readonly controls: Controls;
  /** A second run, which the dashboard draws behind the first. */
  readonly compare?: Comparison;
  /** Which epochs are logged, for the plain log. @default {the longer the run, the fewer} */
  readonly every?: LogEvery;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/** Which epochs are logged: every N-th, or at most one per interval. */
export type LogEvery = { readonly epochs: number } | { readonly milliseconds: number };

/** Actions of a screen on its run. */
export interface Controls {
  /** Stops the run after this batch or epoch, with a checkpoint. */
  stop(how: "batch" | "epoch"): void;
  /** Aborts the run at once. */
  abort(): void;
  /** Closes the screen; the run continues in the background. */
  detach?(): void;
  /** Closes an attached (read-only) screen. If this is present, `q` and Ctrl-C never stop the run. */
  quit?(): void;
}
