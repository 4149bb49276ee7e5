/**
 * The result of a trial: `trials/ID.json` in the folder of a sweep, written when the trial has ended for good.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { readSmallText, writeFileAtomically } from "../core/files.ts";
import { otherVersionOf, SCHEMA } from "../core/schema_version.ts";
import { redactDeep } from "../core/secrets.ts";
import { RecordedInfo } from "../pipeline/metric.ts";
import { trialsFolder } from "./folder.ts";

/** How a trial ended for good: `failed` after all of its retries, `stoppedEarly` because others were better, or on request. */
const States = z.enum(["complete", "failed", "stoppedEarly"]);

type Metrics = Readonly<Record<string, Readonly<Record<string, number | null>>>>;
type MetricInfos = Readonly<Record<string, Readonly<Record<string, RecordedInfo | undefined>>>>;

// Thousands of results with a hundred metrics each are read at once, where a general schema takes longer than these checks.
const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isByStage(value: unknown, isOne: (value: unknown) => boolean): boolean {
  return isFields(value) &&
    Object.values(value).every((own) => isFields(own) && Object.values(own).every(isOne));
}

const isValue = (value: unknown) => value === null || typeof value === "number";

/** What metrics stated that were found valid, by their text without the interval. */
const VALID = new Set<string>();

function isInfo(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { unit, direction, split, estimator, interval } = value, texts = [unit, direction, split, estimator];
  if (interval !== undefined && !(isFields(interval) && isEnd(interval.low) && isEnd(interval.high))) {
    return false;
  }
  if (!texts.every((text) => text === undefined || typeof text === "string")) return false;
  const text = texts.join("\0");
  if (!VALID.has(text) && RecordedInfo.safeParse({ unit, direction, split, estimator }).success) {
    VALID.add(text);
  }
  return VALID.has(text);
}

const isEnd = (value: unknown) => typeof value === "number";

/** The schema of the file. */
const ResultFile = z.strictObject({
  schema: z.literal(SCHEMA.trial),
  /** The id of the sweep. */
  sweep: z.string(),
  /** The id of the trial. */
  trial: z.string(),
  state: States,
  /** That of its last run. */
  exitCode: z.number(),
  /** Why it ended, where it is not complete. */
  reason: z.string().optional(),
  /** After which epoch of a training it was stopped early by its sweep, and the metric that was watched. */
  stopped: z.strictObject({
    stage: z.string(),
    epoch: z.int(),
    metric: z.string(),
    value: z.number().nullable(),
  }).optional(),
  /** How often it was started, resumed runs included. */
  attempts: z.int().min(0),
  /** The id of its run; missing where it failed before a run started. */
  run: z.string().optional(),
  /** The folder of its run, relative to the folder of runs. */
  folder: z.string().optional(),
  /** The values of its metrics, by stage and name. */
  metrics: z.custom<Metrics>((value) => isByStage(value, isValue), {
    error: "must be numbers by stage and name",
  }),
  /** What these metrics state of themselves. */
  info: z.custom<MetricInfos>((value) => isByStage(value, isInfo), {
    error: "must be what metrics state of themselves, by stage and name",
  }),
  /** Epochs of its trainings. */
  epochs: z.number(),
  /** Active seconds of its run. */
  seconds: z.number(),
  /** What it was computed with: other engines, threads or parts of a step may give other bits. */
  resources: z.object({
    engine: z.string(),
    threads: z.int().nullable(),
    parts: z.int().nullable(),
    cpu: z.string(),
    os: z.string(),
    deno: z.string(),
    hourglass: z.string(),
  }),
});

/** The result of a trial. */
export type TrialResult = Omit<z.infer<typeof ResultFile>, "schema">;

/** The ending of the files of results. */
export const RESULT = ".json";

/** The file with the result of a trial. */
export function resultFile(folder: string, trial: string): string {
  return `${trialsFolder(folder)}/${trial}${RESULT}`;
}

/** Writes the result of a trial, whole or not at all. @throws {RunError} */
export async function writeResult(folder: string, result: TrialResult): Promise<void> {
  await writeFileAtomically(resultFile(folder, result.trial), resultText(result));
}

/** A result as its file holds it. */
export function resultText(result: TrialResult): string {
  return JSON.stringify(redactDeep({ schema: SCHEMA.trial, ...result }), null, 2) + "\n";
}

/** A result that was read from a file, and so holds no secret, in one line without a line feed. */
export function resultLine(result: TrialResult): string {
  return JSON.stringify({ schema: SCHEMA.trial, ...result });
}

/** Reads the result of a trial: `undefined` when there is none yet, a message when it cannot be used. Never throws. */
export async function readResult(folder: string, trial: string): Promise<TrialResult | string | undefined> {
  const file = resultFile(folder, trial);
  try {
    return parseResult(await readSmallText(file), trial, file);
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound ? undefined : failure(file, messageOf(thrown));
  }
}

/** The result of a trial in a text, or a message with the file's path when it is none. Never throws. */
export function parseResult(text: string, trial: string, file: string): TrialResult | string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (thrown) {
    return failure(file, messageOf(thrown));
  }
  const other = otherVersionOf("trial", content, file);
  if (other !== undefined) return other.message;
  const { data, error } = ResultFile.safeParse(content);
  if (data === undefined) {
    const [{ path, message }] = error.issues;
    return failure(file, `${path.length === 0 ? "" : `${path.join(".")}: `}${message}`);
  }
  const { schema: _, ...result } = data;
  return result.trial === trial ? result : failure(file, `that of trial ${result.trial}`);
}

function failure(file: string, found: string): string {
  return `"${file}" must be the result of a trial, got: ${found}`;
}

/** Reads the results of those trials that have one. @throws {RunError} When one cannot be used. */
export async function readResults(
  folder: string,
  trials: readonly string[],
): Promise<Map<string, TrialResult>> {
  const results = new Map<string, TrialResult>();
  for (const trial of (await withResult(folder, trials)).keys()) {
    const result = await usableResult(folder, trial);
    if (result !== undefined) results.set(trial, result);
  }
  return results;
}

/** Those of some trials that have a result, and whether it is a regular file. */
async function withResult(folder: string, trials: readonly string[]): Promise<Map<string, boolean>> {
  const names = new Map<string, boolean>();
  for await (const { name, isFile } of Deno.readDir(trialsFolder(folder))) names.set(name, isFile);
  return new Map(trials.flatMap((trial) => {
    const isFile = names.get(trial + RESULT);
    return isFile === undefined ? [] : [[trial, isFile]];
  }));
}

async function usableResult(folder: string, trial: string): Promise<TrialResult | undefined> {
  const result = await readResult(folder, trial);
  if (typeof result !== "string") return result;
  throw new RunError(`${result} (remove ${resultFile(folder, trial)} to run it again)`);
}

/** Where a result of this version has its state: before everything that is long. */
const STATE = new RegExp(
  `^\\{\\s*"schema": ${SCHEMA.trial},[^{}]{0,200}"state": "(${States.options.join("|")})",`,
);
const HEAD_BYTES = 400, NONE = new Uint8Array();
/** Files that are read at once. */
const AT_ONCE = 16;

/** The state in the bytes of a result, as far as it can be seen from its beginning and its end. */
function stateIn(bytes: Uint8Array): TrialResult["state"] | undefined {
  const isWhole = bytes.at(-2) === "}".charCodeAt(0) && bytes.at(-1) === "\n".charCodeAt(0);
  const state = STATE.exec(new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)))?.[1];
  return isWhole ? States.safeParse(state).data : undefined;
}

/**
 * The states of those trials that have a result; of a result only the beginning is looked at, and whether it is whole.
 *
 * @throws {RunError} When one cannot be used.
 */
export async function readStates(
  folder: string,
  trials: readonly string[],
): Promise<Map<string, TrialResult["state"]>> {
  const states = new Map<string, TrialResult["state"]>(), found = await withResult(folder, trials);
  async function read(trial: string): Promise<void> {
    // Opening a pipe of that name would block forever.
    const bytes = found.get(trial) ? await Deno.readFile(resultFile(folder, trial)).catch(() => NONE) : NONE;
    const state = stateIn(bytes) ?? (await usableResult(folder, trial))?.state;
    if (state !== undefined) states.set(trial, state);
  }
  const names = [...found.keys()];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    await Promise.all(names.slice(start, start + AT_ONCE).map(read));
  }
  return states;
}
