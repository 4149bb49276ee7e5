/**
 * Parallel coordinates: one axis for each setting and one for the metric, a line for each setting of the sweep.
 *
 * @module
 */
import { colour, type Grammar, type Plots, plotText } from "../figures/plot.ts";
import { figureHtml, spansDecades } from "../figures/figure.ts";
import { type Html, html } from "../html.ts";
import type { SweepResults } from "../../sweep/results.ts";
import { type AxisScale, axisScale } from "./axis_scale.ts";
import { shortPaths } from "../../sweep/setting_text.ts";
import { evenly } from "../../sweep/evenly.ts";

/** The most lines, and those of them that are coloured as the best. */
const MOST_LINES = 400, MOST_BEST = 20;
/** The share of the settings that counts as the best. */
const BEST_SHARE = 0.1;
/** Letters take about this many pixels. */
const LETTER = 6.6;

interface ParallelAxis {
  readonly name: string;
  readonly scale: AxisScale;
}

/** A line: its place on each axis. */
type Line = readonly { readonly axis: number; readonly place: number }[];

/** The section; `undefined` where fewer than two settings were measured, or no option differs. */
export function parallelSection(results: SweepResults, plots: Plots): Html | undefined {
  const { ranked, axes, view: { metric } } = results;
  const measured = ranked.flatMap(({ mean }, at) => mean === undefined ? [] : [{ at, value: mean.value }]);
  if (metric === null || measured.length < 2 || axes.length === 0) return undefined;
  const values = measured.map(({ value }) => value);
  const all: ParallelAxis[] = [
    ...axes.map(({ path, values, isLogarithmic }) => ({
      name: path,
      scale: axisScale(measured.map(({ at }) => values[at]), isLogarithmic),
    })),
    { name: metric.address, scale: axisScale(values, spansDecades(values)) },
  ];
  const lineOf = ({ at, value }: { at: number; value: number }): Line =>
    all.map(({ scale }, axis) => ({
      axis,
      place: scale.place(axis < axes.length ? axes[axis].values[at] : value),
    }));
  const bests = Math.max(1, Math.min(MOST_BEST, Math.floor(BEST_SHARE * measured.length)));
  const others = evenly(measured.slice(bests), MOST_LINES - bests);
  const shown = bests + others.length;
  const title = `Settings and ${metric.address}`;
  return html`<section id="parallel"><h2>Parallel coordinates</h2>${
    figureHtml(plots, {
      title,
      description: `${measured.length} settings on ${all.length} axes: ${
        all.map(({ name }) => plotText(name)).join(", ")
      }.`,
      plot: (width) =>
        parallelPlot(plots.grammar, all, width, {
          best: measured.slice(0, bests).map(lineOf),
          others: others.map(lineOf),
        }),
      note: noteText({ bests, shown, measured: measured.length, direction: metric.info.direction }),
    })
  }<ol class="axes">${all.map(({ name }) => html`<li><code>${name}</code></li>`)}</ol></section>`;
}

function noteText(
  { bests, shown, measured, direction }: {
    bests: number;
    shown: number;
    measured: number;
    direction: string;
  },
): string {
  const best = bests === 1
    ? "Bold: the best setting."
    : `Bold: the best; coloured: the best ${bests} settings.`;
  const thinned = shown < measured
    ? ` ${shown.toLocaleString("en-US")} of ${
      measured.toLocaleString("en-US")
    } settings are drawn, evenly chosen by rank.`
    : "";
  return `${best} ${direction === "none" ? "" : `On the last axis ${direction} is better.`}${thinned}`;
}

/** The plot: axes of names where these fit next to one another, else of numbers, which the list below explains. */
function parallelPlot(
  grammar: Grammar,
  axes: readonly ParallelAxis[],
  width: number,
  lines: { readonly best: readonly Line[]; readonly others: readonly Line[] },
) {
  const margin = 52, room = (width - 2 * margin) / Math.max(1, axes.length - 1);
  const names = shortPaths(axes.map(({ name }) => name)).map(plotText);
  const fit = names.every((name) => name.length * LETTER < room - 8);
  const titles = names.map((name, axis) => ({ axis, place: 1, text: fit ? name : String(axis + 1) }));
  const ticks = axes.flatMap(({ scale }, axis) => scale.ticks.map((tick) => ({ axis, ...tick })));
  const position = { x: "axis", y: "place" } as const;
  return {
    height: 360,
    marginLeft: margin,
    // Ticks are to the right of their axes.
    marginRight: margin + LETTER * Math.max(...axes.at(-1)!.scale.ticks.map(({ text }) => text.length)),
    marginTop: 34,
    marginBottom: 14,
    x: { axis: null, domain: [0, axes.length - 1] },
    y: { axis: null, domain: [0, 1] },
    marks: [
      ...lineMark(grammar, lines.others, {
        stroke: colour("faint"),
        strokeWidth: 0.8,
        strokeOpacity: opacityOf(lines.others.length),
      }),
      grammar.ruleX(axes.map((_, axis) => axis), { stroke: "currentColor", strokeOpacity: 0.55 }),
      ...lineMark(grammar, lines.best.slice(1), { stroke: colour("third"), strokeWidth: 1.4 }),
      ...lineMark(grammar, lines.best.slice(0, 1), { stroke: colour("second"), strokeWidth: 3 }),
      grammar.text(ticks, {
        ...position,
        text: "text",
        dx: 6,
        textAnchor: "start",
        fill: "currentColor",
        stroke: "var(--page, white)",
        strokeWidth: 4,
      }),
      grammar.text(titles, { ...position, text: "text", dy: -20, fontWeight: 600, fill: "currentColor" }),
    ],
  };
}

/** Few lines are opaque; of many, those that lie over one another look darker. */
function opacityOf(lines: number): number {
  return lines <= 40 ? 1 : Math.max(0.35, 1 - (lines - 40) / 400);
}

/** Lines as one mark, each a series of its own; none without lines. */
function lineMark(
  grammar: Grammar,
  lines: readonly Line[],
  style: Readonly<Record<string, string | number>>,
) {
  if (lines.length === 0) return [];
  const points = lines.flatMap((line, at) => line.map((point) => ({ ...point, line: at })));
  return [grammar.line(points, { x: "axis", y: "place", z: "line", ...style })];
}
