/** A sweep as a job of a scheduler, and what every emitted file has. @module */
import { shellWord } from "../../core/shell_word.ts";

/** What an emitted file runs. */
export interface SweepJob {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The name of its folder below the folder of runs. */
  readonly folder: string;
  /** How the program is started, without the command: `["deno", "task", "-q"]`. */
  readonly program: readonly string[];
  /** The words after `sweep`: the file and its options, without those that the emitted file sets itself. */
  readonly words: readonly string[];
  /** The command that emitted the file, as it was typed. */
  readonly typed: string;
  readonly trials: number;
  readonly shards: number;
  /** The folder of runs that the command named. */
  readonly runs: string;
  /** Processor cores that a shard uses. */
  readonly cores: number;
  /** The version of Deno that jobs install. */
  readonly deno: string;
}

/** The first lines of an emitted file: what it is, and how it was made. */
export function headline({ pipeline, trials, shards, typed }: SweepJob): string[] {
  const made = typed.split(/[\r\n]+/).map((line) => `  ${line}`);
  return [`The sweep of ${oneLine(pipeline)}: ${trials} trials in ${shards} shards. Made by`, ...made];
}

/** A shard, and its folder of runs, as a shell or a scheduler notes them. */
export interface ShardPlace {
  readonly shard: string;
  readonly runs: string;
}

/** The words of the command that runs a shard. */
export function shardWords({ program, words }: SweepJob, { shard, runs }: ShardPlace): string[] {
  return [...program, "sweep", ...words, "--shard", shard, "--runs", runs, "--ui", "plain"];
}

/** The command that runs a shard, for a shell, which replaces the variables in `place`. */
export function shardCommand({ program, words }: SweepJob, { shard, runs }: ShardPlace): string {
  const own = [...program, "sweep", ...words].map(shellWord).join(" ");
  return `${own} --shard ${shard} --runs ${runs} --ui plain`;
}

/** The command that joins the results of all shards, for a shell, which replaces what is in the two paths. */
export function mergeCommand({ program }: SweepJob, shards: string, out: string): string {
  return `${[...program, "merge"].map(shellWord).join(" ")} ${shards} --out ${out}`;
}

/** A name that every scheduler takes: lower-case letters, digits and single dashes, a letter first (RFC 1123). */
export function jobName({ pipeline }: SweepJob): string {
  const plain = pipeline.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "");
  return `${plain.slice(0, 40).replace(/(-sweep)?-*$/, "") || "pipeline"}-sweep`;
}

/** The command that installs Deno in jobs of CI: its version, as another one may compute other bits. */
export function installDeno({ deno }: SweepJob): string {
  return `npm install -g deno@${deno}`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
