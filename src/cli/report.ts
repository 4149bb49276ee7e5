/** `report RUN...`: makes the report of a run, or one that compares several. @module */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { writeComparison, writeReport } from "../export/report.ts";
import { linkNewest, newComparisonFile } from "./comparison_file.ts";
import { writeAll } from "./output.ts";

/** The command. */
export function reportCommand(exit: (code: number) => void) {
  return new Command("report")
    .description("make report.html and report.md of a run, or one page that compares several")
    .argument("<runs...>", "run folders; for a folder of runs its newest")
    .option(
      "--out <file>",
      "where the comparison of several runs goes (default: a new file in runs/comparisons, to which latest.html there leads)",
    )
    .option("--debug", "show the stack of an error")
    .action(async (runs, { out }) => {
      const folders = await Promise.all(runs.map(runFolder));
      if (folders.length === 1) {
        await writeReport(folders[0]);
        writeAll(`${folders[0]}/report.html\n`);
      } else {
        const file = out ?? await newComparisonFile("runs", folders, new Date());
        await writeComparison(folders, file);
        if (out === undefined) await linkNewest(file);
        writeAll(`${file}\n`);
      }
      exit(0);
    });
}

/** The run that a folder means: itself, or the newest of its runs. */
async function runFolder(path: string): Promise<string> {
  const folder = path.replace(/(?<=.)\/+$/, "");
  if (await isRun(folder)) return folder;
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory && await isRun(`${folder}/${name}`)) names.push(name);
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory)) {
      throw thrown;
    }
  }
  // Names begin with the time, so the last by name is the newest.
  const newest = names.sort().at(-1);
  if (newest !== undefined) return `${folder}/${newest}`;
  throw new UsageError(
    `Cannot report as a run must be a folder with run.json in it: current value is "${path}"`,
  );
}

async function isRun(folder: string): Promise<boolean> {
  for (const file of ["run.json", "events.jsonl"]) {
    try {
      if ((await Deno.stat(`${folder}/${file}`)).isFile) return true;
    } catch {
      // The other file may be there.
    }
  }
  return false;
}
