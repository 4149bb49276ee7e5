/**
 * Which stages a run would compute and which it would take from the cache, and why.
 *
 * @module
 */
import { versionText } from "../core/schema_version.ts";
import { changedNames, differences, type StageIdentity, type StageKeys } from "../pipeline/keys.ts";
import type { ResolvedPipeline, ResolvedStage } from "../pipeline/resolve.ts";
import { runsEachTime } from "../pipeline/stage.ts";
import type { CacheUse } from "./run_plan.ts";
import { listCached, type Manifest, type OtherEntry } from "./stage_cache.ts";

/** Whether a stage would be computed or taken from the cache. */
export interface StageForecast {
  readonly isCached: boolean;
  /** `from 20261124-040128-fc42`, `train.epochs 50 -> 100`, `input noise changed`, `forced`. */
  readonly why: string;
}

/** Compares a pipeline with the cache's manifests. Result files are not read: damage is detected only on use. */
export async function forecast(
  { name: pipeline, stages }: ResolvedPipeline,
  keys: ReadonlyMap<string, StageKeys>,
  cache: CacheUse | undefined,
): Promise<Map<string, StageForecast>> {
  const { entries, others } = cache === undefined
    ? { entries: [], others: [] }
    : await listCached(cache.root);
  const manifests = entries.map(({ manifest }) => manifest);
  return new Map(
    stages.map((
      stage,
    ) => [stage.name, forecastStage(stage, keys.get(stage.name)!, { pipeline, manifests, others, cache })]),
  );
}

function forecastStage(
  { name, definition }: ResolvedStage,
  { key, identity }: StageKeys,
  { pipeline, manifests, others, cache }: {
    pipeline: string;
    manifests: readonly Manifest[];
    others: readonly OtherEntry[];
    cache: CacheUse | undefined;
  },
): StageForecast {
  const run = (why: string) => ({ isCached: false, why });
  if (runsEachTime(definition)) return run("each time");
  if (cache === undefined) return run("no cache");
  if (cache.forced.includes(name)) return run("forced");
  const known = manifests.find((manifest) => manifest.key === key);
  if (known !== undefined) return { isCached: true, why: `from ${known.run}` };
  const old = others.find((entry) => entry.key === key);
  if (old !== undefined) {
    return run(`its cached result is of ${versionText(old.other)}`);
  }
  const newest = manifests.find((manifest) => manifest.pipeline === pipeline && manifest.stage === name);
  return run(newest === undefined ? "never run" : changes(name, newest.identity, identity).join(", "));
}

/** The differences between two identities of a stage, as short texts. */
function changes(name: string, before: StageIdentity, now: StageIdentity): string[] {
  const code = changedNames(before.code, now.code);
  return [
    ...(before.kind === now.kind ? [] : [`kind ${before.kind} -> ${now.kind}`]),
    ...differences(before.options, now.options, name),
    ...(before.seed === now.seed ? [] : [`seed ${before.seed} -> ${now.seed}`]),
    ...(before.engine === now.engine ? [] : [`engine ${before.engine} -> ${now.engine}`]),
    ...(before.version === now.version ? [] : ["a new version of the stage"]),
    ...(code.length === 0 ? [] : [`code changed: ${code.join(", ")}`]),
    ...changedNames(before.inputs, now.inputs).map((input) => `input ${input} changed`),
  ];
}
