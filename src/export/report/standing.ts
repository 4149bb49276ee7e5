/**
 * Where our numbers stand: beside what earlier work reached, what thresholding alone reaches, and what is possible at all.
 *
 * @module
 */
import { colour, type Plots } from "../plot.ts";
import { earlierFigures } from "./earlier.ts";
import { figureHtml } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { numberCell, sortable } from "./metrics.ts";
import { type MetricName, metricText, parseMetric } from "./metric_words.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";
import { allMetrics } from "./story.ts";

/** One of our numbers beside another. */
export interface Standing {
  readonly metric: MetricName;
  readonly ours: number | null | undefined;
  readonly other: number;
  readonly who: string;
  /** How ours compares, in words. */
  readonly verdict: string;
}

/** Metrics that are references for another: their base name, what they are the reference of, and what they are. */
const REFERENCES = [
  {
    base: "bestPixelAccuracy",
    of: "pixelAccuracy",
    who: "limit: the best possible (posterior mean over the train images)",
  },
  { base: "thresholdPixelAccuracy", of: "pixelAccuracy", who: "reference: the noisy input cut at 0.5" },
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
  }));
  const limits = [...metrics].flatMap(([name, value]) => {
    const { base, level } = parseMetric(name);
    const reference = REFERENCES.find((reference) => reference.base === base);
    return reference === undefined || !isNumber(value) ? [] : [{
      name: level === undefined ? reference.of : `${reference.of}@${level}`,
      other: value,
      who: reference.who,
    }];
  });
  const all = [...earlier, ...limits].filter(({ name }) => metrics.has(name));
  const order = [...new Set(all.map(({ name }) => name))].sort((a, b) => a < b ? -1 : 1);
  return order.flatMap((name) => all.filter((one) => one.name === name)).map(({ name, other, who }) => {
    const metric = parseMetric(name), ours = metrics.get(name);
    return { metric, ours, other, who, verdict: verdictText(metric, ours, other) };
  });
}

/** What each line of the noise plot is. */
const LINES = [
  { base: "pixelAccuracy", name: "ours", role: "first" },
  { base: "bestPixelAccuracy", name: "best possible", role: "third" },
  { base: "thresholdPixelAccuracy", name: "cut at 0.5", role: "second" },
] as const;

/** Accuracy against the noise, with its references and earlier figures; nothing with fewer than two levels. */
function noiseFigure(data: ReportData, { grammar }: Plots) {
  const metrics = [...allMetrics(data)].map(([name, value]) => ({ ...parseMetric(name), value }));
  const pointsOf = (base: string) =>
    metrics.flatMap((metric) =>
      metric.base === base && metric.split === undefined && metric.level !== undefined &&
        isNumber(metric.value)
        ? [{ level: metric.level, value: 100 * metric.value }]
        : []
    ).sort((a, b) => a.level - b.level);
  const lines = LINES.map((line) => ({ ...line, points: pointsOf(line.base) })).filter(({ points }) =>
    points.length > 1
  );
  if (!lines.some(({ base }) => base === "pixelAccuracy")) return undefined;
  const earlier = earlierFigures(data.record.pipeline, data.model?.spec.latent).flatMap(
    ({ metric, value, who }) => {
      const { base, level } = parseMetric(metric);
      return base === "pixelAccuracy" && level !== undefined && who.startsWith("earlier")
        ? [{ level, value: 100 * value }]
        : [];
    },
  );
  const named = lines.map(({ points, ...line }) => ({ ...line, points, end: points.at(-1)! }));
  return {
    title: "Pixel accuracy against noise, % of all pixels, test split",
    description: named.map(({ name, points }) =>
      `${name}: ${points.map(({ level, value }) => `${value.toFixed(2)} % at ${level}`).join(", ")}`
    ).join("; "),
    plot: () => ({
      height: 300,
      marginLeft: 48,
      marginRight: 96,
      marginTop: 26,
      marginBottom: 38,
      x: {
        label: "noise: standard deviation in pixel units",
        labelAnchor: "center" as const,
        ticks: lines[0].points.map(({ level }) => level),
      },
      y: { label: "% of all pixels", grid: true, nice: true },
      marks: [
        ...named.flatMap(({ points, role, name }) => [
          grammar.line(points, {
            x: "level",
            y: "value",
            stroke: colour(role),
            strokeWidth: 1.8,
            strokeDasharray: name === "ours" ? "none" : "5,3",
          }),
          grammar.dot(points, { x: "level", y: "value", fill: colour(role), r: 3 }),
        ]),
        grammar.text(apart(named), {
          x: "level",
          y: "place",
          text: "name",
          textAnchor: "start",
          dx: 8,
          fill: ({ role }: { role: typeof LINES[number]["role"] }) => colour(role),
          fontWeight: 600,
        }),
        ...(earlier.length > 0
          ? [
            grammar.dot(earlier, {
              x: "level",
              y: "value",
              symbol: "times",
              stroke: "currentColor",
              r: 5,
              strokeWidth: 2,
            }),
            grammar.text(earlier.slice(-1), {
              x: "level",
              y: "value",
              text: () => "earlier",
              textAnchor: "start",
              dx: 8,
              fill: "currentColor",
            }),
          ]
          : []),
      ],
    }),
  };
}

/** Names beside the ends of lines, moved apart where the ends lie close. */
function apart(lines: readonly { name: string; role: string; end: { level: number; value: number } }[]) {
  const values = lines.map(({ end }) => end.value), gap = 0.06 * (100 - Math.min(...values, 80));
  let free = Infinity;
  return lines.toSorted((a, b) => b.end.value - a.end.value).map(({ name, role, end }) => {
    const place = Math.min(end.value, free);
    free = place - gap;
    return { name, role, level: end.level, place };
  });
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
        <table class="sortable">${sortable(["metric", "ours", "beside", "who", "ours is"])}<tbody>${rows.map((
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
