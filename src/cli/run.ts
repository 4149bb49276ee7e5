/** `run FILE`: runs a pipeline and shows it. @module */
import { Command, Option } from "@commander-js/extra-typings";
import { ENGINE_NAMES } from "../engine/engine.ts";
import { isSweep } from "../pipeline/sweep.ts";
import { loadExport } from "../run/load_pipeline.ts";
import { resumptionText } from "../run/resume.ts";
import { startRun } from "../run/start.ts";
import { chooseScreen, UI_NAMES } from "../ui/choose.ts";

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
  secretOf,
  THEME,
  THEME_NAMES,
} from "./options.ts";
import { writeAll } from "./output.ts";
import { canStartInBackground, startBackgroundRun } from "./background.ts";
import { showChildRun } from "./child_run.ts";
import { prepareRun } from "./prepare.ts";
import { watchFile } from "./stray_errors.ts";
import { runSweep } from "./run_sweep.ts";
import { showRun } from "./show_run.ts";
import { notifyEnd, writeReport } from "./notify_end.ts";
import { openTerminal } from "./terminal.ts";
import { version } from "./version.ts";
import { writtenFolders } from "./write_access.ts";

/** The command. */
export function runCommand(exit: (code: number) => void) {
  return command().action(async (file, options) => {
    const env = Deno.env.toObject(), isTerminal = Deno.stdout.isTerminal();
    const webhook = secretOf("--webhook", options.webhook, env);
    const screenName = chooseScreen(options.ui, { isTerminal, env });
    const canQuery = screenName === "tui" && !options.detach;
    const terminal = await openTerminal({ theme: options.theme, env, canQuery });
    const look = { ...terminal, every: options.logEvery };
    if (options.detach || (screenName === "tui" && canStartInBackground())) {
      const started = await startBackgroundRun(Deno.args, writtenFolders(Deno.args));
      if ("exitCode" in started) return exit(started.exitCode);
      if (!options.detach) {
        return exit(await ("sweep" in started ? started.show() : showChildRun(started, look)));
      }
      started.leave();
      if ("sweep" in started) {
        writeAll(`sweep ${started.sweep} runs in the background, its runs are in ${started.folder}\n`);
        return exit(0);
      }
      writeAll(
        `${started.id} runs in ${started.folder}\nattach: deno task monitor ${started.id}\nstop: deno task stop ${started.id}\n`,
      );
      return exit(0);
    }
    watchFile(file);
    const exported = await loadExport(file);
    if (isSweep(exported)) return exit(await runSweep(exported, file, options, env));
    const prepared = await prepareRun(file, options, env);
    if ("done" in prepared) {
      writeAll(`${prepared.done}\n`);
      return exit(0);
    }
    // It is not an event: the events of a resumed run equal those of an uninterrupted one.
    if (screenName === "plain" && prepared.resumption !== undefined) {
      writeAll(`${resumptionText(prepared.resumption)}\n`);
    }
    exit(
      await showRun(screenName, look, (hear) =>
        startRun({
          file,
          ...prepared,
          overrides: options.set,
          root: options.runs,
          argv: options.announce ?? Deno.args,
          version,
          debug: options.debug ?? false,
          isExclusive: options.exclusive ?? false,
          maxMilliseconds: options.maxTime ?? null,
          maxEpochs: options.maxEpochs ?? null,
          onEnd: options.report ? writeReport : undefined,
          ...hear,
        }), {
        isAnnounced: options.announce !== undefined,
        end: (outcome) => notifyEnd(outcome, { webhook, env }),
      }),
    );
  });
}

function command() {
  return new Command("run")
    .description("run a pipeline and write a run folder")
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
    .option("--ui <screen>", `screen: ${UI_NAMES.join(", ")}`, oneOf(UI_NAMES), "auto" as const)
    .option(...LOG_EVERY, parseLogEvery)
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const)
    .option("--runs <folder>", "folder of runs", "runs")
    .option(
      "--resume <run>",
      "resume from a checkpoint: auto (the newest that matches), a run's id or folder, or none",
      "none",
    )
    .option(
      "--force <stage>",
      "run a stage even if its result is cached (repeatable)",
      collect,
      [] as string[],
    )
    .option("--no-cache", "run all stages, and cache no results")
    .option("--needed", "do nothing (exit 0) if an identical run is complete")
    .option("--exclusive", "exit 75 if another run of the pipeline is running")
    .option("--detach", "run in the background and return at once")
    .option(
      "--max-time <duration>",
      "stop after this time, as in 90s, 30m or 8h (exit 124, resumable)",
      parseDuration,
    )
    .option("--max-epochs <number>", "stop after N epochs (exit 124, resumable)", parseCount)
    .option(
      "--fail-if <condition>",
      "exit 3 if the condition holds at the end, as in 'evaluate.elbo < -110' (repeatable)",
      collect,
      [] as string[],
    )
    .option("--no-report", "write no report.html")
    .addOption(addressOption("--webhook", "post the outcome (JSON) to this URL"))
    .addOption(
      // Used by the program itself to start a run in the background.
      new Option("--announce <argv>", "print the run's id when it has started, and record this command line")
        .argParser(parseWords).hideHelp(),
    )
    .option("--debug", "show stack traces");
}

/** The options of the command. */
export type RunOptions = ReturnType<ReturnType<typeof command>["opts"]>;
