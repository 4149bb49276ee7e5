/**
 * Accuracy against the noise, with what thresholding alone reaches, what is possible, and what earlier work reached.
 *
 * @module
 */
import { colour, type Plots } from "../plot.ts";
import { earlierFigures } from "./earlier.ts";
import type { Figure } from "./figure.ts";
import { parseMetric } from "./metric_words.ts";
import { isNumber } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";
import { allMetrics } from "./story.ts";

/** What each line of the noise plot is. */
const LINES = [
  { base: "pixelAccuracy", name: "ours", role: "first" },
  { base: "bestPixelAccuracy", name: "best possible", role: "third" },
  { base: "thresholdPixelAccuracy", name: "cut at 0.5", role: "second" },
] as const;

/** The figure; nothing with fewer than two levels. */
export function noiseFigure(data: ReportData, { grammar }: Plots): Figure | undefined {
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
        tickFormat: String,
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
