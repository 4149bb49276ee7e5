/** What the commands that use a model share: their options, the model, and a clean stop. @module */
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { countText } from "../../core/amounts.ts";
import { UsageError } from "../../core/errors.ts";
import { chooseEngine } from "../../engine/choose.ts";
import { ENGINE_NAMES } from "../../engine/engine.ts";
import { loadEngine } from "../../engine/load.ts";
import type { ValueRange } from "../../inference/input_scale.ts";
import type { EngineModel } from "../../inference/operations.ts";
import { findModelFile, readModel } from "../../models/model_file.ts";
import { STOP_SIGNALS, type StopSignalName } from "../../run/stop.ts";
import { safeLines } from "../../ui/text/text.ts";
import { findModelRun } from "../explore/find_run.ts";
import { hasMergedModel, refuseSweep } from "../refuse_sweep.ts";
import { parseThreads } from "../options.ts";
import { writeAll, writeError } from "../output.ts";
import { listenToSignals } from "../signals.ts";

/** Options of every command that uses a model. */
export interface ModelOptions {
  readonly out: string;
  readonly overwrite?: true;
  readonly runs: string;
  readonly engine?: string;
  readonly threads?: number;
}

/** A command whose first argument is a model, with the options that all of them have. */
export function modelCommand(name: string, description: string, out: string) {
  return new Command(name)
    .description(description)
    .argument(
      "<run>",
      "a run (id, end of an id, folder), the folder of a merge or of a cached result, or a .safetensors file",
    )
    .requiredOption("-o, --out <path>", out)
    .option("--overwrite", "replace what is there")
    .option("--runs <folder>", "folder of runs", "runs")
    .option("--engine <name>", `engine: auto, ${ENGINE_NAMES.join(", ")}`)
    .option("--threads <number>", "threads of the native engine", parseThreads)
    .option("--debug", "show stack traces");
}

/** Parses `--range`: the values of black and white. */
export function parseRange(text: string): ValueRange {
  const [black, white, ...more] = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  if (more.length === 0 && Number.isFinite(black) && Number.isFinite(white) && black !== white) {
    return [black, white];
  }
  throw new InvalidArgumentError(`It must be the values of black and white as in 0,1, got "${text}"`);
}

/** The description of `--range`. */
export const RANGE = [
  "--range <black,white>",
  "values of black and white in the input, where its units are not those of the model's data",
] as const;

/** The description of `--class`. */
export const CLASS = [
  "--class <name>",
  "of a conditional model: the class of all samples (default: the sub-folders of a folder of pictures)",
] as const;

/** The model of a command, ready to compute. @throws {UsageError} When there is none. */
export async function openModel(
  name: string,
  { runs, engine, threads }: Pick<ModelOptions, "runs" | "engine" | "threads">,
): Promise<EngineModel & { readonly file: string }> {
  const file = await modelFile(name, runs), model = readModel(file);
  const { notice, ...chosen } = await chooseEngine({
    name: engine ?? Deno.env.get("HOURGLASS_ENGINE"),
    threads,
  });
  if (notice !== undefined) writeError(`${safeLines(notice)}\n`);
  return { model, engine: await loadEngine(chosen.name, { threads: chosen.threads }), file };
}

async function modelFile(name: string, runs: string): Promise<string> {
  const info = await Deno.stat(name).catch(() => undefined);
  const isCached = info?.isDirectory &&
    await Deno.stat(`${name}/files`).then(({ isDirectory }) => isDirectory, () => false);
  if (info?.isFile || isCached) return findModelFile(name);
  if (info?.isDirectory) {
    if (hasMergedModel(name)) return findModelFile(name);
    await refuseSweep(name);
  }
  const { folder, file } = await findModelRun(name, runs);
  return `${folder}/${file}`;
}

/** Thrown where a command stops at a signal, so that all that it opened is closed. */
class Stopped extends Error {}

/** A command's work: how far it is, and whether it was stopped. */
export interface Work {
  /** Reports how many samples are done; on a terminal, lines show it. @throws When a signal has stopped the command. */
  done(count: number, all: number): void;
}

/** Milliseconds between two lines of progress. */
const LINE_MS = 2000;

/**
 * Does a command's work, stopping at SIGINT, SIGTERM and the like between two batches; returns the exit code.
 *
 * @param work Does it and returns the exit code. What it throws at a stop must pass through it.
 * @param kept What is left of the output after a stop, in words.
 */
export async function doWork(work: (work: Work) => Promise<number>, kept: () => string): Promise<number> {
  let stopped: StopSignalName | undefined, last = performance.now();
  const started = last, stop = (signal: StopSignalName) => void (stopped ??= signal);
  listenToSignals().direct({ stop, abort: stop, hangUp: () => stop("SIGTERM") });
  const isTerminal = Deno.stdout.isTerminal();
  try {
    return await work({
      done(count, all) {
        if (stopped !== undefined) throw new Stopped();
        const now = performance.now();
        if (!isTerminal || now - last < LINE_MS || count === 0 || count >= all) return;
        last = now;
        const seconds = (now - started) / 1000 * (all - count) / count;
        writeError(`${countText(count)} of ${countText(all)}, ETA ${Math.ceil(seconds)} s\n`);
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof Stopped)) throw thrown;
    writeError(`stopped by ${stopped}: ${kept()}\n`);
    return STOP_SIGNALS[stopped!];
  }
}

/** Refuses an output file whose format is not among `endings`, or that exists. */
export function checkOutputFile(
  path: string,
  endings: readonly string[],
  overwrite: boolean | undefined,
): void {
  if (!endings.some((ending) => path.toLowerCase().endsWith(ending))) {
    throw new UsageError(`--out must end with ${endings.join(", ")}, got "${path}"`);
  }
  const info = infoOf(path);
  if (info === undefined) return;
  if (!info.isFile) {
    throw new UsageError(`--out must be a file, got "${path}", which is a folder, pipe or device`);
  }
  if (!overwrite) {
    throw new UsageError(`--out must not exist, got "${path}" (another name, or --overwrite replaces it)`);
  }
}

/** Makes an output folder, which must be new or empty. */
export function makeOutputFolder(path: string, overwrite: boolean | undefined, option = "--out"): void {
  const info = infoOf(path);
  if (info === undefined) {
    try {
      return Deno.mkdirSync(path);
    } catch (thrown) {
      const reason = thrown instanceof Deno.errors.NotFound
        ? "its parent folder does not exist"
        : "it cannot be made";
      throw new UsageError(`${option} must be a folder that can be made, got "${path}": ${reason}`);
    }
  }
  if (!info.isDirectory) throw new UsageError(`${option} must be a folder, got "${path}", which is none`);
  const [first] = Deno.readDirSync(path);
  if (first === undefined || overwrite) return;
  throw new UsageError(
    `${option} must be a new or empty folder, got "${path}", which holds "${first.name}" (another one, or --overwrite)`,
  );
}

function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** Whether an output is a file by its name; else it is a folder. */
export function isFileOutput(path: string): boolean {
  return /\.(npy|csv|tsv|parquet)$/i.test(path) && infoOf(path)?.isDirectory !== true;
}

/** Reports what was written. */
export function report(path: string, what: string): void {
  writeAll(`${path}: ${what}\n`);
}
