/**
 * The metric by which the trials of a sweep are ranked.
 *
 * @module
 */
import { parseCondition } from "../core/condition.ts";
import { type RecordedInfo, unitInfo } from "../pipeline/metric.ts";

/** A metric with a direction. */
export interface RankedMetric {
  /** `evaluate.mse`. */
  readonly address: string;
  /** What it states of itself. */
  readonly info: RecordedInfo & { readonly direction: "lower" | "higher" };
}

/** What a metric states of itself, by its address, in the order of the stages. */
export type StatedInfos = ReadonlyMap<string, RecordedInfo | undefined>;

/** The metrics that have a direction. */
export function directedMetrics(infos: StatedInfos): RankedMetric[] {
  return [...infos].flatMap(([address, info]) =>
    info === undefined || info.direction === "none"
      ? []
      : [{ address, info: { ...info, direction: info.direction } }]
  );
}

/**
 * The metric of a sweep's options, else the one of its success condition, else the first with a direction that an evaluation measured, else the
 * first of all that does not depend on the machine; of both rather one that was not measured on the train split. `undefined` where none has a
 * direction.
 */
export function rankedMetric(
  infos: StatedInfos,
  { metric, success }: Readonly<Record<string, unknown>>,
): RankedMetric | undefined {
  const ranked = directedMetrics(infos),
    at = (wanted: unknown) => ranked.find(({ address }) => address === wanted);
  const ofSuccess = typeof success === "string" ? parseCondition(success)?.what : undefined;
  const ofModel = ranked.filter(({ info }) => unitInfo(info.unit).isOfMachine !== true)
    .sort((a, b) => Number(a.info.split === "train") - Number(b.info.split === "train"));
  return at(metric) ?? at(ofSuccess) ?? ofModel.find(({ address }) => address.startsWith("evaluate.")) ??
    ofModel[0];
}
