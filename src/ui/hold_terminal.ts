/** What a screen has to keep from a terminal, and the other way round, while it is drawn. @module */
import process from "node:process";
import type { WriteStream } from "node:tty";
import { STOP_SIGNAL_NAMES, type StopSignal } from "../run/stop.ts";
import type { Rhythm } from "./rhythm.ts";

/**
 * The signals that a caller listens for. Ink unmounts at each and sends it once more, which would turn a polite stop into an
 * abort; it leaves them alone while somebody else listens through `process`.
 */
const SIGNALS: readonly (StopSignal | "SIGHUP")[] = ["SIGHUP", ...STOP_SIGNAL_NAMES];
const leaveToCaller = () => {};
/** A terminal that is gone (EIO, EPIPE) ends the screen, not the training. */
const ignoreError = () => {};

/** Holds it, and gives the function that lets go. */
export function holdTerminal(stdout: WriteStream): () => void {
  const held = SIGNALS.filter((signal) => {
    try {
      process.on(signal, leaveToCaller);
      return true;
    } catch {
      // Not every system has each of them.
      return false;
    }
  });
  stdout.on("error", ignoreError);
  return () => {
    held.forEach((signal) => process.off(signal, leaveToCaller));
    stdout.off("error", ignoreError);
  };
}

/** How Ink draws for us: Ctrl-C is a key of ours, and only lines that changed are written. */
export function inkOptions({ parts }: Rhythm, isRead: boolean) {
  return {
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: 1000 / parts.figures.every(),
    interactive: true,
    isScreenReaderEnabled: isRead,
  } as const;
}
