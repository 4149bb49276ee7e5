/** The flags of benches. @module */
import { UsageError } from "../src/core/errors.ts";
import { note } from "./note.ts";

/** Reads the flags of a bench; where one is wrong the process ends with its message and exit code 2, as those of the program do. */
export function readFlags<Flags>(read: () => Flags): Flags {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    note(`error: ${thrown.message}`);
    Deno.exit(thrown.exitCode);
  }
}
