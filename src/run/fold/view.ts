/**
 * The data that a screen shows: immutable plain data. All its text is safe to print.
 *
 * @module
 */
import type { EventOf } from "../../pipeline/events.ts";
import { GATE_FAILED, shownStatus } from "../../pipeline/gates.ts";
import type { RecordedMetric } from "../../pipeline/metric.ts";
import type { EpochProgress } from "../progress.ts";
import type { LossHistory } from "./history.ts";

/** The state of a stage. */
export type StageState = "waiting" | "running" | "finished" | "failed" | "stopped";

/** Metrics by name. */
export type ViewMetrics = Readonly<Record<string, RecordedMetric>>;

/** One stage of the run. */
export interface StageView {
  readonly name: string;
  readonly kind: string;
  readonly state: StageState;
  /** When it started, in milliseconds since 1970; `null` before. */
  readonly startedAt: number | null;
  /** How long it took; `null` until it has ended. */
  readonly seconds: number | null;
  readonly note: string | null;
  readonly metrics: ViewMetrics | null;
}

/** The last epoch of a training. */
export interface EpochView {
  /** Counted from 1. */
  readonly epoch: number;
  readonly loss: number | null;
  /** `undefined` without a validation split. */
  readonly validation: number | null | undefined;
  readonly parts: Readonly<Record<string, number | null>> | null;
  readonly best: number | null;
  readonly bestEpoch: number;
  readonly epochsWithoutImprovement: number;
  /** Towards the next fall of the learning rate; `undefined` where it does not go by the loss. */
  readonly epochsOnPlateau?: number;
  readonly learningRate: number;
  /** Where a schedule changes it. */
  readonly klWeight?: number;
  /** In nats/sample, where the KL is pulled to a growing capacity. */
  readonly klTarget?: number;
  readonly seconds: number;
}

/** The progress of the current epoch. */
export type ProgressView = Omit<EpochProgress, "stage">;

/** The current speed of epochs: exponentially decaying sums, whose ratio is the time per epoch. */
export interface Pace {
  readonly seconds: number;
  readonly epochs: number;
  /** When the last epoch ended, in milliseconds since 1970. */
  readonly at: number;
}

/** One training stage. */
export interface TrainingView {
  readonly stage: string;
  readonly startedAt: number;
  readonly model: string;
  readonly parameters: number;
  /** Maximum number of epochs; 0 if unknown. */
  readonly epochs: number;
  readonly batchSize: number;
  readonly samples: number;
  readonly validationSamples: number;
  /** `null` if early stopping is off. */
  readonly patience: number | null;
  readonly minDelta: number;
  /** Epochs without improvement before the learning rate falls; `undefined` where it does not go by the loss. */
  readonly ratePatience?: number;
  /** Seconds that it may take; `undefined` without a limit. */
  readonly maxSeconds?: number;
  /** The decay of the averaged weights that are evaluated; `undefined` where these are the weights themselves. */
  readonly ema?: number;
  readonly monitor: "loss" | "validation";
  readonly unit: string;
  /** `null` until the first epoch has ended. */
  readonly last: EpochView | null;
  readonly pace: Pace | null;
  /** Total time of its epochs, including those of earlier processes. */
  readonly seconds: number;
  /** `null` at the start of an epoch, and if epochs are too short to show progress. */
  readonly progress: ProgressView | null;
  readonly history: LossHistory;
}

/** Pictures of the current reconstructions. Pixels are base64 of one byte each. */
export type PreviewView = Omit<EventOf<"preview">, "type" | "t">;

/** The positions of samples in a two-dimensional latent space. */
export type LatentView = Omit<EventOf<"latent">, "type" | "t">;

/** How the latent dimensions are used. */
export type HealthView = Omit<EventOf<"health">, "type" | "t">;

/** Where a training diverged. */
export type DivergenceView = Omit<EventOf<"divergence">, "type" | "t">;

/** A message with its stage. */
export interface Notice {
  readonly at: number;
  readonly stage: string | null;
  readonly message: string;
}

/** A file that the run made. */
export interface ArtifactView {
  readonly stage: string;
  readonly file: string;
  readonly title: string;
}

/** The newest items, and the total number. */
export interface Recent<Item> {
  readonly total: number;
  /** The oldest first. */
  readonly newest: readonly Item[];
}

/** Everything a screen shows. */
export interface View {
  readonly run:
    | Omit<EventOf<"run">, "type" | "t" | "schema" | "stages"> & { readonly startedAt: number }
    | null;
  /** When the last event came, in milliseconds since 1970. */
  readonly at: number;
  readonly stages: readonly StageView[];
  /** One for each training stage that has started; the panels show the last. */
  readonly trainings: readonly TrainingView[];
  readonly preview: PreviewView | null;
  readonly latent: LatentView | null;
  readonly health: HealthView | null;
  readonly divergence: DivergenceView | null;
  readonly artifacts: Recent<ArtifactView>;
  readonly warnings: Recent<Notice>;
  readonly logs: Recent<Notice>;
  readonly end: Omit<EventOf<"end">, "type"> | null;
}

/** The training that the panels show: the latest. */
export function currentTraining(view: View): TrainingView | undefined {
  return view.trainings.at(-1);
}

/** The stage that runs now. */
export function runningStage(view: View): StageView | undefined {
  return view.stages.find(({ state }) => state === "running");
}

/** How the run ended: `completed: all stages done`, or only the reason for a failed gate. */
export function endText(end: NonNullable<View["end"]>): string {
  const status = shownStatus(end);
  return status === GATE_FAILED ? end.reason : `${status}: ${end.reason}`;
}

/** The elapsed or total time of the run, in seconds. */
export function elapsedSeconds(view: View, now: number): number {
  if (view.end !== null) return view.end.seconds;
  return view.run === null ? 0 : Math.max(0, (now - view.run.startedAt) / 1000);
}

/** Seconds per epoch at the current pace; in the first epoch, estimated from its batches. `undefined` if not known yet. */
export function secondsPerEpoch({ pace, progress }: TrainingView): number | undefined {
  if (pace !== null) return pace.seconds / pace.epochs;
  return progress === null || !(progress.batchesPerSecond! > 0)
    ? undefined
    : progress.batches / progress.batchesPerSecond!;
}

/** Training samples per second at the current pace; `undefined` if not known yet. */
export function samplesPerSecond(training: TrainingView): number | undefined {
  const seconds = secondsPerEpoch(training);
  return seconds === undefined || seconds <= 0 || training.samples === 0
    ? undefined
    : training.samples / seconds;
}

/** Seconds until the last epoch or the allowed time has ended, without early stopping; `undefined` if not known yet. */
export function secondsLeft(training: TrainingView, now: number): number | undefined {
  const seconds = secondsPerEpoch(training), { progress, pace, epochs, maxSeconds = Infinity } = training;
  if (seconds === undefined || epochs === 0) return undefined;
  const passed = progress === null
    ? (now - pace!.at) / 1000
    : progress.batch / progress.batches * seconds + (now - progress.at) / 1000;
  // The first epoch is always finished.
  const allowed = Math.max(maxSeconds - training.seconds, training.last === null ? seconds : 0);
  const ahead = Math.min((epochs - epochsDone(training)) * seconds, allowed);
  return Math.max(0, ahead - Math.min(seconds, Math.max(0, passed)));
}

/** The number of completed epochs. */
export function epochsDone({ last }: TrainingView): number {
  return last?.epoch ?? 0;
}

/** The completed share of all epochs or of the allowed time, whichever is more, including the progress of the current epoch. */
export function trainedShare(training: TrainingView): number {
  const { progress, epochs, maxSeconds = Infinity, seconds } = training;
  const inEpoch = progress === null ? 0 : progress.batch / progress.batches;
  const inTime = (seconds + inEpoch * (secondsPerEpoch(training) ?? 0)) / maxSeconds;
  return Math.min(1, Math.max((epochsDone(training) + inEpoch) / epochs, inTime));
}
