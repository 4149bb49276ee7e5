/** What a screen has to keep from a terminal, and the other way round, while it is drawn. @module */
import process from "node:process";
import type { WriteStream } from "node:tty";
import type { Rhythm } from "./rhythm.ts";

/**
 * The signals that a caller listens for. Ink unmounts at each and sends it once more, which would turn a polite stop into an
 * abort; it leaves them alone while somebody else listens through `process`.
 */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
const leaveToCaller = () => {};
/** A terminal that is gone (EIO, EPIPE) ends the screen, not the training. */
const ignoreError = () => {};

/** Holds it, and gives the function that lets go. */
export function holdTerminal(stdout: WriteStream): () => void {
  SIGNALS.forEach((signal) => process.on(signal, leaveToCaller));
  stdout.on("error", ignoreError);
  return () => {
    SIGNALS.forEach((signal) => process.off(signal, leaveToCaller));
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
