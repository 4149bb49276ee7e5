/**
 * Reads a run folder for a report. Missing or damaged files become notices, never errors: a crashed run needs its report
 * most.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, UsageError } from "../core/errors.ts";
import { readRegularFile } from "../core/files.ts";
import { isFileName } from "../core/paths.ts";
import { decodeSafetensors } from "../core/safetensors.ts";
import { OtherVersionError, otherVersionOf } from "../core/schema_version.ts";
import { readModelMetadata } from "../models/tensors.ts";
import { openEvents } from "../run/event_file.ts";
import { waitingStage } from "../run/fold/fold.ts";
import { type WholeRun, wholeRun } from "../run/fold/whole_run.ts";
import { METRICS_FILE, type ReadMetrics, readMetrics } from "../run/metrics_file.ts";
import { partialRecord } from "../run/partial_record.ts";
import { openRecord, type RunRecord } from "../run/record.ts";
import { LatentSample } from "../export/latent_sample.ts";
import type { ReportData, ReportDetail, ReportPicture } from "./report_data.ts";

const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  gif: "image/gif",
  svg: "image/svg+xml",
  jpg: "image/jpeg",
};

/** A run folder that is being read, with the problems found so far. */
interface OpenedRun {
  readonly folder: string;
  readonly problems: string[];
}

/** A file's bytes; `undefined` when it is missing or unreadable; the latter adds a problem. */
async function readBytes(
  { folder, problems }: OpenedRun,
  file: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readRegularFile(`${folder}/${file}`);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) {
      problems.push(`${file} cannot be read: ${messageOf(thrown)}`);
    }
    return undefined;
  }
}

/** A JSON file by a schema; an invalid one adds a problem. */
async function readJson<Value>(
  run: OpenedRun,
  file: string,
  schema: z.ZodType<Value>,
): Promise<Value | undefined> {
  const bytes = await readBytes(run, file);
  if (bytes === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (parsed.success) return parsed.data;
    run.problems.push(`${file} is invalid: ${parsed.error.issues[0].message}`);
  } catch (thrown) {
    run.problems.push(`${file} is not valid JSON: ${messageOf(thrown)}`);
  }
  return undefined;
}

/** The files under `artifacts/`, relative to the run folder; the model's own are left out, links are not followed. */
async function artifactFiles(folder: string, under = "artifacts"): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(`${folder}/${under}`)) {
      const path = `${under}/${name}`;
      if (isFile) files.push(path);
      else if (isDirectory && path !== "artifacts/model") files.push(...await artifactFiles(folder, path));
    }
  } catch {
    // Missing or unreadable: the report has no pictures then.
  }
  return files;
}

/** Files of `artifacts/` that have a place of their own. */
const KNOWN = new Set([METRICS_FILE, "artifacts/latent.json"]);

async function readModel(run: OpenedRun, trainStages: readonly string[]): Promise<ReportData["model"]> {
  const files = [
    "artifacts/model/model.safetensors",
    // The name comes from the events; one with a slash could point outside of the folder.
    ...trainStages.filter(isFileName).map((name) => `checkpoints/${name}.safetensors`),
  ];
  for (const file of files) {
    const bytes = await readBytes(run, file);
    if (bytes === undefined) continue;
    try {
      const { tensors, metadata } = decodeSafetensors(bytes, file);
      return { tensors, ...readModelMetadata(metadata, file), file };
    } catch (thrown) {
      run.problems.push(
        `${file} holds no model that this version can read: ${messageOf(thrown).slice(0, 200)}`,
      );
    }
  }
  return undefined;
}

/** The pictures and the JSON of `artifacts/`, in the order in which they were made. */
async function readArtifacts(
  run: OpenedRun,
  events: WholeRun["artifacts"],
): Promise<{ pictures: ReportPicture[]; details: ReportDetail[] }> {
  const pictures: ReportPicture[] = [], details: ReportDetail[] = [];
  for (const file of (await artifactFiles(run.folder)).sort()) {
    const event = events.get(file), title = event?.title ?? file.replace(/^artifacts\//, "");
    const type = TYPES[file.split(".").at(-1)!.toLowerCase()];
    if (type !== undefined) {
      const bytes = await readBytes(run, file);
      if (bytes !== undefined) pictures.push({ file, title, stage: event?.stage, type, bytes });
    } else if (file.endsWith(".json") && !KNOWN.has(file)) {
      const value = await readJson(run, file, z.unknown());
      if (value !== undefined) details.push({ file, title, stage: event?.stage, value });
    }
  }
  const order = [...events.keys()];
  return { pictures: inOrder(pictures, order), details: inOrder(details, order) };
}

/**
 * `run.json` and the events; adds their problems.
 *
 * @throws {UsageError} When there is neither, or another version of this program wrote them.
 */
async function readRecordAndEvents(run: OpenedRun, path: string) {
  const { folder, problems } = run;
  const { record, content = record, problem, other } = await openRecord(folder);
  if (other !== undefined) throw new UsageError(other.message);
  const isThere = await Deno.lstat(`${folder}/run.json`).then(() => true, () => false);
  const log = await openEvents(folder).catch((thrown) => {
    if (thrown instanceof OtherVersionError) throw new UsageError(thrown.message);
    problems.push(`events.jsonl cannot be read: ${messageOf(thrown)}`);
    return undefined;
  });
  if (!isThere && log === undefined && problems.length === 0) {
    throw new UsageError(
      `"${path}" is not a run folder: it must contain run.json or events.jsonl`,
    );
  }
  const { events, unread, isCut } = log ?? { events: [], unread: 0, isCut: false };
  const wrong: [boolean, string][] = [
    [isThere && problem !== undefined, problem?.replace(`${folder}/`, "") ?? ""],
    [!isThere, "run.json is missing: the configuration is taken from the events alone."],
    [log === undefined, "events.jsonl is missing: the course of the run is unknown."],
    [isCut, "The last line of events.jsonl is truncated: the run ended while writing it."],
    [unread > 0, `Invalid lines of events.jsonl that were skipped: ${unread}.`],
  ];
  problems.push(...wrong.filter(([is]) => is).map(([, words]) => words));
  return { content, whole: wholeRun(events) };
}

/** The metrics and conditions of a run; what prevents their use becomes a problem. */
async function metricsOf({ folder, problems }: OpenedRun): Promise<ReadMetrics> {
  const found = await readMetrics(folder);
  if (typeof found === "string") problems.push(found.replace(`${folder}/`, ""));
  return typeof found === "object" ? found : { values: {}, metrics: {}, conditions: {} };
}

/** The sample of the latent space; another version's becomes a problem. */
async function latentOf(run: OpenedRun): Promise<LatentSample | undefined> {
  const file = "artifacts/latent.json", content = await readJson(run, file, z.unknown());
  if (content === undefined) return undefined;
  const { data, error } = LatentSample.safeParse(content);
  if (data !== undefined) return data;
  const other = otherVersionOf("latent", content, file);
  run.problems.push(other?.message ?? `${file} is invalid: ${error.issues[0].message}`);
  return undefined;
}

/**
 * Reads everything a report shows.
 *
 * @param final The final content of `run.json` while it is not written yet.
 * @throws {UsageError} When the folder holds no run, or one of another version of this program.
 */
export async function readReportData(path: string, final?: RunRecord): Promise<ReportData> {
  const folder = path.replace(/(?<=.)\/+$/, ""), run: OpenedRun = { folder, problems: [] };
  const { content, whole } = await readRecordAndEvents(run, path);
  const { view: { run: started, stages, end }, artifacts, ...all } = whole;
  const record = partialRecord(
    final ?? content ?? { ...started, id: started?.run, status: end?.status ?? "unknown" },
  );
  const { metrics, conditions } = await metricsOf(run);
  const reported = stages.flatMap((stage) => stage.metrics === null ? [] : [[stage.name, stage.metrics]]);
  return {
    folder,
    record,
    engine: started?.engine ?? record.engine?.name ?? "unknown",
    ...all,
    stages: stages.length > 0 ? stages : record.stages.map(waitingStage),
    seconds: end?.seconds,
    metrics: { ...Object.fromEntries(reported), ...metrics },
    conditions,
    ...await readArtifacts(run, artifacts),
    model: await readModel(run, all.trainings.map(({ stage }) => stage)),
    latent: await latentOf(run),
    problems: run.problems,
  };
}

/** Files in the order in which they were made; those without an event come last. */
function inOrder<File extends { file: string }>(files: readonly File[], order: readonly string[]): File[] {
  const place = ({ file }: File) => order.includes(file) ? order.indexOf(file) : order.length;
  return files.toSorted((a, b) => place(a) - place(b));
}
