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
import { ownRun } from "./own.ts";
import { prepareRun } from "./prepare.ts";
import { canStartRunner, startRunner } from "./runner.ts";
import { watchFile } from "./stray_errors.ts";
import { runSweep } from "./run_sweep.ts";
import { showRun } from "./show_run.ts";
import { leaveReport, tellEnd } from "./tell_end.ts";
import { openTerminal } from "./terminal.ts";
import { version } from "./version.ts";
import { writtenFolders } from "./write_access.ts";

/** The command. */
export function runCommand(exit: (code: number) => void) {
  return command().action(async (file, options) => {
    const env = Deno.env.toObject(), isTerminal = Deno.stdout.isTerminal();
    const webhook = secretOf("--webhook", options.webhook, env);
    const screenName = chooseScreen(options.ui, { isTerminal, env });
    const isAsked = screenName === "tui" && !options.detach;
    const terminal = await openTerminal({ theme: options.theme, env, isAsked });
    const look = { ...terminal, every: options.logEvery };
    if (options.detach || (screenName === "tui" && canStartRunner())) {
      const started = await startRunner(Deno.args, writtenFolders(Deno.args));
      if ("exitCode" in started) return exit(started.exitCode);
      if (!options.detach) return exit(await ("sweep" in started ? started.show() : ownRun(started, look)));
      started.leave();
      if ("sweep" in started) {
        writeAll(`sweep ${started.sweep} runs in the background, its runs are in ${started.folder}\n`);
        return exit(0);
      }
      writeAll(
        `${started.id} runs in ${started.folder}\nlook in: deno task monitor ${started.id}\nstop it: deno task stop ${started.id}\n`,
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
    // It is not among the events, which are those of a run that was never cut off.
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
          onEnd: options.report ? leaveReport : undefined,
          ...hear,
        }), {
        isAnnounced: options.announce !== undefined,
        end: (outcome) => tellEnd(outcome, { webhook, env }),
      }),
    );
  });
}

function command() {
  return new Command("run")
    .description("run a pipeline and leave a run folder")
    .argument("<file>", "the pipeline file")
    .option(
      "--set <stage.option=value>",
      "change an option, as in train.epochs=5 (repeatable)",
      collect,
      [] as string[],
    )
    .option("--seed <number>", "the seed of all random numbers", parseSeed)
    .option(
      "--engine <name>",
      `what computes: auto, ${ENGINE_NAMES.join(", ")} (default: HOURGLASS_ENGINE, else auto)`,
    )
    .option(
      "--threads <number>",
      "threads of the native engine (default: by the size of a step)",
      parseThreads,
    )
    .option("--ui <screen>", `what is shown: ${UI_NAMES.join(", ")}`, oneOf(UI_NAMES), "auto" as const)
    .option(...LOG_EVERY, parseLogEvery)
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const)
    .option("--runs <folder>", "where run folders are made", "runs")
    .option(
      "--resume <run>",
      "go on from a checkpoint: auto (the newest that fits), a run's id or folder, or none",
      "none",
    )
    .option("--force <stage>", "run a stage though its result is known (repeatable)", collect, [] as string[])
    .option("--no-cache", "run all stages, and keep no results for later runs")
    .option("--needed", "do nothing, successfully, if the same run is complete")
    .option("--exclusive", "exit 75 if another run of the pipeline is under way")
    .option("--detach", "run in the background and return at once")
    .option(
      "--max-time <duration>",
      "stop after so long, as in 90s, 30m or 8h (exit 124, resumable)",
      parseDuration,
    )
    .option("--max-epochs <number>", "stop after so many epochs (exit 124, resumable)", parseCount)
    .option(
      "--fail-if <condition>",
      "exit 3 if it is so at the end, as in 'evaluate.elbo < -110' (repeatable)",
      collect,
      [] as string[],
    )
    .option("--no-report", "leave no report.html")
    .addOption(addressOption("--webhook", "post how it ended (JSON) to this address"))
    .addOption(
      // Of the program itself, which starts a run in the background.
      new Option("--announce <argv>", "print the run's id when it has begun; its command line was another")
        .argParser(parseWords).hideHelp(),
    )
    .option("--debug", "show the stack of an error");
}

/** The options of the command. */
export type RunOptions = ReturnType<ReturnType<typeof command>["opts"]>;
