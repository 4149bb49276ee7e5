/** The command line of `sweep`. @module */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { shortened } from "../../core/errors.ts";
import { type SamplerName, SAMPLERS } from "../../pipeline/sweep/sweep.ts";
import { EMIT_TARGETS, type EmitTarget } from "../../sweep/emit/emit.ts";
import { collect, oneOf, parseCount } from "../options.ts";
import { parseEarlyStop } from "./early_stop_option.ts";
import { outcomeOptions, placeOptions, screenOptions, workOptions } from "../run_options.ts";

/** Parses a whole number from 0. */
function parseRetries(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError(`It must be a whole number from 0, got "${shortened(text)}"`);
}

/** Parses `--jobs`: a whole number from 1 to 1024. */
function parseJobs(text: string): number {
  const jobs = parseCount(text);
  if (jobs <= 1024) return jobs;
  throw new InvalidArgumentError(`It must be a whole number from 1 to 1024, got "${shortened(text)}"`);
}

/** What varies, and how settings are chosen. */
function axesOptions() {
  const work = workOptions("sweep", "run a pipeline under several settings and seeds, and compare them");
  return outcomeOptions(placeOptions(screenOptions(work)))
    .option(
      "--sweep <path=values>",
      "what varies: train.epochs=10,20, seed=1,2 or train.optimizer.learningRate=logUniform(1e-4,1e-1) (repeatable)",
      collect,
      [] as string[],
    )
    .option("--trials <number>", "how many settings a sampler draws", parseCount)
    .option(
      "--sampler <name>",
      `how settings are chosen: ${SAMPLERS.join(", ")}`,
      oneOf<SamplerName>(SAMPLERS),
    )
    .option("--seeds <number>", "how many seeds each setting is run with", parseCount)
    .option("--metric <stage.name>", "metric by which settings are ranked, as in evaluate.mse")
    .option(
      "--early-stop <rule>",
      "stop trials that fall behind: asha, median, or with options asha,minimumEpochs=5,reductionFactor=2; none",
      parseEarlyStop,
    );
}

/** The command with its options, without an action. */
export function sweepCommandLine() {
  return axesOptions()
    .option("--jobs <number>", "trials that run side by side, each in a process of its own", parseJobs, 1)
    .option("--retries <number>", "how often a trial that failed is run again", parseRetries, 0)
    .option("--keep-going", "run all other trials after one has failed (the default)")
    .addOption(
      new Option("--fail-fast", "stop after the first trial that failed for good").conflicts("keepGoing"),
    )
    .option("--list", "list the trials and their states, and run nothing")
    .option(
      "--shard <i/n>",
      "run a part of the trials: 2/4 is the second of four, auto the one that a scheduler's variables name",
    )
    .addOption(
      new Option(
        "--emit <scheduler>",
        `print a file that runs the sweep, and run nothing: ${EMIT_TARGETS.join(", ")}`,
      ).argParser(oneOf<EmitTarget>(EMIT_TARGETS)).conflicts("list"),
    )
    .option(
      "--shards <number>",
      "how many shards the file of --emit has (default: 8, or the trials)",
      parseCount,
    )
    // Used by the program itself for the processes of --jobs.
    .addOption(new Option("--worker", "run trials as the standard input orders").hideHelp());
}

/** The options of the command. */
export type SweepCommandOptions = ReturnType<ReturnType<typeof sweepCommandLine>["opts"]>;
