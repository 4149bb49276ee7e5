/** Files for schedulers that run a sweep. @module */
import { UsageError } from "../../core/errors.ts";
import { githubWorkflow } from "./github.ts";
import { gitlabPipeline } from "./gitlab.ts";
import { kubernetesManifests } from "./kubernetes.ts";
import { slurmScript } from "./slurm.ts";
import type { SweepJob } from "./sweep_job.ts";

/** A kind of file. */
interface Emitter {
  write(job: SweepJob): string;
  /** How many shards the scheduler takes, at least and at most. */
  readonly shards: readonly [least: number, most: number];
  /** What sets these limits. */
  readonly limit: string;
}

const EMITTERS = {
  slurm: {
    write: slurmScript,
    shards: [1, 1000],
    limit: "Slurm's default MaxArraySize of 1001; more need --shard auto and an array of your own",
  },
  k8s: {
    write: kubernetesManifests,
    shards: [1, 10_000],
    limit: "the parallelism that Kubernetes takes for limits by index",
  },
  github: { write: githubWorkflow, shards: [1, 256], limit: "the jobs of a matrix" },
  gitlab: { write: gitlabPipeline, shards: [2, 200], limit: "GitLab's keyword parallel" },
} as const satisfies Readonly<Record<string, Emitter>>;

/** What `--emit` takes. */
export type EmitTarget = keyof typeof EMITTERS;
export const EMIT_TARGETS = Object.keys(EMITTERS) as readonly EmitTarget[];

/** The number of shards without `--shards`. */
const SHARDS = 8;

/**
 * How many shards a file gets.
 *
 * @throws {UsageError} When there are not as many trials, or the scheduler does not take as many.
 */
export function shardsFor(target: EmitTarget, trials: number, wanted?: number): number {
  const { shards: [least, most], limit } = EMITTERS[target];
  const shards = wanted ?? Math.max(least, Math.min(SHARDS, trials));
  if (shards > Math.max(least, trials)) {
    throw new UsageError(`--shards must be at most ${trials}, the number of trials, got ${shards}`);
  }
  if (shards >= least && shards <= most) return shards;
  throw new UsageError(
    `--shards must be from ${least} to ${most} with --emit ${target}, got ${shards} (${limit})`,
  );
}

/** The text of the file. */
export function emitFile(target: EmitTarget, job: SweepJob): string {
  return EMITTERS[target].write(job);
}
