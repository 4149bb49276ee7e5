// deno-lint-ignore-file no-console -- the command line is the only room that prints.

/** `plan FILE`: what a run would do, without doing it. @module */
import { Command } from "@commander-js/extra-typings";
import { chooseEngine, describeEngine } from "../engine/choose.ts";
import { ENGINE_NAMES } from "../engine/engine.ts";
import { type ResolvedStage, resolvePipeline } from "../pipeline/resolve.ts";
import { loadPipeline } from "../run/load_pipeline.ts";
import { collect, parseSeed, parseThreads } from "./options.ts";

/** The command. */
export function planCommand(exit: (code: number) => void) {
  return new Command("plan")
    .description("show the stages of a pipeline with all options, sizes and costs, and do no work")
    .argument("<file>", "the pipeline file")
    .option("--set <stage.option=value>", "change an option (repeatable)", collect, [] as string[])
    .option("--seed <number>", "the seed of all random numbers", parseSeed)
    .option("--engine <name>", `what would compute: auto, ${ENGINE_NAMES.join(", ")}`)
    .option("--threads <number>", "threads of the native engine", parseThreads)
    .option("--json", "print the resolved pipeline as JSON")
    .option("--debug", "show the stack of an error")
    .action(async (file, { set, seed, json, engine: name, threads }) => {
      const { notice, ...engine } = await chooseEngine({
        name: name ?? Deno.env.get("HOURGLASS_ENGINE"),
        threads,
      });
      const pipeline = resolvePipeline(await loadPipeline(file), { overrides: set, seed });
      const engineText = describeEngine(engine, pipeline.threads);
      if (json) {
        const stages = pipeline.stages.map(({ name, kind, options, lines }) => ({
          name,
          kind,
          options,
          lines,
        }));
        console.log(
          JSON.stringify({ name: pipeline.name, seed: pipeline.seed, engine: engineText, stages }, null, 2),
        );
      } else {
        const head = [
          `${pipeline.name}, seed ${pipeline.seed}, ${engineText}`,
          ...(notice === undefined ? [] : [notice]),
        ];
        console.log([...head, ...pipeline.stages.flatMap(describe)].join("\n"));
      }
      exit(0);
    });
}

function describe({ name, kind, options, lines }: ResolvedStage, position: number): string[] {
  const title = `${position + 1} ${name}${name === kind ? "" : ` (${kind})`}`;
  const settings = flatten(options).map(([path, value]) => `${path}=${value}`);
  return [
    "",
    title,
    ...lines.map((line) => `    ${line}`),
    ...wrap(settings, 96).map((line) => `    ${line}`),
  ];
}

/** The leaves of nested options: `model.latent` 2. */
function flatten(value: unknown, path = ""): [string, string][] {
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
