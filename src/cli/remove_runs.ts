/** `runs rm RUN...`: removes runs with their cached results; a dry run unless `--yes` is given. @module */
import { Command } from "@commander-js/extra-typings";
import { bytesText } from "../core/amounts.ts";
import { UsageError } from "../core/errors.ts";
import { type Garbage, garbageOfRun, removeRun } from "../run/garbage.ts";
import { findRun, type RunEntry } from "../run/list.ts";
import { writeAll } from "./output.ts";

/** The run that a word names; of a folder that only holds runs none is chosen, as it is going to be removed. */
async function namedRun(root: string, wanted: string): Promise<RunEntry> {
  const entry = await findRun(root, wanted);
  const [named, found] = await Promise.all(
    [wanted, entry.folder].map((path) => Deno.realPath(path).catch(() => undefined)),
  );
  if (named === undefined || named === found) return entry;
  throw new UsageError(
    `"${wanted}" must be the folder of a run to be removed, got a folder that holds runs (name each of them)`,
  );
}

/** The command below `runs`, whose `--runs` it shares. */
export function removeRunsCommand(exit: (code: number) => void) {
  return new Command("rm")
    .description("remove runs and the cached results that they computed; a dry run unless --yes is given")
    .argument("<runs...>", "ids, ends of ids, or folders")
    .option("--yes", "remove instead of only listing")
    .action(async (wanted, _options, command) => {
      const { runs, yes } = command.optsWithGlobals() as { runs: string; yes?: true };
      const entries = await Promise.all(wanted.map((run) => namedRun(runs, run)));
      const running = entries.find(({ status }) => status === "running");
      const other = entries.find((entry) => !isRunFolder(entry));
      if (other !== undefined) {
        throw new UsageError(
          `"${other.folder}" must be the folder of a run to be removed, got a folder without a run's run.json`,
        );
      }
      if (running !== undefined) {
        throw new UsageError(
          `${running.id} must have ended to be removed, got: it is running (stop it first)`,
        );
      }
      let total = 0;
      for (const entry of entries) {
        const garbage = await garbageOfRun(entry);
        for (const { path } of yes ? garbage : []) {
          if (path === entry.folder) await removeRun(entry);
          else await Deno.remove(path, { recursive: true });
        }
        garbage.forEach((one) => writeAll(garbageLine(one, yes === true)));
        total += garbage.reduce((sum, { bytes }) => sum + bytes, 0);
      }
      writeAll(`${bytesText(total)}${yes ? " freed" : "; --yes removes it"}\n`);
      exit(0);
    });
}

/** Whether a folder belongs to a run: by its record, or by its name where that is damaged. Other folders are never removed. */
function isRunFolder({ folder, record }: RunEntry): boolean {
  return record !== undefined || /(^|\/)\d{8}-\d{6}-[0-9a-f]{4}$/.test(folder);
}

/** A line about something that was, or would be, removed. */
export function garbageLine({ path, bytes, why }: Garbage, isRemoved: boolean): string {
  return `${isRemoved ? "removed" : "would remove"} ${path} (${bytesText(bytes)}): ${why}\n`;
}
