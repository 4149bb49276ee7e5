/**
 * The training of a running trial, followed through the events of its run.
 *
 * @module
 */
import { openFollower } from "../run/follow_events.ts";
import { foldEvent, initialView } from "../run/fold/fold.ts";
import { currentTraining, secondsLeft, type TrainingView } from "../run/fold/view.ts";
import { readProgress } from "../run/progress.ts";
import { followedCurve, type TrialCurve } from "./curves.ts";
import type { TrialTraining } from "./view.ts";

/** A running trial. */
export interface FollowedTrial {
  /** The id of its run. */
  readonly run: string;
  /** Reads what is new; `null` before the first training. Never throws. */
  read(now: number): TrialTraining | null;
  /** Its curve so far, of at most that many points. */
  curve(trial: string, most: number): TrialCurve | undefined;
  close(): void;
}

/** Follows the run of a trial. */
export function followTrial(run: string, folder: string): FollowedTrial {
  const follower = openFollower(folder);
  let view = initialView();
  return {
    run,
    read(now) {
      try {
        for (const event of follower.read().events) view = foldEvent(view, event);
      } catch {
        // Another version writes it: its result will say so.
      }
      const training = currentTraining(view);
      return training === undefined ? null : trainingOf(withProgress(training, folder), now);
    },
    curve(trial, most) {
      const training = currentTraining(view);
      return training === undefined ? undefined : followedCurve(training, trial, most);
    },
    close: follower.close,
  };
}

/** The training with the progress of its current epoch, if that is known. */
function withProgress(training: TrainingView, folder: string): TrainingView {
  const progress = readProgress(folder);
  return progress?.stage === training.stage && progress.epoch === (training.last?.epoch ?? 0) + 1
    ? { ...training, progress }
    : training;
}

function trainingOf(training: TrainingView, now: number): TrialTraining {
  const { last, epochs } = training;
  const left = last !== null && last.epoch === epochs ? undefined : secondsLeft(training, now);
  return { epoch: last?.epoch ?? 0, epochs, best: last?.best ?? null, secondsLeft: left ?? null };
}
