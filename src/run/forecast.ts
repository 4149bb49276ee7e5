/**
 * Which stages a run would compute and which it would take from the cache, and why.
 *
 * @module
 */
import { differences, type StageIdentity, type StageKeys } from "../pipeline/keys.ts";
import type { ResolvedPipeline, ResolvedStage } from "../pipeline/resolve.ts";
import type { CacheUse } from "./run_plan.ts";
import { listCached, type Manifest } from "./stage_cache.ts";

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
  const manifests = cache === undefined ? [] : (await listCached(cache.root)).map(({ manifest }) => manifest);
  return new Map(
    stages.map((
      stage,
    ) => [stage.name, forecastStage(stage, keys.get(stage.name)!, { pipeline, manifests, cache })]),
  );
}

function forecastStage(
  { name, definition }: ResolvedStage,
  { key, identity }: StageKeys,
  { pipeline, manifests, cache }: {
    pipeline: string;
    manifests: readonly Manifest[];
    cache: CacheUse | undefined;
  },
): StageForecast {
  const run = (why: string) => ({ isCached: false, why });
  if (definition.fingerprint !== undefined) return run("each time");
  if (cache === undefined) return run("no cache");
  if (cache.forced.includes(name)) return run("forced");
  const known = manifests.find((manifest) => manifest.key === key);
  if (known !== undefined) return { isCached: true, why: `from ${known.run}` };
  const newest = manifests.find((manifest) => manifest.pipeline === pipeline && manifest.stage === name);
  return run(newest === undefined ? "never run" : changes(name, newest.identity, identity).join(", "));
}

/** The differences between two identities of a stage, as short texts. */
function changes(name: string, before: StageIdentity, now: StageIdentity): string[] {
  const inputs = Object.keys(now.inputs).filter((input) => before.inputs[input] !== now.inputs[input]);
  const lost = Object.keys(before.inputs).filter((input) => !(input in now.inputs));
  return [
    ...(before.kind === now.kind ? [] : [`kind ${before.kind} -> ${now.kind}`]),
    ...differences(before.options, now.options, name),
    ...(before.seed === now.seed ? [] : [`seed ${before.seed} -> ${now.seed}`]),
    ...(before.engine === now.engine ? [] : [`engine ${before.engine} -> ${now.engine}`]),
    ...(before.version === now.version ? [] : ["a new version of the stage"]),
    ...[...inputs, ...lost].map((input) => `input ${input} changed`),
  ];
}
