/** `report RUN...`: writes the report of a run, or a comparison of several. @module */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { writeComparison, writeReport } from "../report/report.ts";
import { linkNewest, newComparisonFile } from "./comparison_file.ts";
import { findRun, readRun } from "../run/list.ts";
import { readRecord } from "../run/record.ts";
import { warnOnce, writeAll } from "./output.ts";
import { refuseSweep } from "./refuse_sweep.ts";
import { writeTables } from "./run_files.ts";

/** The command. */
export function reportCommand(exit: (code: number) => void) {
  return new Command("report")
    .description("write report.html, report.md and tables (CSV) of a run, or one page that compares several")
    .argument("<runs...>", "ids, ends of ids, or folders; a folder of runs means its newest")
    .option("--runs <folder>", "folder of runs", "runs")
    .option(
      "--out <file>",
      "file of the comparison of several runs (default: a new file in RUNS/comparisons, linked by latest.html)",
    )
    .option("--debug", "show stack traces")
    .action(async (wanted, { out, runs }) => {
      const folders = await Promise.all(wanted.map((run) => runFolder(runs, run)));
      if (folders.length === 1) {
        await writeReport(folders[0]);
        const record = await readRecord(folders[0]);
        if (record !== undefined) await writeTables(folders[0], record);
        writeAll(`${folders[0]}/report.html\n`);
      } else {
        const file = out ?? await newComparisonFile(runs, folders, new Date());
        await writeComparison(folders, file);
        if (out === undefined) await linkNewest(file);
        writeAll(`${file}\n`);
      }
      exit(0);
    });
}

/**
 * A run by its folder, its id or the end of it; of a folder of runs its newest.
 *
 * @throws {UsageError} When there is none.
 */
async function runFolder(root: string, wanted: string): Promise<string> {
  const folder = wanted.replace(/(?<=.)\/+$/, "");
  if (await isRun(folder)) return folder;
  await refuseSweep(folder);
  const names = await runsIn(folder);
  if (names === undefined) return (await findRun(root, wanted)).folder;
  const newest = await newestOf(names.map((name) => `${folder}/${name}`));
  if (newest !== undefined) return newest;
  throw new UsageError(
    `"${wanted}" must be a run's folder or id, or a folder of runs, got a folder without any`,
  );
}

/** The newest of some runs, by their names, which begin with the time; a damaged one only where all are. */
async function newestOf(folders: readonly string[]): Promise<string | undefined> {
  const newestFirst = folders.toSorted().reverse(), warn = warnOnce();
  for (const folder of newestFirst) {
    const { status, problem, other } = await readRun(folder);
    if (status !== "damaged" && other === undefined) return folder;
    if (problem !== undefined) warn(problem);
  }
  return newestFirst[0];
}

/** The runs directly inside a folder; `undefined` when it is not a folder. */
async function runsIn(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory && await isRun(`${folder}/${name}`)) names.push(name);
    }
    return names;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw thrown;
  }
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
