/** Signals and errors of the terminal while a screen is shown. @module */
import process from "node:process";
import type { WriteStream } from "node:tty";
import { STOP_SIGNAL_NAMES, type StopSignalName } from "../../run/stop.ts";
import type { FrameRates } from "./frame_rates.ts";

/**
 * The signals that the caller handles. By default Ink unmounts at each signal and sends it again, which would turn a graceful stop
 * into an abort; it does not if `process` has another listener.
 */
const SIGNALS: readonly (StopSignalName | "SIGHUP")[] = ["SIGHUP", ...STOP_SIGNAL_NAMES];
const leaveToCaller = () => {};
/** A terminal that has closed (EIO, EPIPE) ends the screen, not the training. */
const ignoreError = () => {};

/** Takes over the terminal; returns the function that releases it. */
export function holdTerminal(stdout: WriteStream): () => void {
  const held = SIGNALS.filter((signal) => {
    try {
      process.on(signal, leaveToCaller);
      return true;
    } catch {
      // Not every system supports all of them.
      return false;
    }
  });
  stdout.on("error", ignoreError);
  return () => {
    held.forEach((signal) => process.off(signal, leaveToCaller));
    stdout.off("error", ignoreError);
  };
}

/** Options for Ink: the screen handles Ctrl-C as a key, and only changed lines are written. */
export function inkOptions({ parts }: FrameRates, isRead: boolean) {
  return {
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: 1000 / parts.figures.every(),
    interactive: true,
    isScreenReaderEnabled: isRead,
  } as const;
}

/** Writes lines after a screen has been cleared. */
export function writeLines(stdout: WriteStream, lines: readonly string[]): Promise<void> {
  return new Promise((resolve) => stdout.write(lines.map((line) => `${line}\n`).join(""), () => resolve()));
}
