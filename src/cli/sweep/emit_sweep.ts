/** `--emit`: a file with which a scheduler runs a sweep. @module */
import { UsageError } from "../../core/errors.ts";
import { shellWord } from "../../core/shell_word.ts";
import { INSTALLED, typed } from "../../core/typed_command.ts";
import { folderName } from "../../run/folder_name.ts";
import { emitFile, type EmitTarget, shardsFor } from "../../sweep/emit/emit.ts";
import type { Sweep } from "../../pipeline/sweep/sweep.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { refuseChosenTrials } from "./choose_shard.ts";

/** The options that decide what is emitted. */
export interface EmitOptions {
  readonly emit: EmitTarget;
  readonly shards?: number;
  readonly runs: string;
  readonly threads?: number;
  readonly jobs?: number;
}

/** Options with a value that the emitted file sets itself, or that only concern this command. */
const REPLACED = ["--emit", "--shards", "--runs", "--ui", "--theme"];
/** Options that a job cannot have, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  "--shard": "the file sets it for each of its jobs",
  "--detach": "a job ends when its command returns",
  "--webhook": "an emitted file holds no secrets: set HOURGLASS_WEBHOOK in the environment of the jobs",
};

/**
 * The text of the file.
 *
 * @param args The command line: `sweep`, the file and its options.
 * @throws {UsageError} When the scheduler does not take as many shards, or an option does not work in a job.
 */
export function emittedFile(
  { sweep, plan: { pipeline, trials } }: { readonly sweep: Sweep; readonly plan: SweepPlan },
  args: readonly string[],
  options: EmitOptions,
  env: Environment,
): string {
  refuseChosenTrials(sweep, "--emit");
  const [command, ...words] = args, { emit, threads = 2, jobs = 1 } = options;
  return emitFile(emit, {
    pipeline,
    folder: folderName(pipeline),
    program: env[INSTALLED] === undefined ? ["deno", "task", "-q"] : ["hourglass"],
    words: jobWords(words),
    typed: typed([command, ...words].map(shellWord).join(" ")),
    trials: trials.length,
    shards: shardsFor(emit, trials.length, options.shards),
    runs: options.runs,
    cores: threads * jobs,
    deno: Deno.version.deno,
  });
}

/** The words of the command that a job keeps. @throws {UsageError} */
function jobWords(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const [name] = words[at].split("=", 1);
    if (Object.hasOwn(REFUSED, name)) {
      throw new UsageError(`${name} must not be used with --emit (${REFUSED[name]})`);
    }
    if (!REPLACED.includes(name)) kept.push(words[at]);
    else if (words[at] === name) at++;
  }
  return kept;
}
