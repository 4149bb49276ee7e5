/** Errors that nothing awaits: of timers and promises that a pipeline file has left to themselves. @module */
import { messageOf, shortened } from "../core/errors.ts";
import { exitCodeAfterOutput, warnOnce, writeError } from "./output.ts";
import { onStrayError } from "./thread.ts";

let file: string | undefined, isRunning = false;

/** Names the pipeline file that this process loads: errors that nothing awaits are its, until a run has begun. */
export function watchFile(name: string): void {
  file = name;
}

/** A run has begun: its worker has loaded the same file, meets the same error and fails the run. */
export function runBegan(): void {
  isRunning = true;
}

/** Ends the process at such an error with one sentence: exit code 2 while a pipeline file is loaded and checked, else 1. */
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
