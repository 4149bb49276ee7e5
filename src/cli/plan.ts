/** `plan FILE`: shows what a run would do, without running it. @module */
import { Command } from "@commander-js/extra-typings";
import { plural } from "../core/amounts.ts";
import { chooseEngine, describeEngine, engineClass } from "../engine/choose.ts";
import { ENGINE_NAMES } from "../engine/engine.ts";
import { type StageKeys, stageKeys, unknownImportsText } from "../pipeline/keys.ts";
import {
  nameFault,
  type ResolvedPipeline,
  type ResolvedStage,
  resolveInspected,
} from "../pipeline/resolve.ts";
import { partsSettings } from "../pipeline/parts_setting.ts";
import { isSweep } from "../pipeline/sweep/sweep.ts";
import { forecast, type StageForecast } from "../run/forecast.ts";
import { fileUrl, loadExport } from "../run/load_pipeline.ts";
import { planSweep } from "../sweep/plan.ts";
import type { Trial } from "../sweep/trial.ts";
import { collect, parseCount, parseDuration, parseRate, parseSeed, parseThreads, PARTS } from "./options.ts";
import { sharingLines } from "./sharing_lines.ts";
import { writeAll, writeJson } from "./output.ts";
import { watchFile } from "./stray_errors.ts";

/** The command. */
export function planCommand(exit: (code: number) => void) {
  return new Command("plan")
    .description("show the stages of a pipeline with all options, sizes and costs, without running them")
    .argument("<file>", "the pipeline file")
    .option("--set <stage.option=value>", "set an option (repeatable)", collect, [] as string[])
    .option("--seed <number>", "seed of all random numbers", parseSeed)
    .option("--engine <name>", `engine: auto, ${ENGINE_NAMES.join(", ")}`)
    .option("--threads <number>", "threads of the native engine", parseThreads)
    .option(...PARTS, parseCount)
    .option(
      "--network <speed>",
      "estimate a step that several processes share on a network of this speed, such as 1GB/s",
      parseRate("B/s"),
    )
    .option("--latency <duration>", "latency of a message on that network", parseDuration, 0.05)
    .option(
      "--speed <rate>",
      "arithmetic speed of a process, such as 50GFLOP/s (default: measured here)",
      parseRate("FLOP/s"),
    )
    .option("--runs <folder>", "folder of runs and their cache", "runs")
    .option(
      "--force <stage>",
      "as in run: a stage to run even if its result is cached (repeatable)",
      collect,
      [] as string[],
    )
    .option("--no-cache", "as in run: all stages would be run")
    .option("--json", "print the resolved pipeline as JSON")
    .option("--debug", "show stack traces")
    .action(async (file, options) => {
      const { set, seed, json, engine: name, threads, parts, runs, force, cache } = options;
      watchFile(file);
      const { notice, ...engine } = await chooseEngine({
        name: name ?? Deno.env.get("HOURGLASS_ENGINE"),
        threads,
        isOpened: false,
      });
      const { pipeline, trials } = await resolveFile(file, { set, seed, parts });
      force.forEach((stage) => nameFault("--force", stage, pipeline.stages.map(({ name }) => name)));
      const engineText = describeEngine(engine, pipeline.threads);
      const keys = await stageKeys(pipeline, engineClass(engine), fileUrl(file));
      const forecasts = await forecast(pipeline, keys, cache ? { root: runs, forced: force } : undefined);
      const sharing = await sharingLines(pipeline.stages, engine, options);
      const plan: Plan = { pipeline, trials, engineText, keys, forecasts, sharing };
      if (json) writeJson(planJson(plan), 2);
      else writeAll(planText(plan, notice));
      exit(0);
    });
}

/** The pipeline of a file and, of a sweep, its trials, all checked. */
async function resolveFile(
  file: string,
  { set: given, seed, parts }: {
    readonly set: readonly string[];
    readonly seed?: number;
    readonly parts?: number;
  },
): Promise<Pick<Plan, "pipeline" | "trials">> {
  const exported = await loadExport(file), isSwept = isSweep(exported);
  const written = isSwept ? exported.pipeline : exported, set = [...partsSettings(written, parts), ...given];
  const pipeline = await resolveInspected(written, { overrides: set, seed });
  if (!isSwept) return { pipeline, trials: [] };
  return { pipeline, trials: (await planSweep(exported, { file: fileUrl(file), set, seed })).trials };
}

/** What a run would do. */
interface Plan {
  readonly pipeline: ResolvedPipeline;
  /** The trials of a sweep; none for a single pipeline. */
  readonly trials: readonly Trial[];
  readonly engineText: string;
  /** The keys and the forecast of each stage, by its name. */
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly forecasts: ReadonlyMap<string, StageForecast>;
  /** What a step would cost that several processes share, by the names of stages; where a network is given. */
  readonly sharing: ReadonlyMap<string, readonly string[]>;
}

function planJson({ pipeline, engineText, keys, forecasts }: Plan) {
  const stages = pipeline.stages.map(({ name, kind, options, lines }) => {
    const { isCached, why } = forecasts.get(name)!;
    return { name, kind, options, lines, cached: isCached, why, key: keys.get(name)!.key };
  });
  return { name: pipeline.name, seed: pipeline.seed, engine: engineText, stages };
}

function planText(
  { pipeline, trials, engineText, keys, forecasts, sharing }: Plan,
  notice: string | undefined,
): string {
  const head = [
    `${pipeline.name}, seed ${pipeline.seed}, ${engineText}`,
    ...(notice === undefined ? [] : [notice]),
    ...sweepLines(trials),
  ];
  const stages = pipeline.stages.flatMap((stage, place) =>
    describe(
      { ...stage, lines: [...stage.lines, ...sharing.get(stage.name) ?? []] },
      place,
      forecasts.get(stage.name)!,
      keys.get(stage.name)!,
    )
  );
  return `${[...head, ...stages].join("\n")}\n`;
}

/** The settings of a sweep; nothing for a single run. */
function sweepLines(trials: readonly Trial[]): string[] {
  if (trials.length === 0) return [];
  const labels = [...new Set(trials.flatMap(({ label, aliases = [] }) => [label, ...aliases]))];
  return [
    `a sweep of ${plural(trials.length, "trial")}; the plan is that of its pipeline, under`,
    ...wrap(labels, 96).map((line) => `    ${line}`),
  ];
}

function describe(
  { name, kind, options, lines }: ResolvedStage,
  position: number,
  { isCached, why }: StageForecast,
  keys: StageKeys,
): string[] {
  const title = `${position + 1} ${name}${name === kind ? "" : ` (${kind})`}`;
  const settings = flatten(options).map(([path, value]) => `${path}=${value}`);
  return [
    "",
    `${title}: ${isCached ? "cached" : "run"}, ${why}`,
    ...[...lines, ...codeLines(keys)].map((line) => `    ${line}`),
    ...wrap(settings, 96).map((line) => `    ${line}`),
  ];
}

/** The files and packages of a stage's own code, by which its result is known. */
function codeLines(keys: StageKeys): string[] {
  const parts = Object.keys(keys.identity.code ?? {}).filter((part) => !part.endsWith(" version"));
  const unknown = unknownImportsText(keys);
  return [
    ...(parts.length === 0 ? [] : wrap(["code:", ...parts], 96)),
    ...(unknown === undefined ? [] : [unknown]),
  ];
}

/** The leaves of nested options: `model.latent` 2; without those that are not set. */
function flatten(value: unknown, path = ""): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    flatten(inner, path === "" ? key : `${path}.${key}`)
  );
}

/** Words as lines of at most `width` columns. */
function wrap(words: readonly string[], width: number): string[] {
  return words.reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 2 > width) return [...lines, word];
    return lines.with(-1, `${last}  ${word}`);
  }, []);
}
