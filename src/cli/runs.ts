/** `runs [RUN]`: lists runs, or shows one in full. @module */
import { Command, Option } from "@commander-js/extra-typings";
import { messageOf } from "../core/errors.ts";
import { csv } from "../export/tables/csv.ts";
import { bytesOnDisk } from "../run/garbage.ts";
import { glanceAt, readEvents } from "../run/event_file.ts";
import { crashedEnd } from "../run/follow_events.ts";
import { readMetrics } from "../run/metrics_file.ts";
import { timeOfId } from "../run/folder.ts";
import { readProgress } from "../run/progress.ts";
import { findRun, listRuns, type OnProblem, type RunEntry } from "../run/list.ts";
import { initialView } from "../run/fold/fold.ts";
import { reduce, withProgress } from "../ui/view/reduce.ts";
import type { ColorLevel } from "../ui/terminal/theme.ts";
import { rowOf, type RunRow } from "../ui/runs/run_row.ts";
import { runsTable } from "../ui/runs/runs_table.ts";
import { partingLines, summaryLines } from "../ui/panels/summary.ts";
import { oneOf, THEME, THEME_NAMES } from "./options.ts";
import { warnOnce, writeAll, writeJson } from "./output.ts";
import { removeRunsCommand } from "./remove_runs.ts";
import { openTerminal } from "./terminal.ts";

/** Columns of a table outside a terminal. */
const WIDE = 160;

/** The command. */
export function runsCommand(exit: (code: number) => void) {
  return new Command("runs")
    .description("list runs with their status, epochs, best value, age and size; or show one in full")
    .argument("[run]", "id, end of an id, or folder")
    .option("--runs <folder>", "folder of runs", "runs")
    .option("--pipeline <name>", "only the runs of one pipeline")
    .addOption(new Option("--json", "print JSON").conflicts("csv"))
    .addOption(new Option("--csv", "print comma-separated values, a line per run").conflicts("json"))
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const)
    .option("--debug", "show stack traces")
    .addCommand(removeRunsCommand(exit))
    .action(async (wanted, { runs, pipeline, json, csv: asCsv, theme }) => {
      const isTerminal = Deno.stdout.isTerminal();
      const { color } = await openTerminal({ theme, env: Deno.env.toObject() });
      const columns = isTerminal ? Deno.consoleSize().columns : WIDE;
      if (wanted !== undefined) {
        const entry = await findRun(runs, wanted);
        if (entry.problem !== undefined && (entry.status !== "running" || entry.other !== undefined)) {
          warnOnce()(entry.problem);
        }
        if (json) writeJson(await inJson(entry), 2);
        else if (asCsv) writeAll(inCsv([await rowOfEntry(entry, warnOnce())]));
        else writeAll(await inFull(entry, { color, columns }));
      } else {
        const onProblem = warnOnce();
        const entries = await listRuns(runs, pipeline, onProblem);
        const rows = await Promise.all(entries.map((entry) => rowOfEntry(entry, onProblem)));
        if (json) writeJson(rows, 2);
        else if (asCsv) writeAll(inCsv(rows));
        else if (rows.length === 0) writeAll(`no runs under ${runs}\n`);
        else writeAll(runsTable(rows, { width: columns, level: color }).map((line) => `${line}\n`).join(""));
      }
      exit(0);
    });
}

/** A row with what commands need of its run. */
export type ListedRow = RunRow & {
  readonly folder: string;
  /** Whether another version of this program wrote it. */
  readonly isOther?: true;
};

/** A run as a table row, from the first and last of its events. */
export async function rowOfEntry(
  entry: RunEntry,
  onProblem: OnProblem = () => {},
): Promise<ListedRow> {
  const { id, pipeline, folder, status, record, other } = entry;
  const events = other !== undefined ? [] : await glanceAt(folder).catch((thrown) => {
    onProblem(`${folder}/events.jsonl cannot be read: ${messageOf(thrown)}`);
    return [];
  });
  const view = events.reduce(reduce, initialView());
  const progress = status === "running" && other === undefined ? readProgress(folder) : undefined;
  const row = rowOf(progress === undefined ? view : withProgress(view, progress), Date.now());
  const started = Date.parse(record?.started ?? timeOfId(id) ?? "");
  return {
    ...row,
    id,
    pipeline,
    status,
    secondsLeft: status === "running" ? row.secondsLeft : null,
    age: Number.isNaN(started) ? row.age : Math.max(0, (Date.now() - started) / 1000),
    size: await bytesOnDisk(folder),
    host: record?.host.name,
    folder,
    ...(other === undefined ? {} : { isOther: true as const }),
  };
}

/** The columns of a table for programs: every field of a run that `--json` lists. */
const COLUMNS = Object.keys(
  {
    ...{ id: 0, pipeline: 0, status: 0, epoch: 0, epochs: 0, best: 0, monitor: 0, unit: 0 },
    ...{ secondsLeft: 0, age: 0, size: 0, host: 0, folder: 0, isOther: 0 },
  } satisfies Record<keyof ListedRow, 0>,
) as (keyof ListedRow)[];

function inCsv(rows: readonly ListedRow[]): string {
  return csv(COLUMNS, rows.map((row) => COLUMNS.map((column) => row[column])));
}

async function inJson({ folder, status, record, other }: RunEntry): Promise<unknown> {
  const found = other === undefined ? await readMetrics(folder) : undefined;
  if (typeof found === "string") warnOnce()(found);
  const { values = null, metrics = null } = typeof found === "object" ? found : {};
  return { folder, status, record: record ?? null, metrics: values, metricInfo: metrics };
}

async function inFull(
  { folder, status, record, other }: RunEntry,
  { color, columns }: { color: ColorLevel; columns: number },
): Promise<string> {
  if (other !== undefined) return `  ${"status".padEnd(10)} ${status}\n`;
  const events = await readEvents(folder);
  if (status === "crashed") events.push(crashedEnd(events.at(0)?.t, events.at(-1)?.t));
  const view = events.reduce(reduce, initialView());
  const facts = record === undefined ? [] : [
    ["status", status],
    ["started", record.started],
    ["ended", record.ended ?? "not yet"],
    ["command", record.argv.join(" ")],
    [
      "engine",
      `${record.engine.name}, ${record.engine.threads ?? "chosen"} threads, ${record.engine.cores} cores`,
    ],
    [
      "code",
      record.git === null ? "no repository" : `${record.git.commit}${record.git.dirty ? ", changed" : ""}`,
    ],
    ["host", `${record.host.name} ${record.host.os} ${record.host.arch}`],
    ...(record.extends === null ? [] : [["extends", record.extends]]),
    ...record.resumed.map(({ at, from, argv }) => [
      "resumed",
      `${at} from ${from}${argv === undefined ? "" : `: ${argv.join(" ")}`}`,
    ]),
  ];
  const lines = [
    ...(status === "running" ? partingLines(view, color, Date.now()) : summaryLines(view, color, columns)),
    ...facts.map(([name, value]) => `  ${name.padEnd(10)} ${value}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
