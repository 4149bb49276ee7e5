/**
 * Accuracy against noise, with that of thresholding alone and the best possible.
 *
 * @module
 */
import { colour, type Grammar, type Plots } from "./plot.ts";
import type { Figure } from "./figure.ts";
import { namedMetric } from "../metric_names.ts";
import { isNumber } from "../numbers.ts";
import type { ReportData } from "../report_data.ts";
import { allMetrics } from "../summary.ts";

/** The lines of the plot. */
const LINES = [
  { base: "pixelAccuracy", name: "this run", role: "first" },
  { base: "bestPixelAccuracy", name: "best possible", role: "third" },
  { base: "thresholdPixelAccuracy", name: "threshold 0.5", role: "second" },
] as const;

/** An accuracy in percent at a noise level. */
interface NoisePoint {
  readonly level: number;
  readonly value: number;
}

/** A line of the plot with its points; there are at least two. */
type Line = typeof LINES[number] & { readonly points: readonly NoisePoint[]; readonly end: NoisePoint };

function linesOf(data: ReportData): Line[] {
  const metrics = [...allMetrics(data)].map(([name, one]) => ({
    ...namedMetric(name, one),
    value: one.value,
  }));
  return LINES.flatMap((line) => {
    const points = metrics.flatMap(({ base, split, level, value }) =>
      base === line.base && split !== "train" && level !== undefined && isNumber(value)
        ? [{ level, value: 100 * value }]
        : []
    ).sort((a, b) => a.level - b.level);
    return points.length > 1 ? [{ ...line, points, end: points.at(-1)! }] : [];
  });
}

/** The figure; `undefined` with fewer than two noise levels. */
export function noiseFigure(data: ReportData, { grammar }: Plots): Figure | undefined {
  const lines = linesOf(data);
  if (!lines.some(({ base }) => base === "pixelAccuracy")) return undefined;
  const texts = lines.map(({ name, points }) =>
    `${name}: ${points.map(({ level, value }) => `${value.toFixed(2)} % at ${level}`).join(", ")}`
  );
  return {
    title: "Pixel accuracy against noise, % of all pixels, test split",
    description: texts.join("; "),
    plot: () => ({
      height: 300,
      marginLeft: 48,
      marginRight: 96,
      marginTop: 26,
      marginBottom: 38,
      x: {
        label: "noise: standard deviation in pixel units",
        labelAnchor: "center",
        ticks: lines[0].points.map(({ level }) => level),
        tickFormat: String,
      },
      y: { label: "% of all pixels", grid: true, nice: true },
      marks: lineMarks(grammar, lines),
    }),
  };
}

function lineMarks(grammar: Grammar, lines: readonly Line[]) {
  const each = lines.flatMap(({ points, role, name }) => {
    const strokeDasharray = name === "this run" ? "none" : "5,3";
    return [
      grammar.line(points, {
        x: "level",
        y: "value",
        stroke: colour(role),
        strokeWidth: 1.8,
        strokeDasharray,
      }),
      grammar.dot(points, { x: "level", y: "value", fill: colour(role), r: 3 }),
    ];
  });
  const fill = ({ role }: Line) => colour(role);
  const place = { x: "level", y: "place", text: "name", textAnchor: "start", dx: 8 } as const;
  return [...each, grammar.text(apart(lines), { ...place, fill, fontWeight: 600 })];
}

/** Labels at the ends of lines, shifted where they would overlap. */
function apart(lines: readonly Line[]) {
  const values = lines.map(({ end }) => end.value), gap = 0.06 * (100 - Math.min(...values, 80));
  let free = Infinity;
  return lines.toSorted((a, b) => b.end.value - a.end.value).map(({ name, role, end }) => {
    const place = Math.min(end.value, free);
    free = place - gap;
    return { name, role, level: end.level, place };
  });
}
