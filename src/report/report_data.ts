/**
 * The data of a report: everything that was read from a run folder, validated and folded.
 *
 * @module
 */
import { isPicture } from "../core/shape.ts";
import type { StageView } from "../run/fold/view.ts";
import type { WholeTraining } from "../run/fold/whole_run.ts";
import { shownStatus } from "../pipeline/gates.ts";
import type { RecordedInfo } from "../pipeline/metric.ts";
import type { TrainedModel } from "../models/trained.ts";
import type { NamedTensor } from "../core/safetensors.ts";
import type { PartialRecord } from "../run/partial_record.ts";
import type { LatentSample } from "../export/latent_sample.ts";

/** A picture file. */
export interface ReportPicture {
  /** Relative to the run folder. */
  readonly file: string;
  readonly title: string;
  readonly stage?: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A stage's JSON artifact. */
export interface ReportDetail {
  readonly file: string;
  readonly title: string;
  readonly stage?: string;
  readonly value: unknown;
}

/** A metric with what it states of itself; a damaged file may lack some of it. `null`: not a number. */
export type ReportMetric = { readonly value: number | null } & Partial<RecordedInfo>;

/** Metrics of each stage, by name. */
export type ReportMetrics = Readonly<Record<string, Readonly<Record<string, ReportMetric>>>>;

/** Everything a report shows of one run. */
export interface ReportData {
  /** The run folder as it was given. */
  readonly folder: string;
  readonly record: PartialRecord;
  /** The engine as text: `native, 2 threads`. */
  readonly engine: string;
  readonly stages: readonly StageView[];
  readonly trainings: readonly WholeTraining[];
  readonly warnings: readonly { stage?: string; message: string }[];
  readonly logs: readonly { stage?: string; message: string }[];
  /** How long the run took; missing when it never ended. */
  readonly seconds?: number;
  readonly metrics: ReportMetrics;
  /** The conditions under which a stage's metrics were measured, by topic; earlier runs have none. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pictures: readonly ReportPicture[];
  readonly details: readonly ReportDetail[];
  /** The model, when its weights were saved. */
  readonly model?: Pick<TrainedModel, "spec" | "shape" | "scale" | "featureNames"> & {
    readonly tensors: readonly NamedTensor[];
    readonly file: string;
  };
  readonly latent?: LatentSample;
  /** The problems of reading it, one sentence each. */
  readonly problems: readonly string[];
}

/** How a run ended, in a word; a run recorded as running without an end event may have crashed. */
export function statusText({ record, seconds }: Pick<ReportData, "record" | "seconds">): string {
  if (record.status === "running" || record.status === "unknown") {
    return seconds === undefined ? "not finished" : "finished";
  }
  return shownStatus(record);
}

/** Whether the samples of a run are pictures; what does not say so (a model that names but the width of its input) is taken for one of pictures. */
export function showsPictures({ model, trainings }: Pick<ReportData, "model" | "trainings">): boolean {
  const input = model?.spec.input;
  return input !== undefined
    ? isPicture(input)
    : !trainings.some(({ previews }) => previews.some(({ features }) => features !== undefined));
}
