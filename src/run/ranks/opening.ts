/**
 * What rank 0 sends to the others before the first stage, and whether they would compute the same.
 *
 * @module
 */
import { changedNames, differences, type StageIdentity, type StageKeys } from "../../pipeline/keys.ts";
import type { StageCheckpoint } from "../../pipeline/stage.ts";
import type { RunPlan } from "../run_plan.ts";

/** What to run, as rank 0 has resolved it. */
export interface Opening {
  readonly plan: Pick<RunPlan, "overrides" | "seed" | "engine" | "engineClass">;
  /** What decides the results of each stage, by its name. */
  readonly identities: readonly (readonly [string, StageIdentity])[];
}

/** What rank 0 decides of a stage that all ranks run; `undefined` instead of one: there is no further stage. */
export interface StageStart {
  /** Its outputs, where an earlier run has computed them. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** The checkpoint from which it resumes. */
  readonly found?: StageCheckpoint;
}

/** Whether the options of a stage name a source that deals its files out to the ranks. */
export function isShards({ source }: Readonly<Record<string, unknown>>): boolean {
  return typeof source === "object" && (source as { source?: unknown } | null)?.source === "shards";
}

/** What decides the results of each stage. */
export function identitiesOf(keys: ReadonlyMap<string, StageKeys>): Opening["identities"] {
  // As JSON has it: an option may carry functions of own code under symbols.
  const identities = [...keys].map(([name, { identity }]) => [name, identity]);
  return JSON.parse(JSON.stringify(identities));
}

/** Why a rank would compute something else than rank 0; `undefined` when it would not. */
export function otherWork(mine: Opening["identities"], first: Opening["identities"]): string | undefined {
  const own = new Map(mine);
  for (const [name, { code, data, inputs: _, ...identity }] of first) {
    const found = own.get(name);
    if (found === undefined) return `the pipeline must have a stage ${name} as on rank 0, got none`;
    const { code: ownCode, data: ownData, inputs: _inputs, ...ownIdentity } = found;
    const [difference] = differences(identity, ownIdentity, name);
    if (difference !== undefined) return `the pipeline must be the same as on rank 0, got ${difference}`;
    const [file] = changedNames(code, ownCode);
    if (file !== undefined) return `${name}: ${file} must be the same as on rank 0, got another content`;
    // Of shards, a machine may have its own only.
    if (data === ownData || isShards(identity.options)) continue;
    return `${name}: the files of its source must have the sizes and times that they have on rank 0, got others ` +
      "(use a folder that all machines share, or copy with times, as rsync -a does)";
  }
  return undefined;
}
