/** Moments of a sweep, for tests of its screen. @module */
import type { SweepView, TrialView } from "../../../src/sweep/view.ts";
import type { SweepMoment } from "../../../src/ui/sweep/sweep_frame.tsx";
import { curvesOf, searchView } from "../../sweep/fake_sweep.ts";

/** What a trial is that has no result yet. */
const OPEN = { metrics: null, seconds: null, training: null, run: null, folder: null } as const;

/** A sweep of twenty trials: thirteen are complete, one has failed, two are running, one was interrupted, three wait. */
export function halfway(): SweepView {
  const view = searchView(10);
  const changes: Readonly<Record<number, Partial<TrialView>>> = {
    4: {
      ...OPEN,
      state: "failed",
      reason: "the loss is not finite in epoch 3",
      seconds: 1.2,
      folder: "runs/x/4",
    },
    6: { state: "stoppedEarly", metrics: null, reason: "stopped early: worse than the median", seconds: 4 },
    15: {
      ...OPEN,
      state: "running",
      folder: "runs/x/15",
      training: { epoch: 26, epochs: 40, best: 0.3, secondsLeft: 63 },
    },
    16: {
      ...OPEN,
      state: "running",
      folder: "runs/x/16",
      training: { epoch: 7, epochs: 40, best: 0.51, secondsLeft: 148 },
    },
    17: {
      ...OPEN,
      state: "interrupted",
      folder: "runs/x/17",
      training: { epoch: 12, epochs: 40, best: 0.4, secondsLeft: null },
    },
  };
  const trials = view.trials.map((trial) => ({
    ...trial,
    ...(trial.number > 17
      ? { ...OPEN, state: "waiting" as const }
      : changes[trial.number] ?? { folder: `runs/x/${trial.number}` }),
  }));
  return { ...view, trials };
}

/** A moment with the curves of all trials that have started. */
export function momentOf(view: SweepView): SweepMoment {
  return { view, curves: curvesOf(view) };
}
