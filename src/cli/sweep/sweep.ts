/** `sweep FILE`: runs a pipeline under several settings and seeds. @module */
import { partsSettings } from "../../pipeline/parts_setting.ts";
import { UsageError } from "../../core/errors.ts";
import { loadExport } from "../../run/load_pipeline.ts";
import { type NextWorker, nextWorker } from "../../run/start_worker.ts";
import { chooseScreen } from "../../ui/choose.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { canStartInBackground } from "../background.ts";
import { writeAll } from "../output.ts";
import { runInBackground } from "../run_in_background.ts";
import { watchFile } from "../stray_errors.ts";
import { openTerminal } from "../terminal.ts";
import { checkedPlan } from "./checked_plan.ts";
import { emittedFile } from "./emit_sweep.ts";
import { sweepOf } from "./command_axes.ts";
import { listTrials } from "./list_trials.ts";
import { runSweep } from "./run_sweep.ts";
import { sweepCommandLine, type SweepCommandOptions } from "./sweep_options.ts";
import { runWorker } from "./sweep_worker.ts";

/** The command. */
export function sweepCommand(exit: (code: number) => void) {
  return sweepCommandLine().action(async (file, options) => exit(await run(file, options)));
}

/** Runs a sweep, or lists its trials; returns the exit code. */
async function run(file: string, options: SweepCommandOptions): Promise<number> {
  const env = Deno.env.toObject();
  watchFile(file);
  if (options.worker) return await runWorker(env);
  const { ui, theme, detach, list, emit, logEvery: every } = options;
  if (emit === undefined && options.shards !== undefined) {
    throw new UsageError(`--shards must be used with --emit, got it alone (--shard i/n runs a shard)`);
  }
  const screenName = chooseScreen(ui, { isTerminal: Deno.stdout.isTerminal(), env });
  const terminal = await openTerminal({ theme, env });
  if (!list && emit === undefined && (detach || (screenName === "tui" && canStartInBackground()))) {
    return await runInBackground(options, { ...terminal, every });
  }
  const worker = nextWorker();
  if (!list && emit === undefined && options.jobs === 1) worker.prepare();
  try {
    return await runHere(file, options, env, worker);
  } finally {
    worker.close();
  }
}

/** Runs a sweep in this process, lists its trials, or prints a file that runs it elsewhere; returns the exit code. */
async function runHere(
  file: string,
  options: SweepCommandOptions,
  env: Environment,
  worker: NextWorker,
): Promise<number> {
  const { sweep: axes, seeds, trials, sampler, metric, earlyStop, emit, list } = options;
  const sweep = sweepOf(await loadExport(file), file, {
    sweep: axes,
    options: { seeds, trials, sampler, metric, earlyStop },
  });
  const all = { ...options, set: [...partsSettings(sweep.pipeline, options.parts), ...options.set] };
  if (emit !== undefined) {
    const { plan } = await checkedPlan(sweep, file, all);
    writeAll(emittedFile({ sweep, plan }, Deno.args, { ...options, emit }, env));
    return 0;
  }
  return list ? await listTrials(sweep, file, all, env) : await runSweep(sweep, file, all, env, worker);
}
