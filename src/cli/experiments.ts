/** `experiments`: runs every experiment that is not complete, and writes the table of results. @module */
import { Command } from "@commander-js/extra-typings";
import { messageOf } from "../core/errors.ts";
import { readSmallText, statIfThere, writeFileAtomically } from "../core/files.ts";
import { otherVersionOf } from "../core/schema_version.ts";
import { readReportData } from "../report/report.ts";
import { type MetricsInfo, type Result, resultsPage, type SweepGroup } from "../report/results.ts";
import { resolvePipeline, specOf } from "../pipeline/resolve.ts";
import { isSweep, type Sweep } from "../pipeline/sweep/sweep.ts";
import { folderName, SWEEPS } from "../run/folder_name.ts";
import { listRuns } from "../run/list.ts";
import { loadExport } from "../run/load_pipeline.ts";
import { type Experiment, EXPERIMENTS } from "./experiments_list.ts";
import { collect } from "./options.ts";
import { writeAll } from "./output.ts";
import { forwardSignals } from "./background.ts";
import { taskArguments } from "./tasks.ts";
import { version } from "./version.ts";

/** The command. */
export function experimentsCommand(exit: (code: number) => void) {
  return new Command("experiments")
    .description("run every experiment that is not complete, and write docs/results.md")
    .option(
      "--only <name>",
      "only pipelines whose name starts with this (repeatable)",
      collect,
      [] as string[],
    )
    .option("--runs <folder>", "folder of runs", "runs")
    .option("--out <file>", "file of the table", "docs/results.md")
    .option("--no-run", "run nothing, and write the table of existing results")
    .option("--debug", "show stack traces")
    .action(async ({ only, runs, out, run }) => {
      const chosen = EXPERIMENTS.filter(({ pipeline }) =>
        only.length === 0 || only.some((name) => pipeline.startsWith(name))
      );
      let worst = 0;
      for (const experiment of run ? chosen : []) {
        writeAll(`\n${experiment.title}: ${commandOf(experiment)}\n`);
        const missing = missingData(experiment);
        if (missing !== undefined) {
          writeAll(`skipped: ${missing}\n`);
          continue;
        }
        const code = await runOne(experiment, runs);
        if ([130, 143, 124].includes(code)) return exit(code);
        if (code !== 0) worst = 4;
      }
      const results = await Promise.all(EXPERIMENTS.map((experiment) => resultOf(experiment, runs)));
      const page = resultsPage(results, {
        date: new Date().toISOString().slice(0, 10),
        machine:
          `${navigator.hardwareConcurrency} cores, ${Deno.build.os} ${Deno.build.arch}, Deno ${Deno.version.deno}`,
        version,
      });
      await writeFileAtomically(out, page);
      writeAll(`\n${out}\n`);
      exit(worst);
    });
}

/** The command line of an experiment. */
function commandOf({ pipeline, settings = [] }: Experiment): string {
  return ["deno task run", `pipelines/${pipeline}.ts`, ...settings.map((setting) => `--set '${setting}'`)]
    .join(" ");
}

/** Why an experiment cannot run here; `undefined` where its data are there, or where it needs none. */
function missingData({ data }: Experiment): string | undefined {
  if (data === undefined || statIfThere(data) !== undefined) return undefined;
  return `it needs the folder "${data}", which does not exist (docs/data.md says where its files come from)`;
}

/** Runs an experiment in a separate process; nothing is computed if it is complete. */
async function runOne({ pipeline, settings = [] }: Experiment, runs: string): Promise<number> {
  const args = [
    ...taskArguments("run"),
    `pipelines/${pipeline}.ts`,
    ...settings.flatMap((setting) => ["--set", setting]),
    ...["--ui", "plain", "--needed", "--resume", "auto", "--runs", runs],
  ];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
  forwardSignals(child);
  return (await child.status).code;
}

/** The result of an experiment, from its newest complete run or sweep. */
async function resultOf(experiment: Experiment, runs: string): Promise<Result> {
  const { title, pipeline, settings = [] } = experiment;
  const result = (outcome: Result["outcome"]): Result => ({ title, command: commandOf(experiment), outcome });
  const missing = missingData(experiment);
  if (missing !== undefined) return result({ kind: "missing", why: missing });
  try {
    const exported = await loadExport(`pipelines/${pipeline}.ts`);
    if (isSweep(exported)) {
      return result(await newestSweep(exported, runs));
    }
    const entries = await listRuns(runs, exported.name);
    const entry = entries.find(({ status, record }) =>
      status === "completed" && settings.every((setting) => record?.overrides.includes(setting)) &&
      record?.overrides.length === settings.length
    );
    if (entry?.record === undefined) {
      const other = entries.find(({ other }) => other !== undefined)?.other;
      return result({ kind: "missing", why: other?.message ?? "no complete run" });
    }
    const { started, ended } = entry.record;
    const seconds = (Date.parse(ended ?? started) - Date.parse(started)) / 1000;
    return result({ kind: "run", data: await readReportData(entry.folder), seconds });
  } catch (thrown) {
    return result({ kind: "missing", why: messageOf(thrown) });
  }
}

/** The content of `comparison.json`, as far as the table needs it. */
interface ComparisonFile {
  readonly outcomes?: readonly { readonly label: string; readonly overrides: readonly string[] }[];
  readonly groups: SweepGroup[];
  readonly success: string | null;
  readonly baseline?: string | null;
  readonly each?: boolean;
  readonly info?: MetricsInfo;
}

/** The newest sweep that can be read. */
async function newestSweep({ pipeline, axes }: Sweep, runs: string): Promise<Result["outcome"]> {
  const stagesUnder = (overrides: readonly string[] = []) =>
    specOf(resolvePipeline(pipeline, { overrides: [...overrides] })).stages;
  const stages = stagesUnder(), settingsOf = settingsByLabel(axes);
  let why: string | undefined;
  for (const folder of await sweepFolders(`${runs}/${folderName(pipeline.name)}${SWEEPS}`)) {
    try {
      const found = await readCurrent(folder);
      if (typeof found === "string") {
        why ??= found;
        continue;
      }
      const { groups: compared, outcomes = [], success, baseline, each, info } = found as ComparisonFile;
      if (!Array.isArray(compared)) continue;
      const groups = compared.map((group) => {
        const settings = outcomes.filter(({ label }) => label === group.label)
          .map(({ overrides }) => JSON.stringify(overrides));
        return new Set(settings).size === 1
          ? { ...group, stages: stagesUnder(JSON.parse(settings[0])) }
          : group;
      });
      return { kind: "sweep", stages, settingsOf, groups, success, baseline, each, info };
    } catch {
      // Not a sweep, or one that was interrupted.
    }
  }
  return { kind: "missing", why: why ?? "no complete sweep" };
}

/** The folders of sweeps with a comparison or without, the one that was compared last first. */
async function sweepFolders(parent: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(parent)).catch(() => [])).map(({ name }) => name).sort();
  const dated = names.map((name) => {
    const folder = `${parent}/${name}`;
    return { folder, time: statIfThere(`${folder}/comparison.json`)?.mtime?.getTime() ?? 0 };
  });
  return dated.sort((a, b) => b.time - a.time).map(({ folder }) => folder);
}

/** The comparison of a sweep as it is in its file; a message where another version wrote it or its plan. */
async function readCurrent(folder: string): Promise<unknown> {
  const files = [["sweep", `${folder}/sweep.json`], ["comparison", `${folder}/comparison.json`]] as const;
  let content: unknown;
  for (const [name, file] of files) {
    content = JSON.parse(await readSmallText(file));
    const other = otherVersionOf(name, content, file);
    if (other !== undefined) return other.message;
  }
  return content;
}

/** The number of settings per label, for labels with more than one: their runs are averaged. */
function settingsByLabel(axes: Sweep["axes"]): Record<string, number> {
  if (!Array.isArray(axes)) return {};
  const counts = Map.groupBy(axes as readonly { label: string }[], ({ label }) => label);
  return Object.fromEntries(
    [...counts].filter(([, own]) => own.length > 1).map(([label, own]) => [label, own.length]),
  );
}
