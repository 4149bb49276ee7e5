/** `run FILE`: runs a pipeline and shows it. @module */
import { partsSettings } from "../pipeline/parts_setting.ts";
import { isSweep } from "../pipeline/sweep/sweep.ts";
import { loadExport } from "../run/load_pipeline.ts";
import type { RunRecord } from "../run/record.ts";
import { resumptionText } from "../run/resume.ts";
import { startRun } from "../run/start.ts";
import { type NextWorker, nextWorker } from "../run/start_worker.ts";
import { type RankPlace, rankPlace } from "../engine/mpi/launcher.ts";
import { chooseScreen, type ScreenName } from "../ui/choose.ts";
import type { Environment } from "../ui/terminal/environment.ts";
import type { ScreenSetup } from "./attach.ts";
import { canStartInBackground } from "./background.ts";
import { notifyEnd, tryWriteReport } from "./notify_end.ts";
import { secretOf } from "./options.ts";
import { writeAll } from "./output.ts";
import { prepareRun } from "./prepare.ts";
import { makeDvcFolder, startWithTensorboard, writeForDvc, writeTables } from "./run_files.ts";
import { followRun, leadRun, screenOfRanks, sweepOnRanks } from "./run_ranks.ts";
import { runInBackground } from "./run_in_background.ts";
import { runCommandLine, type RunOptions } from "./run_options.ts";
import { runSweep } from "./sweep/run_sweep.ts";
import { showRun } from "./show_run.ts";
import { watchFile } from "./stray_errors.ts";
import { openTerminal } from "./terminal.ts";

/** The command. */
export function runCommand(exit: (code: number) => void) {
  return runCommandLine().action(async (file, options) => exit(await run(file, options)));
}

/** Runs a pipeline file, in this process or in the background; returns the exit code. */
async function run(file: string, given: RunOptions): Promise<number> {
  const env = Deno.env.toObject(), isTerminal = Deno.stdout.isTerminal();
  const ranks = rankPlace(env);
  if (ranks !== undefined) return await runRank(file, given, env, ranks);
  const screenName = chooseScreen(given.ui, { isTerminal, env });
  const canQuery = screenName === "tui" && !given.detach;
  const terminal = await openTerminal({ theme: given.theme, env, canQuery });
  const setup = { ...terminal, every: given.logEvery };
  if (given.detach || (screenName === "tui" && canStartInBackground())) {
    return await runInBackground(given, setup);
  }
  watchFile(file);
  return await withWorker(async (worker) => {
    const exported = await loadExport(file), options = withParts(given, exported);
    if (isSweep(exported) && !options.single) return await runSweep(exported, file, options, env, worker);
    return await runHere(file, options, env, { screenName, setup, worker });
  });
}

/** Prepares the worker of a run while the run is planned. */
async function withWorker(run: (worker: NextWorker) => Promise<number>): Promise<number> {
  const worker = nextWorker();
  worker.prepare();
  try {
    return await run(worker);
  } finally {
    worker.close();
  }
}

/** The options with `--parts` among the settings. */
function withParts(options: RunOptions, exported: Awaited<ReturnType<typeof loadExport>>): RunOptions {
  const pipeline = isSweep(exported) ? exported.pipeline : exported;
  return { ...options, set: [...partsSettings(pipeline, options.parts), ...options.set] };
}

/** How a run in this process is shown, and with which others it trains. */
interface RunHere {
  /** The worker that is prepared for it. */
  readonly worker: NextWorker;
  readonly screenName: ScreenName;
  readonly setup: ScreenSetup;
  /** @default {it trains alone} */
  readonly ranks?: RankPlace;
  /** Called when the run has started. */
  onStart?(): void;
}

/** Runs a pipeline file in this process. */
async function runHere(
  file: string,
  options: RunOptions,
  env: Environment,
  { screenName, setup, worker, ranks, onStart }: RunHere,
): Promise<number> {
  const webhook = secretOf("--webhook", options.webhook, env);
  if (options.dvc !== undefined) await makeDvcFolder(options.dvc);
  const prepared = await prepareRun(file, options, env, ranks);
  if ("done" in prepared) {
    writeAll(`${prepared.done}\n`);
    return 0;
  }
  // It is not an event: the events of a resumed run equal those of an uninterrupted one.
  if (screenName === "plain" && prepared.resumption !== undefined) {
    writeAll(`${resumptionText(prepared.resumption)}\n`);
  }
  const onEnd = async (folder: string, record: RunRecord) => {
    // A launcher that was asked to end leaves its ranks a second.
    if (ranks === undefined || record.status !== "stopped") await writeResults(folder, record, options);
  };
  return await showRun(
    screenName,
    setup,
    (screen) =>
      startWithTensorboard(
        options.tensorboard,
        prepared,
        screen,
        async (listeners) => {
          const running = await startRun(prepared.plan, prepared, { ...listeners, onEnd }, {
            next: worker,
            stays: false,
          });
          onStart?.();
          return running;
        },
      ),
    {
      isAnnounced: options.announce !== undefined,
      end: (outcome) => notifyEnd(outcome, { webhook, env }),
    },
  );
}

/** Runs a pipeline file as one of several ranks. */
async function runRank(
  file: string,
  options: RunOptions,
  env: Environment,
  ranks: RankPlace,
): Promise<number> {
  if (ranks.rank > 0) return await followRun(file, ranks);
  return await leadRun(ranks, async (onStart) => {
    const screenName = screenOfRanks(options);
    // A launcher gives a rank a terminal of its own, whatever becomes of its output.
    const terminal = await openTerminal({ theme: options.theme, env, isTerminal: false });
    const setup = { ...terminal, every: options.logEvery };
    watchFile(file);
    return await withWorker(async (worker) => {
      const exported = await loadExport(file), how = { screenName, setup, worker, ranks, onStart };
      if (isSweep(exported) && !options.single) throw sweepOnRanks(file);
      return await runHere(file, withParts(options, exported), env, how);
    });
  });
}

/** Writes the tables and the report of a run that has ended. */
async function writeResults(folder: string, record: RunRecord, { dvc, report }: RunOptions): Promise<void> {
  await writeTables(folder, record);
  if (dvc !== undefined) await writeForDvc(dvc, folder, record);
  if (report) await tryWriteReport(folder, record);
}
