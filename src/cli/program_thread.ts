/**
 * The program's thread: loads it, and reports in one line when its packages have to be downloaded first.
 *
 * Deno fetches all statically known imports before the first line runs. So the program is imported by a name in a variable.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { safeLines } from "../ui/text/text.ts";
import { downloadNotice } from "./download_notice.ts";
import { writeError } from "./output.ts";
import { listenToSignals } from "./signals.ts";
import { endProcessWithThread } from "./thread.ts";

const PROGRAM = "./main.ts";

/** Commands that stop cleanly at a signal. */
const STOPPABLE = ["run", "sweep", "experiments", "encode", "reconstruct", "score", "decode", "sample"];

/** Loads the program. */
async function load(): Promise<typeof import("./main.ts")> {
  try {
    return await import(PROGRAM);
  } catch (thrown) {
    writeError(
      `error: The program must be loaded with its packages, got: ${
        safeLines(messageOf(thrown))
      } (check the network and run again)\n`,
    );
    Deno.exit(1);
    throw thrown;
  }
}

await endProcessWithThread();
// Before the program is loaded, which takes longer than everything before.
if (STOPPABLE.includes(Deno.args[0])) listenToSignals();
const notice = downloadNotice();
if (notice !== undefined) writeError(notice);
const { main } = await load();
Deno.exit(await main(Deno.args));
