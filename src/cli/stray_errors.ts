/** Errors that nothing awaits: from timers and promises of a pipeline file. @module */
import { messageOf, shortened } from "../core/errors.ts";
import { exitCodeAfterOutput, warnOnce, writeError } from "./output.ts";
import { onStrayError } from "./thread.ts";

let file: string | undefined, isRunning = false;

/** Sets the pipeline file that this process loads: until a run starts, errors that nothing awaits are attributed to it. */
export function watchFile(name: string): void {
  file = name;
}

/** A run has started: its worker loads the same file, gets the same error and fails the run. */
export function runStarted(): void {
  isRunning = true;
}

/** Ends the process at such an error with a one-line message: exit code 2 while a pipeline file is loaded and checked, else 1. */
export function explainStrayErrors(debug: boolean): void {
  const warn = warnOnce();
  onStrayError((thrown) => {
    const message = debug ? Deno.inspect(thrown) : shortened(messageOf(thrown));
    if (file === undefined) writeError(`error: ${message}\n`);
    else if (isRunning) return warn(`${file} left an error outside of its stages: ${message}`);
    else {
      const sentence = "must await what it starts, got an error outside of its stages";
      writeError(`error: ${file} ${sentence}: ${message}\n`);
    }
    Deno.exit(exitCodeAfterOutput(file === undefined ? 1 : 2));
  });
}
