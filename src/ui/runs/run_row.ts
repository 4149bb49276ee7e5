/** One row of the table of runs. @module */
import { shownStatus } from "../../pipeline/gates.ts";
import { currentTraining, secondsLeft, type View } from "../../run/fold/view.ts";

/** The data of a run in the table of runs. */
export interface RunRow {
  readonly id: string;
  readonly pipeline: string;
  /** `running`, `completed`, `gate failed`, `stopped`, `failed` or `crashed`. */
  readonly status: string;
  /** The last epoch of the latest training, and the maximum (0 if unknown); `null` before the first. */
  readonly epoch: number | null;
  readonly epochs: number;
  /** The best monitored value; `null` if there is none. */
  readonly best: number | null;
  readonly monitor: string;
  readonly unit: string;
  /** Seconds until the training is done; `null` if unknown or done. */
  readonly secondsLeft: number | null;
  /** Seconds since it started. */
  readonly age: number;
  /** Bytes of the run folder. */
  readonly size?: number;
  readonly host?: string;
}

/** The row of a run from its events. A run without an end counts as running; only the lock of its folder shows whether it crashed. */
export function rowOf(view: View, now: number): RunRow {
  const training = currentTraining(view);
  const left = training === undefined || view.end !== null ? undefined : secondsLeft(training, now);
  return {
    id: view.run?.run ?? "",
    pipeline: view.run?.pipeline ?? "",
    status: view.end === null ? "running" : shownStatus(view.end),
    epoch: training?.last?.epoch ?? null,
    epochs: training?.epochs ?? 0,
    best: training?.last?.best ?? null,
    monitor: training?.monitor ?? "",
    unit: training?.unit ?? "",
    secondsLeft: left ?? null,
    age: view.run === null ? 0 : Math.max(0, (now - view.run.startedAt) / 1000),
  };
}
