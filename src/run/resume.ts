/**
 * Finds the run that can be gone on with: one that was cut off or stopped, or one that ended and now has more epochs or patience.
 *
 * @module
 */
import { LockedError, UsageError } from "../core/errors.ts";
import { writeFileAtomically } from "../core/files.ts";
import { differences, runKey, type StageKeys } from "../pipeline/keys.ts";
import type { PipelineSpec } from "../pipeline/resolve.ts";
import { checkpointFiles, encodeCheckpoint, findCheckpoint, type KeptCheckpoint } from "./checkpoint_file.ts";
import type { EngineSetting } from "../pipeline/stage.ts";
import { findRun, listRuns, type RunEntry } from "./list.ts";
import { holderText, readHolder } from "./lock.ts";

/** What a run goes on from. */
export interface Resumption {
  /** The run before. */
  readonly entry: RunEntry;
  /** Whether it is the same run, which goes on in its own folder; else another one that goes on from its checkpoint. */
  readonly isSame: boolean;
  /** The stage whose checkpoint it is; `undefined`: there is none, and the same run begins anew in its folder. */
  readonly stage?: string;
  readonly checkpoint?: KeptCheckpoint;
  readonly engine: EngineSetting;
  readonly keys: ReadonlyMap<string, StageKeys>;
  /** What is told: damaged checkpoints that were passed over. */
  readonly problems: readonly string[];
}

/** What is looked for. */
export interface ResumeQuery {
  readonly root: string;
  /** `auto`: the newest that can be gone on with; else a run's id or folder. */
  readonly wanted: string;
  readonly spec: PipelineSpec;
  /** What this run would compute with. */
  readonly engine: EngineSetting;
  /** Whether a person chose that engine or its threads; if not, a run goes on with those that it had. */
  readonly isEngineChosen: boolean;
  keysOf(engine: EngineSetting): Promise<ReadonlyMap<string, StageKeys>>;
}

/**
 * Looks for a run to go on with.
 *
 * @returns What to go on from, or why the run begins anew.
 * @throws {UsageError} When the run that was named does not exist.
 * @throws {LockedError} When the run that was named is under way.
 */
export async function findResumption(query: ResumeQuery): Promise<Resumption | { readonly anew: string }> {
  const { root, wanted, spec } = query;
  const entries = wanted === "auto" ? await listRuns(root, spec.name) : [await findRun(root, wanted)];
  const reasons: string[] = [];
  for (const entry of entries) {
    const { id, status, record, folder } = entry;
    if (status === "running") {
      if (wanted === "auto") continue;
      const holder = holderText(await readHolder(`${folder}/lock`));
      throw new LockedError(`Cannot go on with ${id} as it must have ended: ${holder} runs it`);
    }
    if (record === undefined) {
      if (wanted !== "auto") {
        throw new UsageError(
          `Cannot go on with ${id} as its run.json must be readable: it is missing or damaged`,
        );
      }
      reasons.push(`${id} has no run.json that can be read`);
      continue;
    }
    const engine = engineFor(query, record.engine), keys = await query.keysOf(engine);
    const isSame = record.key === runKey(keys);
    if (isSame && status === "completed") return { anew: `${id} has computed the same to its end` };
    const found = await newestCheckpoint(folder, keys);
    if (found.checkpoint !== undefined || isSame) return { entry, isSame, engine, keys, ...found };
    reasons.push(obstacle(id, record.spec, spec, found.problems));
  }
  return { anew: reasons[0] ?? "there is no earlier run of it that could go on" };
}

/** The engine of the run before, unless another was chosen or it cannot be had here. */
function engineFor({ engine, isEngineChosen }: ResumeQuery, before: EngineSetting): EngineSetting {
  const isMissing = before.name === "native" && engine.name !== "native";
  return isEngineChosen || isMissing ? engine : before;
}

/** The checkpoint of the last stage that has one which fits. */
async function newestCheckpoint(
  folder: string,
  keys: ReadonlyMap<string, StageKeys>,
): Promise<Pick<Resumption, "stage" | "checkpoint" | "problems">> {
  const problems: string[] = [];
  const told = await Deno.stat(`${folder}/events.jsonl`).then(({ size }) => size, () => 0);
  for (const [stage, { lasting }] of [...keys].reverse()) {
    const { found, problems: damaged } = await findCheckpoint(folder, stage, lasting, told);
    problems.push(...damaged);
    if (found !== undefined) return { stage, checkpoint: found, problems };
  }
  return { problems };
}

/** Which setting, or else which damage, keeps a run from going on. */
function obstacle(
  id: string,
  before: unknown,
  now: PipelineSpec,
  [problem]: readonly string[],
): string {
  const old = before as Partial<PipelineSpec>;
  if (old.seed !== now.seed) return `the seed ${old.seed} -> ${now.seed} changes what ${id} has computed`;
  const changed = now.stages.flatMap(({ name, options }) =>
    differences(old.stages?.find((stage) => stage.name === name)?.options, options, name)
  );
  if (changed.length > 0) return `${changed.join(", ")} changes what ${id} has computed`;
  return problem ?? `${id} has no checkpoint that fits (another engine, other data, or none was written)`;
}

/** Prepares the folder of a run that goes on: its events end where the checkpoint was taken. */
export async function prepareFolder(
  resumption: Resumption,
  folder: string,
  run: { readonly id: string; readonly spec: PipelineSpec },
): Promise<void> {
  const { entry, isSame, stage, checkpoint, problems, keys } = resumption;
  const names = [...keys.keys()];
  if (checkpoint === undefined || stage === undefined) {
    await writeFileAtomically(`${folder}/events.jsonl`, "");
    return await forget(folder, names);
  }
  const before = (await Deno.readFile(`${entry.folder}/events.jsonl`)).subarray(0, checkpoint.eventBytes);
  if (!isSame) return await takeOver(resumption, folder, before, run);
  // They belong to events that are told anew.
  await forget(folder, names.slice(names.indexOf(stage) + 1));
  // A damaged last one must not take the place of the one that is good.
  const { last, previous } = checkpointFiles(folder, stage);
  if (problems.some((problem) => problem.includes(last))) await Deno.rename(previous, last);
  await writeFileAtomically(`${folder}/events.jsonl`, before);
}

/** Removes the checkpoints of some stages. */
async function forget(folder: string, stages: readonly string[]): Promise<void> {
  for (const file of stages.flatMap((stage) => Object.values(checkpointFiles(folder, stage)))) {
    await Deno.remove(file).catch(() => {});
  }
}

/** Copies what another run has told and kept until the checkpoint. */
async function takeOver(
  { entry, stage, keys }: Resumption,
  folder: string,
  before: Uint8Array,
  run: { readonly id: string; readonly spec: PipelineSpec },
): Promise<void> {
  const retell = (bytes: Uint8Array) =>
    new TextEncoder().encode(retold(new TextDecoder().decode(bytes), folder, stage!, run));
  await writeFileAtomically(`${folder}/events.jsonl`, retell(before));
  for await (const { name } of Deno.readDir(`${entry.folder}/checkpoints`)) {
    if (/\.(last|previous)\.safetensors$|\.tmp$/.test(name)) continue;
    await Deno.copyFile(`${entry.folder}/checkpoints/${name}`, `${folder}/checkpoints/${name}`);
  }
  for (const [name, { lasting }] of keys) {
    const { found } = await findCheckpoint(entry.folder, name, lasting, before.length);
    if (found === undefined) continue;
    const eventBytes = retell(before.subarray(0, found.eventBytes)).length;
    await writeFileAtomically(checkpointFiles(folder, name).last, encodeCheckpoint({ ...found, eventBytes }));
  }
}

/** The events of the run before, as the new one would have told them: its own name, folder, stages, epochs and patience. */
function retold(
  events: string,
  folder: string,
  stage: string,
  { id, spec }: { readonly id: string; readonly spec: PipelineSpec },
): string {
  const options = spec.stages.find(({ name }) => name === stage)?.options;
  return events.split("\n").map((line) => {
    if (line.startsWith('{"type":"run"')) {
      const stages = spec.stages.map(({ name, kind }) => ({ name, kind }));
      return JSON.stringify({ ...JSON.parse(line), run: id, folder, stages });
    }
    if (!line.startsWith('{"type":"training"')) return line;
    const event = JSON.parse(line);
    return event.stage === stage
      ? JSON.stringify({ ...event, epochs: options?.epochs, patience: options?.patience })
      : line;
  }).join("\n");
}

/** Where a run goes on, in words. */
export function resumptionText({ entry, isSame, stage, checkpoint, problems }: Resumption): string {
  if (checkpoint === undefined) {
    const why = problems.length === 0
      ? "no checkpoint had been written"
      : "none of its checkpoints can be used";
    return `${entry.id} begins anew: ${why}`;
  }
  const { epochs } = checkpoint.state as { epochs?: number };
  const place = `${stage}${epochs === undefined ? "" : `, epoch ${epochs}`}`;
  return isSame ? `${entry.id} goes on from ${place}` : `goes on from ${entry.id}, ${place}`;
}
