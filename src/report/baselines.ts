/**
 * The run's metrics compared with published figures, with thresholding alone, and with the best possible.
 *
 * @module
 */
import { meanOf } from "../core/statistics.ts";
import type { Plots } from "./figures/plot.ts";
import { figureHtml } from "./figures/figure.ts";
import { type Html, html } from "./html.ts";
import { numberCell, sortable } from "./metrics.ts";
import { isShare, metricText, type NamedMetric, namedMetric, parseMetric } from "./metric_names.ts";
import { noiseFigure } from "./figures/noise_figure.ts";
import { type MeanDifference, meanDifference } from "./comparison/intervals.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { Interval, RecordedInfo } from "../pipeline/metric.ts";
import { protocolDifferences, protocolOf, type ProtocolSource } from "./protocol.ts";
import { PUBLISHED_RESULTS, type PublishedResult } from "./published_results.ts";
import type { ReportData } from "./report_data.ts";
import { allMetrics } from "./summary.ts";

/** A metric of the run with a reference. */
export interface Baseline {
  readonly metric: NamedMetric;
  readonly value: number | null | undefined;
  readonly reference: number;
  /** What the reference is, and where it is from. */
  readonly source: string;
  /** How the two compare, or why they do not. */
  readonly difference: string;
}

/** Metrics that are references for another: their base name, the metric that they are a reference for, and a description. */
const REFERENCES = [
  {
    base: "bestPixelAccuracy",
    of: "pixelAccuracy",
    source: "limit: the best possible (posterior mean over the train images)",
    isLimit: true,
  },
  {
    base: "bestWithinOnePixel",
    of: "withinOnePixel",
    source: "limit: the best rule for at most one wrong pixel",
    isLimit: true,
  },
  {
    base: "nearestGlyphWithinOnePixel",
    of: "withinOnePixel",
    source: "reference: the nearest glyph",
    isLimit: false,
  },
  {
    base: "thresholdPixelAccuracy",
    of: "pixelAccuracy",
    source: "reference: the noisy input thresholded at 0.5",
    isLimit: false,
  },
] as const;

/** Scores without a model that a stage has measured on the same images, by their names in `auroc.<name>`. */
const ANOMALY_BASELINES: Readonly<Record<string, string>> = {
  smoothedNeighbours: "without a model: nearest neighbours on smoothed images of unit norm, same test images",
  edgeNeighbours: "without a model: nearest neighbours of edge maps, same test images",
  smoothedIsolationForest:
    "without a model: isolation forest on smoothed images of unit norm, same test images",
  neighbours: "without a model: nearest neighbours on plain values, same test samples",
  isolationForest: "without a model: isolation forest on plain values, same test samples",
};

/** The verdict on a difference of areas that was measured on the same images. */
function pairedVerdict(difference: number, interval: Interval | undefined): string {
  const by = `${(100 * Math.abs(difference)).toFixed(2)} points`;
  if (interval === undefined) return `no verdict: differs by ${by}, without an interval`;
  const range = [interval.low, interval.high].map((end) => (100 * end).toFixed(2)).join(" to ");
  if (interval.low <= 0 && interval.high >= 0) return `a tie (differs by ${range} points)`;
  return `${difference > 0 ? "better" : "worse"} by ${by} (${range})`;
}

/**
 * How a number compares with others of the same protocol: a tie where they are equal as shown, or where any of the others lies within its
 * interval.
 */
export function verdictText(
  metric: NamedMetric,
  value: number | null | undefined,
  references: readonly number[],
  interval?: Interval,
): string {
  if (!isNumber(value)) return "not measured";
  const low = Math.min(...references), high = Math.max(...references);
  const isWithin = interval !== undefined && interval.low <= high && low <= interval.high;
  const isSame = references.some((one) => metricText(metric, value) === metricText(metric, one));
  if (isSame || isWithin || (low < value && value < high)) return "a tie";
  const { direction } = metric;
  const difference = Math.abs(value - meanOf(references));
  const by = isShare(metric) ? `${(100 * difference).toFixed(2)} points` : numberText(difference, 3);
  if (direction === undefined || direction === "none") return `differs by ${by}`;
  return `${(value > high) === (direction === "higher") ? "better" : "worse"} by ${by}`;
}

/**
 * How the mean of several runs compares with that of as many runs of another method or more: a tie where the interval of the difference
 * holds 0.
 */
function meanVerdict({ direction }: NamedMetric, { value, half }: MeanDifference): string {
  const by = `${numberText(Math.abs(value), 3)} ± ${numberText(half, 2)}`;
  if (Math.abs(value) <= half) return `a tie (differs by ${by})`;
  if (direction === undefined || direction === "none") return `differs by ${by}`;
  return `${(value > 0) === (direction === "higher") ? "better" : "worse"} by ${by}`;
}

/** A metric of the run with its spread, as far as it is known. */
export interface Measured {
  readonly value: number | null | undefined;
  /** What the metric states of itself. */
  readonly info?: Partial<RecordedInfo>;
  readonly interval?: Interval;
  /** The numbers of the runs that the value is the mean of. */
  readonly runs?: readonly number[];
}

/**
 * A published figure as a reference: a verdict where the protocols match and the number has an interval, else the reason against one. The
 * means of several runs on both sides are compared by the interval of their difference.
 */
export function publishedBaseline(
  published: PublishedResult,
  { value, info, interval, runs = [] }: Measured,
  run: ProtocolSource,
): Baseline {
  const metric = namedMetric(published.metric, info), { values, method, source } = published;
  const means = meanDifference(runs, values);
  const differences = protocolDifferences(published.protocol, protocolOf(run, metric));
  const verdict = means === undefined
    ? verdictText(metric, value, values, interval)
    : meanVerdict(metric, means);
  const isFair = means !== undefined || interval !== undefined || verdict === "a tie" ||
    verdict === "not measured";
  const difference = differences.length > 0
    ? `no verdict: ${differences.join("; ")}`
    : isFair
    ? verdict
    : `no verdict: ${verdict.replace(/^(better|worse) by/, "differs by")}, without an interval`;
  return { metric, value, reference: meanOf(values), source: `${method}: ${source}`, difference };
}

/** The published figures of a run's metrics on the same data. */
export function publishedFor(
  run: ProtocolSource,
  metrics: ReadonlyMap<string, Partial<RecordedInfo>>,
): PublishedResult[] {
  return PUBLISHED_RESULTS.filter(({ metric, protocol }) => {
    if (!metrics.has(metric)) return false;
    const own = protocolOf(run, namedMetric(metric, metrics.get(metric)));
    // An area for another task is no context at all.
    return own.data === protocol.data &&
      (metric !== "auroc" || own.estimator === undefined || own.estimator === protocol.estimator);
  });
}

/** All comparisons that this run allows; each metric that a published figure or a limit exists for. */
export function baselines(data: ReportData): Baseline[] {
  const metrics = allMetrics(data), run = protocolSource(data);
  const intervalOf = (name: string): Interval | undefined => metrics.get(name)?.interval;
  const published = publishedFor(run, metrics).map((one) => {
    const info = metrics.get(one.metric);
    return publishedBaseline(one, { value: info?.value, info, interval: info?.interval }, run);
  });
  const limits = [...metrics].flatMap(([name, { value: reference }]) => {
    const known = REFERENCES.find(({ base }) => base === parseMetric(name).base);
    if (known === undefined || !isNumber(reference)) return [];
    const at = name.includes("@") ? name.slice(name.lastIndexOf("@")) : "";
    return [`${known.of}${at}`, ...(at === "" ? [] : [`repeated.${known.of}${at}`])]
      .filter((name) => metrics.has(name))
      .map((name): Baseline => {
        const info = metrics.get(name), metric = namedMetric(name, info), value = info?.value;
        // Measured on the same draws, so the paired interval is narrower.
        const paired = intervalOf(name.replace(known.of, `${known.of}BelowBest`));
        const interval = known.isLimit && paired !== undefined
          ? { low: reference - paired.high, high: reference - paired.low }
          : intervalOf(name);
        const verdict = verdictText(metric, value, [reference], interval);
        const difference = known.isLimit ? verdict.replace(/^worse by (.*)$/, "$1 from it") : verdict;
        return { metric, value, reference, source: known.source, difference };
      });
  });
  const paired = [...metrics].flatMap(([name, { value: difference }]) => {
    const { base, of = "" } = parseMetric(name);
    const area = metrics.get("auroc"), reference = metrics.get(`auroc.${of}`)?.value;
    const source = Object.hasOwn(ANOMALY_BASELINES, of) ? ANOMALY_BASELINES[of] : undefined;
    if (base !== "aurocDifference" || source === undefined || !isNumber(difference) || !isNumber(reference)) {
      return [];
    }
    const verdict = pairedVerdict(difference, intervalOf(name));
    const metric = namedMetric("auroc", area);
    return [{ metric, value: area?.value, reference, source, difference: verdict }];
  });
  const all = [...published, ...paired, ...limits];
  const order = [...new Set(all.map(({ metric }) => metric.name))].sort((a, b) => a < b ? -1 : 1);
  return order.flatMap((name) => all.filter(({ metric }) => metric.name === name));
}

/** What the protocol of a run is read from. */
function protocolSource({ record, metrics, stages }: ReportData): ProtocolSource {
  const trainings = stages.filter(({ kind }) => kind === "train");
  const epochs = trainings.length === 1 ? metrics[trainings[0].name]?.epochs?.value : undefined;
  return { stages: record.stages, epochs: isNumber(epochs) ? epochs : undefined };
}

/** The section; `undefined` without references. */
export function baselinesSection(data: ReportData, plots: Plots): Html | undefined {
  const rows = baselines(data), figure = noiseFigure(data, plots);
  if (rows.length === 0 && figure === undefined) return undefined;
  return html`<section id="baselines"><h2>Baselines</h2>${figure !== undefined && figureHtml(plots, figure)}${
    rows.length > 0 && html`
      <p class="note">${BASELINES_NOTE}</p>
      <div class="scroll">
        <table class="sortable">${sortable(["metric", "this run", "reference", "source", "difference"], [
          "this run",
          "reference",
        ])}<tbody>${rows.map((
          { metric, value, reference, source, difference },
        ) =>
          html`<tr><th scope="row"><code>${metric.name}</code></th>${
            numberCell(value, metricText(metric, value))
          }${numberCell(reference, metricText(metric, reference))}<td>${source}</td><td class="${
            difference.startsWith("better") ? "good" : difference.startsWith("worse") ? "bad" : ""
          }">${difference}</td></tr>`
        )}</tbody></table>
      </div>
    `
  }</section>`;
}

/** The note above the table. */
export const BASELINES_NOTE =
  "This run is one seed; a verdict over seeds needs several runs. A published figure gets a verdict only where its protocol is that of this run; a difference inside the interval of this run is a tie.";
