/** The command line of `run`. @module */
import { Command, Option } from "@commander-js/extra-typings";
import { ENGINE_NAMES } from "../engine/engine.ts";
import { UI_NAMES } from "../ui/choose.ts";
import {
  addressOption,
  collect,
  LOG_EVERY,
  oneOf,
  parseCount,
  parseDuration,
  parseLogEvery,
  parseSeed,
  parseThreads,
  parseWords,
  PARTS,
  THEME,
  THEME_NAMES,
} from "./options.ts";

/** What to run, and with which engine. */
export function workOptions(name: string, description: string) {
  return new Command(name)
    .description(description)
    .argument("<file>", "the pipeline file")
    .option(
      "--set <stage.option=value>",
      "set an option, as in train.epochs=5 (repeatable)",
      collect,
      [] as string[],
    )
    .option("--seed <number>", "seed of all random numbers", parseSeed)
    .option(
      "--engine <name>",
      `engine: auto, ${ENGINE_NAMES.join(", ")} (default: HOURGLASS_ENGINE, else auto)`,
    )
    .option(
      "--threads <number>",
      "threads of the native engine (default: chosen from the size of a step)",
      parseThreads,
    )
    .option(...PARTS, parseCount);
}

/** How it is shown. */
export function screenOptions(command: ReturnType<typeof workOptions>) {
  return command
    .option("--ui <screen>", `screen: ${UI_NAMES.join(", ")}`, oneOf(UI_NAMES), "auto" as const)
    .option(...LOG_EVERY, parseLogEvery)
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const);
}

/** Where runs are, which cached results are used, and when it stops. */
export function placeOptions(command: ReturnType<typeof screenOptions>) {
  return command
    .option("--runs <folder>", "folder of runs", "runs")
    .option(
      "--force <stage>",
      "run a stage even if its result is cached (repeatable)",
      collect,
      [] as string[],
    )
    .option("--no-cache", "run all stages, and cache no results")
    .option("--detach", "run in the background and return at once")
    .option(
      "--max-time <duration>",
      "stop after this time, as in 90s, 30m or 8h (exit 124, resumable)",
      parseDuration,
    )
    .option(
      "--max-epochs <number>",
      "stop after N epochs, in a sweep each trial (exit 124, resumable)",
      parseCount,
    );
}

/** What is checked at the end of a run, and written besides it. */
export function outcomeOptions(command: ReturnType<typeof placeOptions>) {
  return command
    .option(
      "--fail-if <condition>",
      "exit 3 if the condition holds at the end, as in 'evaluate.elbo < -110' (repeatable)",
      collect,
      [] as string[],
    )
    .option("--no-report", "write no report.html, and no index.html of a sweep")
    .option("--tensorboard", "write event files for TensorBoard into tensorboard/ of the run folder")
    .option("--no-tensorboard", "write none, even if the pipeline asks for them")
    .addOption(addressOption("--webhook", "post the outcome (JSON) to this URL"))
    .addOption(
      // Used by the program itself to start a run in the background.
      new Option("--announce <argv>", "print the run's id when it has started, and record this command line")
        .argParser(parseWords).hideHelp(),
    )
    .option("--debug", "show stack traces");
}

/** Which earlier run is used, and where else the outcome of a single run goes. */
function singleOptions(command: ReturnType<typeof outcomeOptions>) {
  return command
    .option(
      "--resume <run>",
      "resume from a checkpoint: auto (the newest that matches), a run's id or folder, or none",
      "none",
    )
    .option("--single", "of a sweep, run the pipeline once with the settings of --set")
    .option("--needed", "do nothing (exit 0) if an identical run is complete")
    .option("--exclusive", "exit 75 if another run of the pipeline is running")
    .option(
      "--dvc <folder>",
      "write metrics.json and params.yaml of the complete run into this folder, replacing earlier ones",
    );
}

/** The command with its options, without an action. */
export function runCommandLine() {
  const work = workOptions("run", "run a pipeline and write a run folder");
  return singleOptions(outcomeOptions(placeOptions(screenOptions(work))));
}

/** The options of the command. */
export type RunOptions = ReturnType<ReturnType<typeof runCommandLine>["opts"]>;
