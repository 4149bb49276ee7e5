/** What a screen has to keep from a terminal, and the other way round, while it is drawn. @module */
import process from "node:process";
import type { WriteStream } from "node:tty";

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
