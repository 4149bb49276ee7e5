/** What came of vector arithmetic, in numbers and words. @module */
import { wilson } from "../../analysis/statistics/intervals.ts";

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
export function metricsOf(tried: readonly Tried[], accuracy: number): Record<string, number> {
  const total = (of: (one: Tried) => number) => tried.reduce((sum, one) => sum + of(one), 0);
  const metrics: Record<string, number> = {};
  const add = (suffix: string, hits: number, hitsBefore: number, count: number) => {
    const { value, low, high } = wilson(hits, count)!;
    Object.assign(metrics, {
      [`share${suffix}`]: value,
      [`shareLow${suffix}`]: low,
      [`shareHigh${suffix}`]: high,
      [`shareBefore${suffix}`]: hitsBefore / count,
    });
  };
  add("", total(({ hits }) => hits), total(({ hitsBefore }) => hitsBefore), total(({ count }) => count));
  for (const { text, hits, hitsBefore, count } of tried) add(`.${text}`, hits, hitsBefore, count);
  return { ...metrics, changedImages: total(({ count }) => count), classifierAccuracy: accuracy };
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
