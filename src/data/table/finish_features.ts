// F = features.

/**
 * What becomes of the features once the train rows are known: which are left out, what fills missing values, and what is odd about them.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";
import { namesText } from "./features.ts";
import type { OpenedTable } from "./opened_table.ts";
import type { FeatureRange } from "./train_statistics.ts";

/** The features that a model sees. */
export interface FinishedFeatures {
  readonly names: string[];
  /** Positions among all features of those that are left out. */
  readonly removed: ReadonlySet<number>;
  /** What missing values of the features that are left become; nothing where there are none. */
  readonly fills?: Float64Array;
}

/** What a decision needs, and where it is reported. */
interface Finishing {
  /** What missing values of all features become, by the rule. */
  fills(): Float64Array;
  log(message: string): void;
  warn(message: string): void;
}

/**
 * Leaves out categories that no train row has, and chooses what fills missing values, all by the train rows alone. `gaps`: how many values are
 * missing, in all splits.
 */
export function finishFeatures(
  { spec: { file, missing }, encoding: { columns, names } }: Pick<OpenedTable, "spec" | "encoding">,
  ranges: readonly FeatureRange[],
  gaps: number,
  { fills, log, warn }: Finishing,
): FinishedFeatures {
  const unseen = columns.flatMap(({ first, categories = [] }) =>
    categories.map((_, place) => first + place).filter((feature) => ranges[feature].max === 0)
  );
  if (unseen.length > 0) {
    warn(`No train row of "${file}" has ${namesText(unseen.map((feature) => names[feature]))}: left out`);
  }
  const removed = new Set(unseen), isKept = (_: unknown, feature: number) => !removed.has(feature);
  const kept = names.filter(isKept);
  const isFilled = gaps > 0 && missing !== "drop" && missing !== "refuse";
  if (isFilled) {
    const by = missing === "zero" ? "0" : `the ${missing} of their column in the train rows`;
    log(`${countText(gaps)} missing values of "${file}" filled by ${by}`);
  }
  const result = isFilled ? { fills: fills().filter(isKept) } : {};
  warnOfRanges(ranges.filter(isKept), kept, warn);
  return { names: kept, removed, ...result };
}

/** Fewer steps than this between the least and the largest value are lost to single precision. */
const STEPS = 1024;

function warnOfRanges(
  ranges: readonly FeatureRange[],
  names: readonly string[],
  warn: (message: string) => void,
): void {
  const constant = names.filter((_, feature) => ranges[feature].min === ranges[feature].max);
  if (constant.length > 0) {
    const [is, it] = constant.length === 1 ? ["is", "it"] : ["are", "them"];
    warn(
      `${
        namesText(constant)
      } ${is} the same in all train rows (exclude ${it}: nothing can be learnt from ${it})`,
    );
  }
  const coarse = names.filter((_, feature) => {
    const { min, max } = ranges[feature], resolution = Math.max(Math.abs(min), Math.abs(max)) * 2 ** -24;
    return max > min && (max - min) / resolution < STEPS;
  });
  if (coarse.length > 0) {
    warn(
      `${namesText(coarse)} ${
        coarse.length === 1 ? "has" : "have"
      } large values close to each other, of which single ` +
        `precision keeps few digits (subtract a constant in the file)`,
    );
  }
}
