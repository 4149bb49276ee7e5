/** What came of vector arithmetic, in numbers and words. @module */
import { wilson } from "../../analysis/statistics/intervals.ts";
import { estimated, type Metric, metric, type Metrics } from "../../pipeline/metric.ts";

/** An attribute as it was tried. */
export interface Tried {
  readonly text: string;
  readonly vector: number[];
  readonly count: number;
  /** Changed images that the classifier gives the wanted class, and the same images reconstructed unchanged that it does. */
  readonly hits: number;
  readonly hitsBefore: number;
  /** Originals and changed images, [shown, D] each. */
  readonly shown: readonly Float32Array[];
}

/** The shares with their intervals, of all attributes together and of each. */
export function metricsOf(tried: readonly Tried[], accuracy: number): Metrics {
  const total = (of: (one: Tried) => number) => tried.reduce((sum, one) => sum + of(one), 0);
  const share = { unit: "share of images", direction: "higher", split: "test" } as const;
  const descriptive = { ...share, direction: "none" } as const;
  const count = total(({ count }) => count), all = wilson(total(({ hits }) => hits), count);
  const metrics: Record<string, Metric> = {
    share: estimated(all, share)!,
    shareBefore: metric(total(({ hitsBefore }) => hitsBefore) / count, descriptive),
  };
  for (const { text, hits, hitsBefore, count } of tried) {
    const { value, low, high } = wilson(hits, count)!;
    // The ends come before the attribute in these names, not at their end, so they are metrics of their own.
    metrics[`share.${text}`] = metric(value, share);
    metrics[`shareLow.${text}`] = metric(low, {
      ...descriptive,
      estimator: "lower end of the 95 % interval",
    });
    metrics[`shareHigh.${text}`] = metric(high, {
      ...descriptive,
      estimator: "upper end of the 95 % interval",
    });
    metrics[`shareBefore.${text}`] = metric(hitsBefore / count, descriptive);
  }
  return {
    ...metrics,
    changedImages: metric(count, { unit: "images", direction: "none", split: "test" }),
    classifierAccuracy: metric(accuracy, { unit: "share of samples", direction: "higher", split: "test" }),
  };
}

/** The shares in a sentence. */
export function noteOf(
  { share, shareLow, shareHigh, shareBefore, classifierAccuracy }: Record<string, number>,
): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(share)} % of changed images get the wanted class (95 % interval ${percent(shareLow)} to ${
    percent(shareHigh)
  }; ${percent(shareBefore)} % before; the classifier is right on ${
    percent(classifierAccuracy)
  } % of test images)`;
}
