/**
 * Reads a run folder for a report. Whatever is missing or damaged becomes a sentence, never an error: a crashed run needs its report
 * most.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, UsageError } from "../../core/errors.ts";
import { readRegularFile } from "../../core/files.ts";
import { isFileName } from "../../core/paths.ts";
import { ModelSpec } from "../../models/spec.ts";
import { decodeSafetensors } from "../../core/safetensors.ts";
import { type Folded, foldEvents, readEvents } from "./fold_events.ts";
import { LatentSample } from "./latent_sample.ts";
import type { ReportData, ReportDetail, ReportPicture } from "./report_data.ts";
import { parseRecord } from "./run_record.ts";

const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  gif: "image/gif",
  svg: "image/svg+xml",
  jpg: "image/jpeg",
};

/** What one look into a folder needs: where it is, and where problems are noted. */
interface Look {
  readonly folder: string;
  readonly problems: string[];
}

/** A file's bytes; `undefined` when there is none, with a note when it is there and cannot be read. */
async function readBytes(
  { folder, problems }: Look,
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

/** A JSON file by a schema; a note says what was wrong with it. */
async function readJson<Value>(
  look: Look,
  file: string,
  schema: z.ZodType<Value>,
): Promise<Value | undefined> {
  const bytes = await readBytes(look, file);
  if (bytes === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (parsed.success) return parsed.data;
    look.problems.push(`${file} is not what it should be: ${parsed.error.issues[0].message}`);
  } catch (thrown) {
    look.problems.push(`${file} is no JSON: ${messageOf(thrown)}`);
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
    // It is missing or cannot be listed: a report without pictures is worth more than none.
  }
  return files;
}

/** The numbers of each stage, and under a key that is no stage's the conditions under which they were measured. */
const MetricsFile = z.object({
  $conditions: z.record(z.string(), z.record(z.string(), z.string())).catch({}).default({}),
}).catchall(z.record(z.string(), z.number().nullable().catch(null)));
/** Files of `artifacts/` that have a place of their own. */
const KNOWN = new Set(["artifacts/metrics.json", "artifacts/latent.json"]);

async function readModel(look: Look, trainStages: readonly string[]): Promise<ReportData["model"]> {
  const files = [
    "artifacts/model/model.safetensors",
    // A name is what the events say; one with a slash could lead out of the folder.
    ...trainStages.filter(isFileName).map((name) => `checkpoints/${name}.safetensors`),
  ];
  for (const file of files) {
    const bytes = await readBytes(look, file);
    if (bytes === undefined) continue;
    try {
      const { tensors, metadata } = decodeSafetensors(bytes, file);
      return { tensors, spec: ModelSpec.parse(JSON.parse(metadata.model ?? "{}")), file };
    } catch (thrown) {
      look.problems.push(
        `${file} holds no model that this version knows: ${messageOf(thrown).slice(0, 200)}`,
      );
    }
  }
  return undefined;
}

/** The pictures and the JSON of `artifacts/`, in the order in which they were made. */
async function readArtifacts(
  look: Look,
  told: Folded["artifacts"],
): Promise<{ pictures: ReportPicture[]; details: ReportDetail[] }> {
  const pictures: ReportPicture[] = [], details: ReportDetail[] = [];
  for (const file of (await artifactFiles(look.folder)).sort()) {
    const event = told.get(file), title = event?.title ?? file.replace(/^artifacts\//, "");
    const type = TYPES[file.split(".").at(-1)!.toLowerCase()];
    if (type !== undefined) {
      const bytes = await readBytes(look, file);
      if (bytes !== undefined) pictures.push({ file, title, stage: event?.stage, type, bytes });
    } else if (file.endsWith(".json") && !KNOWN.has(file)) {
      const value = await readJson(look, file, z.unknown());
      if (value !== undefined) details.push({ file, title, stage: event?.stage, value });
    }
  }
  const order = [...told.keys()];
  return { pictures: inOrder(pictures, order), details: inOrder(details, order) };
}

/** `run.json` and the events, with what is wrong with them. */
async function readStory(look: Look, path: string) {
  const { problems } = look;
  const json = await readJson(look, "run.json", z.unknown());
  const log = await readBytes(look, "events.jsonl");
  if (json === undefined && log === undefined && problems.length === 0) {
    throw new UsageError(
      `Cannot report as a run folder must hold run.json or events.jsonl: current folder is "${path}"`,
    );
  }
  const { events, unread, cut } = readEvents(new TextDecoder().decode(log ?? new Uint8Array()));
  const wrong: [boolean, string][] = [
    [json === undefined, "There is no run.json: what was asked is known from the events alone."],
    [log === undefined, "There is no events.jsonl: nothing is known of how it went."],
    [cut, "The last line of events.jsonl was cut off: the run broke off while it was written."],
    [unread > 0, `Lines of events.jsonl that are no events and were left out: ${unread}.`],
  ];
  problems.push(...wrong.filter(([is]) => is).map(([, words]) => words));
  return { json, folded: foldEvents(events) };
}

/** Reads everything a report shows; `final` is what `run.json` will say, when it does not yet. @throws {UsageError} When the folder holds neither `run.json` nor `events.jsonl`. */
export async function readRun(path: string, final?: unknown): Promise<ReportData> {
  const folder = path.replace(/(?<=.)\/+$/, ""), look: Look = { folder, problems: [] };
  const { json, folded: { started, end, artifacts, ...folded } } = await readStory(look, path);
  const record = parseRecord(
    final ?? json ?? { ...started, id: started?.run, status: end?.status ?? "unknown" },
  );
  const { $conditions, ...metrics } = await readJson(look, "artifacts/metrics.json", MetricsFile) ??
    { $conditions: {} };
  const asked = record.stages.map(({ name, kind }) => ({ name, kind, state: "waiting" as const }));
  return {
    folder,
    record,
    engine: started?.engine ?? record.engine?.name ?? "unknown",
    ...folded,
    stages: folded.stages.length > 0 ? folded.stages : asked,
    seconds: end?.seconds,
    metrics: { ...folded.metrics, ...metrics },
    conditions: $conditions,
    ...await readArtifacts(look, artifacts),
    model: await readModel(look, folded.trainings.map(({ stage }) => stage)),
    latent: await readJson(look, "artifacts/latent.json", LatentSample),
    problems: look.problems,
  };
}

/** Files in the order in which they were made; those that no event told of come last. */
function inOrder<File extends { file: string }>(files: readonly File[], order: readonly string[]): File[] {
  const place = ({ file }: File) => order.includes(file) ? order.indexOf(file) : order.length;
  return files.toSorted((a, b) => place(a) - place(b));
}
