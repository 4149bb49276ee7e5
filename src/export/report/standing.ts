/**
 * Where our numbers stand: beside what earlier work reached, what thresholding alone reaches, and what is possible at all.
 *
 * @module
 */
import type { Plots } from "../plot.ts";
import { earlierFigures } from "./earlier.ts";
import { figureHtml } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { numberCell, sortable } from "./metrics.ts";
import { type MetricName, metricText, parseMetric } from "./metric_words.ts";
import { noiseFigure } from "./noise_figure.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";
import { allMetrics } from "./story.ts";

/** One of our numbers beside another. */
export interface Standing {
  readonly metric: MetricName;
  readonly ours: number | null | undefined;
  readonly other: number;
  readonly who: string;
  /** Whether the other is what is possible at best: nobody is worse for not passing it. */
  readonly isLimit: boolean;
  /** How ours compares, in words. */
  readonly verdict: string;
}

/** Metrics that are references for another: their base name, what they are the reference of, and what they are. */
const REFERENCES = [
  {
    base: "bestPixelAccuracy",
    of: "pixelAccuracy",
    who: "limit: the best possible (posterior mean over the train images)",
    isLimit: true,
  },
  {
    base: "bestWithinOnePixel",
    of: "withinOnePixel",
    who: "limit: the best rule for at most one wrong pixel",
    isLimit: true,
  },
  {
    base: "nearestGlyphWithinOnePixel",
    of: "withinOnePixel",
    who: "reference: the nearest glyph",
    isLimit: false,
  },
  {
    base: "thresholdPixelAccuracy",
    of: "pixelAccuracy",
    who: "reference: the noisy input cut at 0.5",
    isLimit: false,
  },
] as const;

/** How ours compares with another number; equal as far as it is shown is a tie. */
export function verdictText(metric: MetricName, ours: number | null | undefined, other: number): string {
  if (!isNumber(ours)) return "not measured";
  if (metricText(metric, ours) === metricText(metric, other)) return "a tie";
  const { words } = metric;
  const difference = Math.abs(ours - other);
  const by = words?.share ? `${(100 * difference).toFixed(2)} points` : numberText(difference, 3);
  if (words === undefined || words.better === "none") return `differs by ${by}`;
  return `${(ours > other) === (words.better === "higher") ? "better" : "worse"} by ${by}`;
}

/** All comparisons that this run allows; each metric that an earlier figure or a limit exists for. */
export function standings(data: ReportData): Standing[] {
  const metrics = allMetrics(data);
  const earlier = earlierFigures(data.record.pipeline, data.model?.spec.latent).map((
    { metric, value, who },
  ) => ({
    name: metric,
    other: value,
    who,
    isLimit: false,
  }));
  const limits = [...metrics].flatMap(([name, value]) => {
    const reference = REFERENCES.find((reference) => reference.base === parseMetric(name).base);
    if (reference === undefined || !isNumber(value)) return [];
    const { of, who, isLimit } = reference, at = name.slice(name.lastIndexOf("@"));
    const known = name.includes("@") ? [`${of}${at}`, `repeated.${of}${at}`] : [of];
    return known.map((name) => ({ name, other: value, who, isLimit }));
  });
  const all = [...earlier, ...limits].filter(({ name }) => metrics.has(name));
  const order = [...new Set(all.map(({ name }) => name))].sort((a, b) => a < b ? -1 : 1);
  return order.flatMap((name) => all.filter((one) => one.name === name)).map(
    ({ name, other, who, isLimit }) => {
      const metric = parseMetric(name), ours = metrics.get(name);
      const verdict = verdictText(metric, ours, other).replace(
        isLimit ? /^worse by (.*)$/ : /$^/,
        "$1 from it",
      );
      return { metric, ours, other, who, isLimit, verdict };
    },
  );
}

/** The section; nothing without anything to stand beside. */
export function standingSection(data: ReportData, plots: Plots): Html | undefined {
  const rows = standings(data), figure = noiseFigure(data, plots);
  if (rows.length === 0 && figure === undefined) return undefined;
  return html`<section id="standing"><h2>Where it stands</h2>${
    figure !== undefined && figureHtml(plots, figure)
  }${
    rows.length > 0 && html`
      <p class="note">Ours is one seed; a verdict over seeds needs several runs.</p>
      <div class="scroll">
        <table class="sortable">${sortable(["metric", "ours", "beside", "who", "ours is"], [
          "ours",
          "beside",
        ])}<tbody>${rows.map((
          { metric, ours, other, who, verdict },
        ) =>
          html`<tr><th scope="row"><code>${metric.name}</code></th>${
            numberCell(ours, metricText(metric, ours))
          }${numberCell(other, metricText(metric, other))}<td>${who}</td><td class="${
            verdict.startsWith("better") ? "good" : verdict.startsWith("worse") ? "bad" : ""
          }">${verdict}</td></tr>`
        )}</tbody></table>
      </div>
    `
  }</section>`;
}
