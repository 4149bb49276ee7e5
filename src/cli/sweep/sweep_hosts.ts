/** Where the trials of a sweep run, and what the processes that run them know of it. @module */
import type { RunningSweep, TrialSetup } from "./sweep_run.ts";
import type { SweepStops } from "./sweep_stops.ts";
import { localHost, type TrialHost } from "./trial_host.ts";
import { workerHost } from "./worker_host.ts";

/** What the processes that run trials know of the sweep. */
export function trialSetup({ sweep, plan, folder, file, options }: RunningSweep): TrialSetup {
  const {
    set,
    engine,
    threads,
    runs,
    force,
    cache,
    maxEpochs,
    failIf,
    tensorboard,
    debug,
    announce,
    resume,
  } = options;
  const { retries = 0, jobs = 1 } = options, { sweep: id, pipeline, watched } = plan;
  return {
    folder,
    file,
    plan: { sweep: id, pipeline, watched },
    options: {
      ...{ set, engine, threads, runs, force, cache, maxEpochs, failIf, tensorboard, debug, resume },
      // What the runs record as their command line, whatever process runs them.
      announce: announce ?? Deno.args,
    },
    retries,
    earlyStop: sweep.options.earlyStop,
    ...jobs === 1 ? {} : { cores: Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs)) },
  };
}

/** Where trials run: in this process, or in some of their own. */
export function hostsFor(
  { options: { jobs = 1 }, env, worker }: RunningSweep,
  setup: TrialSetup,
  stops: SweepStops,
  trials: number,
): TrialHost[] {
  if (jobs === 1) return [localHost(setup, env, stops, worker)];
  return Array.from({ length: Math.min(jobs, trials) }, () => workerHost(setup, stops));
}
