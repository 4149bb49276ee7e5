/** Runs the trials of a sweep in some hosts, until each has ended or the sweep is stopped. @module */
import { EXIT } from "../../run/record.ts";
import type { TrialResult } from "../../sweep/result.ts";
import type { Trial } from "../../sweep/trial.ts";
import type { SweepStops } from "./sweep_stops.ts";
import type { HostEnd, TrialHost } from "./trial_host.ts";

/** What a loop needs of its sweep. */
interface TrialLoop {
  /** The trials that have not ended, in the order in which they are started. */
  readonly trials: readonly Trial[];
  /** Chooses more trials by the results so far, once all of these are started; `undefined`: there are no more. */
  propose(): Promise<readonly Trial[] | undefined>;
  readonly hosts: readonly TrialHost[];
  readonly stops: SweepStops;
  /** Whether the first trial that failed for good stops the others. */
  readonly failFast: boolean;
  /** Called when a trial has ended, for good or not. */
  onEnd(trial: Trial, end: Exclude<HostEnd, { kind: "taken" }>): void;
  /** Called once, when only trials are left that other processes run. */
  onWaiting(count: number): void;
  /** Gives up a trial whose process ended again and again: writes its result; `undefined` where another process runs it now. */
  giveUp(trial: Trial, reason: string): Promise<TrialResult | undefined>;
}

/** The deaths of its process after which a trial counts as failed. */
const MOST_DEATHS = 3;

/** Milliseconds between two attempts to claim what other processes run. */
const AGAIN_MS = 1000;

/** Runs all trials. @throws {Error} What a host throws, after all others have stopped. */
export async function runTrials(loop: TrialLoop): Promise<void> {
  const { hosts, stops } = loop, queue = trialQueue(loop);
  let fault: { readonly thrown: unknown } | undefined;
  await Promise.all(hosts.map(async (host) => {
    try {
      for (let trial = await queue.next(); trial !== undefined; trial = await queue.next()) {
        await queue.ended(trial, await host.run(trial));
      }
    } catch (thrown) {
      fault ??= { thrown };
      stops.ask({ exitCode: EXIT.terminated, cause: "request" });
    }
  }));
  if (fault !== undefined) throw fault.thrown;
}

/** The trials that are left. */
function trialQueue({ trials, propose, stops, failFast, onEnd, onWaiting, giveUp }: TrialLoop) {
  const ready = [...trials], deaths = new Map<string, number>();
  let taken: Trial[] = [], running = 0, isWaiting = false, isComplete = false;
  return {
    /** The next trial; `undefined` when none is left. Waits while others may come back. */
    async next(): Promise<Trial | undefined> {
      while (stops.requested() === undefined) {
        const trial = ready.shift();
        if (trial !== undefined) {
          running++;
          return trial;
        }
        if (!isComplete) {
          const proposed = await propose();
          isComplete = proposed === undefined;
          ready.push(...proposed ?? []);
          continue;
        }
        if (taken.length === 0 && running === 0) return undefined;
        if (!isWaiting && running === 0) onWaiting(taken.length);
        isWaiting ||= running === 0;
        await new Promise((resolve) => setTimeout(resolve, taken.length > 0 ? AGAIN_MS : AGAIN_MS / 10));
        ready.push(...taken);
        taken = [];
      }
      return undefined;
    },
    async ended(trial: Trial, end: HostEnd): Promise<void> {
      try {
        if (end.kind === "taken") return void taken.push(trial);
        if (end.kind === "died") return await died(trial, end);
        onEnd(trial, end);
        if (end.kind === "ended") stopAtFailure(end.result);
        // What stops a trial, a signal or the time, stops the others, too.
        else if (!end.isOwnLimit) stops.ask({ exitCode: end.exitCode, cause: "request" });
      } finally {
        running--;
      }
    },
  };

  /** Runs a trial again whose process has died, unless that happens each time. */
  async function died(trial: Trial, end: Extract<HostEnd, { kind: "died" }>): Promise<void> {
    const count = (deaths.get(trial.id) ?? 0) + 1, isStopped = stops.requested() !== undefined;
    deaths.set(trial.id, count);
    if (isStopped || count < MOST_DEATHS) {
      onEnd(trial, end);
      if (!isStopped) ready.unshift(trial);
      return;
    }
    const result = await giveUp(trial, `${end.reason}, ${count} times`);
    if (result === undefined) return void taken.push(trial);
    onEnd(trial, { kind: "ended", result });
    stopAtFailure(result);
  }

  function stopAtFailure({ state }: TrialResult): void {
    if (failFast && state === "failed") stops.ask({ exitCode: EXIT.terminated, cause: "request" });
  }
}
