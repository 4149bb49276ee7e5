/** A place where trials run, one at a time: this process. Those of `--jobs` are in `worker_host.ts`. @module */
import { openEarlyStopping } from "../../sweep/early/early_stopping.ts";
import type { NextWorker } from "../../run/start_worker.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { completeRuns } from "./complete_runs.ts";
import { runTrial, type TrialEnd } from "./run_trial.ts";
import type { SweepStops } from "./sweep_stops.ts";
import type { TrialSetup, TrialToRun } from "./sweep_run.ts";

/** How a trial ended in a host: as in its process, or with the process itself, which something else has ended. */
export type HostEnd = TrialEnd | { readonly kind: "died"; readonly reason: string };

/** Runs trials, one at a time. */
export interface TrialHost {
  /** Runs a trial to its end; stops of the sweep reach it. */
  run(trial: TrialToRun): Promise<HostEnd>;
  /** Ends the host. No trial is running. */
  close(): Promise<void>;
}

/** This process as a host. `worker`: the one that is prepared for its first trial. */
export function localHost(
  setup: TrialSetup,
  env: Environment,
  stops: SweepStops,
  worker: NextWorker,
): TrialHost {
  const early = openEarlyStopping(setup.folder, setup.earlyStop, setup.plan.watched);
  const { runs, cache } = setup.options;
  const complete = cache ? completeRuns(runs, setup.plan.pipeline) : undefined;
  return {
    run: (trial) => runTrial(trial, { setup, env, stops, early, worker, complete }),
    close: () => Promise.resolve(worker.close()),
  };
}
