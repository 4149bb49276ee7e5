/** Notes of the commands that use a model. @module */
import { safeLines } from "../../ui/text/text.ts";
import { writeError } from "../output.ts";

/** Prints what was skipped, for example. */
export function note(message: string): void {
  writeError(`${safeLines(message)}\n`);
}
