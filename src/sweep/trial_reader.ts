/**
 * Reads one trial of a sweep's folder again and again, each time only what may have changed.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { statIfThere } from "../core/files.ts";
import { isLocked, readHolder } from "../run/lock.ts";
import type { TrialCurve } from "./curves.ts";
import { claimFile, NO_RUN } from "./claim.ts";
import { type FollowedTrial, followTrial } from "./follow_trial.ts";
import { parseResult, resultFile, type TrialResult } from "./result.ts";
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
  function readItsResult(): void {
    const found = statIfThere(file), time = found?.mtime?.getTime();
    if (found === undefined || (time === written && time !== undefined)) return;
    written = time;
    const content = readSmallResult(file, found, trial.id);
    result = typeof content === "object" ? content : undefined;
    problem = typeof content === "string" ? content : undefined;
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
      if (hasResult) return readItsResult();
      [result, problem, written] = [undefined, undefined, undefined];
      if (hasClaim) return await readItsClaim(now);
      close();
      view = waitingTrial(trial, number);
    },
    curve: (most) => followed?.curve(trial.id, most),
    close,
  };
}

/** The most bytes of a result. */
const MOST_BYTES = 1 << 24;

/** Reads a result at once: of small files that takes a fraction of the time that asynchronous reading takes. Never throws. */
function readSmallResult(
  file: string,
  { isFile, size }: Deno.FileInfo,
  trial: string,
): TrialResult | string | undefined {
  // Opening a pipe of that name would block forever.
  if (!isFile || size > MOST_BYTES) return `"${file}" must be the result of a trial, got something else`;
  try {
    return parseResult(Deno.readTextFileSync(file), trial, file);
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound
      ? undefined
      : `"${file}" cannot be read: ${messageOf(thrown)}`;
  }
}
