/** The thread of the installed command. It loads no package, so that it starts at once. @module */
import { messageOf, UsageError } from "../core/errors.ts";
import { INSTALLED } from "../core/typed_command.ts";
import { safeLines } from "../ui/text/text.ts";
import { writeError } from "./output.ts";
import { isAtLeast, tooOld } from "./require_deno.ts";
import { commandArguments, helpArguments, isTask, LEAST_DENO, ONLY_HERE } from "./tasks.ts";
import { endProcessWithThread } from "./thread.ts";
import { accessOf, startDeno } from "./access.ts";

/** Runs a command line and returns its exit code. */
async function launch(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (!isAtLeast(Deno.version.deno, LEAST_DENO)) {
    writeError(`${tooOld(Deno.version.deno, LEAST_DENO)}\n`);
    return 2;
  }
  if (ONLY_HERE.includes(command)) {
    throw new UsageError(`${command} must be started in the repository of Hourglass: deno task ${command}`);
  }
  const words = isTask(command)
    ? [...commandArguments(command, await accessOf(args)), ...rest]
    : [...helpArguments(), ...args];
  return await startDeno(words, { [INSTALLED]: "1" });
}

await endProcessWithThread();
try {
  Deno.exit(await launch(Deno.args));
} catch (thrown) {
  writeError(`error: ${safeLines(thrown instanceof UsageError ? thrown.message : messageOf(thrown))}\n`);
  Deno.exit(thrown instanceof UsageError ? thrown.exitCode : 1);
}
