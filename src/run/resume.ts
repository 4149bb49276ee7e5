/**
 * Finds the run to resume: one that was interrupted or stopped, or one that is complete and now has more epochs or patience.
 *
 * @module
 */
import { LockedError, UsageError } from "../core/errors.ts";
import { differences, runKey, type StageKeys } from "../pipeline/keys.ts";
import { GATE_FAILED } from "../pipeline/gates.ts";
import type { PipelineSpec } from "../pipeline/resolve.ts";
import { versionProblem } from "./event_file.ts";
import { findCheckpoint, type StoredCheckpoint } from "./checkpoint_file.ts";
import type { EngineConfig } from "../pipeline/stage.ts";
import { findRun, listRuns, type RunEntry } from "./list.ts";
import { holderText, readHolder } from "./lock.ts";
import { type RecordedSpec, recordedSpec } from "./record.ts";

/** What a run is resumed from. */
export interface Resumption {
  /** The earlier run. */
  readonly entry: RunEntry;
  /** Whether the same run is resumed in its own folder; otherwise a new run starts from its checkpoint. */
  readonly isSame: boolean;
  /** The stage whose checkpoint it is; `undefined`: there is none, and the same run starts over in its folder. */
  readonly stage?: string;
  readonly checkpoint?: StoredCheckpoint;
  readonly engine: EngineConfig;
  readonly keys: ReadonlyMap<string, StageKeys>;
  /** Warnings about damaged checkpoints that were skipped. */
  readonly problems: readonly string[];
}

/** The search for a run to resume. */
export interface ResumeQuery {
  readonly root: string;
  /** `auto`: the newest run that can be resumed; otherwise a run's id or folder. */
  readonly wanted: string;
  readonly spec: PipelineSpec;
  /** The engine that a new run would use. */
  readonly engine: EngineConfig;
  /** Whether the engine or its threads were set explicitly; otherwise a run is resumed with its earlier ones. */
  readonly isEngineChosen: boolean;
  keysOf(engine: EngineConfig): Promise<ReadonlyMap<string, StageKeys>>;
}

/**
 * Finds a run to resume.
 *
 * @returns What to resume from, or why the run starts over.
 * @throws {UsageError} When the run that was named does not exist.
 * @throws {LockedError} When the run that was named is running.
 */
export async function findResumption(
  query: ResumeQuery,
): Promise<Resumption | { readonly startOver: string }> {
  const { root, wanted, spec } = query;
  const entries = wanted === "auto" ? await listRuns(root, spec.name) : [await findRun(root, wanted)];
  const reasons: string[] = [];
  for (const entry of entries) {
    const { id, status, record, folder } = entry;
    if (status === "running" && entry.other === undefined) {
      if (wanted === "auto") continue;
      const holder = holderText(await readHolder(`${folder}/lock`));
      throw new LockedError(`Run ${id} is already running: ${holder}`);
    }
    const problem = entry.problem ?? await versionProblem(folder);
    if (record === undefined || problem !== undefined) {
      if (wanted !== "auto") throw new UsageError(`Run ${id} cannot be resumed: ${problem}`);
      reasons.push(problem ?? `${id} has no run.json that can be read`);
      continue;
    }
    const engine = engineFor(query, record.engine), keys = await query.keysOf(engine);
    const isSame = record.pipeline === spec.name && record.key === runKey(keys);
    if (isSame && (status === "completed" || status === GATE_FAILED)) {
      return { startOver: `identical run ${id} is complete` };
    }
    const found = await newestCheckpoint(entry, keys);
    if (found.checkpoint !== undefined || isSame) return { entry, isSame, engine, keys, ...found };
    reasons.push(found.problems[0] ?? obstacle(entry, spec, keys));
  }
  return { startOver: reasons[0] ?? "there is no earlier run to resume" };
}

/** The engine of the earlier run, unless another was set or it is not available here. */
function engineFor({ engine, isEngineChosen }: ResumeQuery, before: EngineConfig): EngineConfig {
  const isMissing = before.name === "native" && engine.name !== "native";
  return isEngineChosen || isMissing ? engine : before;
}

/** The checkpoint of the last stage that has a matching one. */
async function newestCheckpoint(
  { folder, record }: RunEntry,
  keys: ReadonlyMap<string, StageKeys>,
): Promise<Pick<Resumption, "stage" | "checkpoint" | "problems">> {
  const problems: string[] = [];
  const eventsLength = await Deno.stat(`${folder}/events.jsonl`).then(({ size }) => size, () => 0);
  for (const [stage, stageKeys] of [...keys].reverse()) {
    if (shrunk(stage, recordedSpec(record), stageKeys).length > 0) continue;
    const { found, problems: damaged } = await findCheckpoint(folder, stage, {
      key: stageKeys.resumeKey,
      eventsLength,
    });
    problems.push(...damaged);
    if (found !== undefined) return { stage, checkpoint: found, problems };
  }
  return { problems };
}

/** Options that were reduced below what a checkpoint may have reached: fewer epochs, less patience. */
function shrunk(
  stage: string,
  before: RecordedSpec | undefined,
  { extendable, identity }: StageKeys,
): string[] {
  const old = optionsIn(before, stage);
  return extendable.filter((option) => amount(identity.options[option]) < amount(old?.[option]))
    .flatMap((option) => differences(old?.[option], identity.options[option], `${stage}.${option}`));
}

/** The size of an option: `null`, or none, means unlimited. */
function amount(value: unknown): number {
  return value === null || value === undefined ? Infinity : Number(value);
}

/** The changed setting that prevents resuming a run. */
function obstacle(
  { id, record }: RunEntry,
  { seed, stages }: PipelineSpec,
  keys: ReadonlyMap<string, StageKeys>,
): string {
  const before = recordedSpec(record);
  if (before === undefined) return `run.json of ${id} holds no pipeline that can be compared`;
  if (before.seed !== seed) return `the seed ${before.seed} -> ${seed} changes what ${id} has computed`;
  const gone = before.stages.filter(({ name }) => !keys.has(name));
  const changed = stages.flatMap(({ name }) => {
    const old = optionsIn(before, name), stage = keys.get(name)!, now = stage.resumeOptions as Options;
    if (old === undefined) return [`a new stage ${name}`];
    const recorded = now === stage.identity.options
      ? old
      : Object.fromEntries(Object.keys(now).map((option) => [option, old[option]]));
    return [...differences(recorded, now, name), ...shrunk(name, before, stage)];
  });
  const all = [...gone.map(({ name }) => `no more stage ${name}`), ...changed];
  if (all.length === 0 && record?.status === "completed") {
    return `${id} is complete and has no optimizer state (train.checkpoint.keepOptimizer=true keeps it for more epochs)`;
  }
  return all.length === 0
    ? `${id} has no matching checkpoint (another engine, other data or code, or none was written)`
    : `${all.join(", ")} changes what ${id} has computed`;
}

type Options = Readonly<Record<string, unknown>>;

function optionsIn(spec: RecordedSpec | undefined, stage: string): Options | undefined {
  return spec?.stages.find(({ name }) => name === stage)?.options;
}

/** What a run resumes from, as text. */
export function resumptionText({ entry, isSame, stage, checkpoint, problems }: Resumption): string {
  if (checkpoint === undefined) {
    const why = problems.length === 0
      ? "no checkpoint had been written"
      : "none of its checkpoints can be used";
    return `${entry.id} starts over: ${why}`;
  }
  const { epochs } = checkpoint.state as { epochs?: number };
  const place = `${stage}${epochs === undefined ? "" : `, epoch ${epochs}`}`;
  return isSame ? `${entry.id} resumes from ${place}` : `resumes from ${entry.id}, ${place}`;
}
