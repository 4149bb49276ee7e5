/**
 * Reads one trial of a sweep's folder again and again, each time only what may have changed.
 *
 * @module
 */
import { statIfThere } from "../core/files.ts";
import { isLocked, readHolder } from "../run/lock.ts";
import type { TrialCurve } from "./curves.ts";
import { claimFile, NO_RUN } from "./claim.ts";
import { type FollowedTrial, followTrial } from "./follow_trial.ts";
import { readResult, resultFile, type TrialResult } from "./result.ts";
import type { ListedTrial } from "./trial.ts";
import { endedTrial, waitingTrial } from "./make_view.ts";
import type { TrialTraining, TrialView } from "./view.ts";

/** Where a trial's files are. */
export interface TrialPlace {
  /** The folder of the sweep. */
  readonly folder: string;
  /** The folder of runs. */
  readonly runs: string;
  /** The folder of the pipeline's runs. */
  readonly pipeline: string;
}

/** Which files of a trial are there. */
export interface TrialFiles {
  readonly hasResult: boolean;
  readonly hasClaim: boolean;
}

/** A trial that is read. */
export interface TrialReader {
  /** The trial as it was last read. */
  readonly view: TrialView;
  readonly result?: TrialResult;
  /** Why its result cannot be used. */
  readonly problem?: string;
  /** Whether reading it may find something new. */
  isOpen(files: TrialFiles): boolean;
  /** Reads it; never throws. */
  read(files: TrialFiles, now: number): Promise<void>;
  /** The curve of a trial that is running. */
  curve(most: number): TrialCurve | undefined;
  close(): void;
}

/** A reader of the trial with this number. */
export function trialReader(trial: ListedTrial, number: number, place: TrialPlace): TrialReader {
  let view = waitingTrial(trial, number), result: TrialResult | undefined, problem: string | undefined;
  let written: number | undefined, followed: FollowedTrial | undefined;
  const file = resultFile(place.folder, trial.id), claim = claimFile(place.folder, trial.id);

  function close(): void {
    followed?.close();
    followed = undefined;
  }
  /** Results are replaced where a trial that is not complete runs again. */
  async function readItsResult(): Promise<void> {
    const time = statIfThere(file)?.mtime?.getTime();
    if (time === written && time !== undefined) return;
    const found = await readResult(place.folder, trial.id);
    written = time;
    result = typeof found === "object" ? found : undefined;
    problem = typeof found === "string" ? found : undefined;
    if (result !== undefined) view = endedTrial(view, result, place.runs);
    else if (problem !== undefined) view = { ...view, state: "failed", reason: problem };
    close();
  }
  async function readItsClaim(now: number): Promise<void> {
    const isRunning = await isLocked(claim).catch(() => false), run = (await readHolder(claim))?.run;
    const isKnown = run !== undefined && run !== NO_RUN;
    const folder = isKnown ? `${place.pipeline}/${run}` : null;
    if (followed !== undefined && followed.run !== run) close();
    if (isRunning && folder !== null) followed ??= followTrial(run!, folder);
    const training: TrialTraining | null = followed?.read(now) ?? view.training;
    if (!isRunning) close();
    view = {
      ...waitingTrial(trial, number),
      state: isRunning ? "running" : "interrupted",
      run: isKnown ? run : null,
      folder,
      training,
    };
  }
  return {
    get view() {
      return view;
    },
    get result() {
      return result;
    },
    get problem() {
      return problem;
    },
    isOpen: ({ hasResult, hasClaim }) =>
      hasResult ? result?.state !== "complete" : hasClaim || view.state !== "waiting",
    async read({ hasResult, hasClaim }, now) {
      if (hasResult) return await readItsResult();
      [result, problem, written] = [undefined, undefined, undefined];
      if (hasClaim) return await readItsClaim(now);
      close();
      view = waitingTrial(trial, number);
    },
    curve: (most) => followed?.curve(trial.id, most),
    close,
  };
}
