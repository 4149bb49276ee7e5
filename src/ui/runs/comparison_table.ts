/** A comparison of the settings of a sweep, as lines of text. @module */
import { plural } from "../../core/amounts.ts";
import { directionArrow, type RecordedInfo } from "../../pipeline/metric.ts";
import { displayWidth, number } from "../text/text.ts";

/** A number and, if known, its 95 % confidence interval. */
interface Estimated {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** The results of one setting's runs. */
interface Group {
  readonly label: string;
  readonly runs: number;
  readonly failed: number;
  readonly means: Readonly<Record<string, Estimated>>;
  readonly success?: Estimated;
  readonly differences?: Readonly<Record<string, Estimated & { readonly verdict: string }>>;
}

/** One block per setting: its runs, its success rate, and the mean of each metric with half its interval, compared with the baseline. */
export function comparisonLines(
  groups: readonly Group[],
  metrics: readonly string[],
  { success, baseline, info = {} }: {
    readonly success?: string | null;
    readonly baseline?: string | null;
    /** What the metrics state of themselves. */
    readonly info?: Readonly<Record<string, RecordedInfo>>;
  } = {},
): string[] {
  const names = new Map(metrics.map((metric) => [metric, nameText(metric, info[metric])]));
  const width = Math.max(...[...names.values()].map(displayWidth), 12);
  return groups.flatMap(({ label, runs, failed, means, success: rate, differences = {} }) => [
    `${label}  (${plural(runs, "run")}${failed === 0 ? "" : `, ${failed} failed`})`,
    ...(rate === undefined ? [] : [
      `  ${success}: ${percent(rate.value)} of runs (95 %: ${percent(rate.low!)} to ${percent(rate.high!)})`,
    ]),
    ...metrics.filter((metric) => metric in means).map((metric) =>
      `  ${names.get(metric)!}${" ".repeat(width - displayWidth(names.get(metric)!))}  ${
        estimateText(means[metric])
      }${againstText(differences[metric], baseline)}`
    ),
  ]);
}

/** A metric with its unit, and its direction as an arrow. */
function nameText(metric: string, info: RecordedInfo | undefined): string {
  return info === undefined ? metric : `${metric} (${info.unit}) ${directionArrow(info.direction)}`.trimEnd();
}

function againstText(
  difference: Estimated & { verdict: string } | undefined,
  baseline?: string | null,
): string {
  if (difference === undefined) return "";
  const { value, verdict } = difference, sign = value > 0 ? "+" : "";
  return `  (${verdict}: ${sign}${estimateText(difference)} against ${baseline})`;
}

function estimateText({ value, low, high }: Estimated): string {
  if (low === undefined || high === undefined) return number(value);
  const half = (high - low) / 2;
  return `${number(value)} ± ${number(Number(half.toPrecision(2)))}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
