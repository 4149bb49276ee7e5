/**
 * Curves over epochs, each labelled at its end.
 *
 * @module
 */
import type { PlotOptions } from "@observablehq/plot";
import type { EventOf } from "../../pipeline/events.ts";
import { colour, type Grammar, type PlotRole, plotText } from "./plot.ts";
import { type Figure, spansDecades, thinnedSeries } from "./figure.ts";
import { isNumber, numberText } from "../numbers.ts";

/** An epoch's event. */
export type Epoch = EventOf<"epoch">;
/** A point of a curve. */
export interface CurvePoint {
  /** Its position: an epoch, or the seconds of training up to it. */
  readonly epoch: number;
  readonly value: number;
}

/** The finite values of a curve. */
export function curvePoints(
  epochs: readonly Epoch[],
  value: (epoch: Epoch) => number | null | undefined,
): CurvePoint[] {
  return epochs.flatMap((epoch) => {
    const number = value(epoch);
    return isNumber(number) ? [{ epoch: epoch.epoch, value: number }] : [];
  });
}

/** The same values over the seconds that training took until then. */
export function pointsOverSeconds(
  epochs: readonly Epoch[],
  value: (epoch: Epoch) => number | null | undefined,
): CurvePoint[] {
  let seconds = 0;
  return epochs.flatMap((epoch) => {
    seconds += epoch.seconds;
    const number = value(epoch);
    return isNumber(number) ? [{ epoch: seconds, value: number }] : [];
  });
}

/** A labelled curve. */
export interface Curve {
  readonly name: string;
  readonly role: PlotRole;
  /** The line's pattern, as SVG's `stroke-dasharray` has it; solid by default. */
  readonly dash?: string;
  readonly points: readonly CurvePoint[];
}

/** A plot of curves over epochs (or seconds), each labelled at its end. */
export function curvesPlot(
  grammar: Grammar,
  curves: readonly Curve[],
  { unit, width, marks = [], height = 300, decades = true, over = "epochs" }: {
    unit: string;
    width: number;
    marks?: ReturnType<Grammar["ruleX"]>[];
    height?: number;
    /** Whether a logarithmic scale may be chosen. @default {true} */
    decades?: boolean;
    /** What the curves run over. @default {"epochs"} */
    over?: "epochs" | "seconds";
  },
): ReturnType<Figure["plot"]> {
  const logarithmic = decades &&
    spansDecades(curves.flatMap(({ points }) => points.map(({ value }) => value)));
  const names = Math.max(...curves.map(({ name }) => name.length));
  return {
    height,
    marginRight: 14 + 6.8 * names,
    marginLeft: 58,
    marginTop: 26,
    marginBottom: 38,
    x: over === "seconds" ? secondsAxis(width) : epochAxis(curves, width),
    y: valueAxis(unit, logarithmic),
    marks: [
      ...marks,
      ...curves.flatMap((curve) => curveMarks(grammar, curve)),
      ...endNames(grammar, curves, logarithmic, height),
      ...(over === "epochs" ? readings(grammar, curves) : []),
    ],
  };
}

/** Ticks that fit next to one another. */
function mostTicks(width: number): number {
  return width < 500 ? 4 : 9;
}

function secondsAxis(width: number): PlotOptions["x"] {
  return { label: "training time, s", labelAnchor: "center", ticks: mostTicks(width) };
}

function epochAxis(curves: readonly Curve[], width: number): PlotOptions["x"] {
  return {
    label: "epoch",
    labelAnchor: "center",
    ticks: epochTicks(curves, mostTicks(width)),
    tickFormat: (tick: number) => tick.toLocaleString("en-US"),
  };
}

function valueAxis(unit: string, logarithmic: boolean): PlotOptions["y"] {
  return {
    label: `${plotText(unit)}${logarithmic ? " (log scale)" : ""}`,
    grid: true,
    ticks: 6,
    type: logarithmic ? "log" : "linear",
    ...(logarithmic
      ? { tickFormat: (tick: number) => /^[125]/.test(tick.toExponential()) ? numberText(tick) : "" }
      : { nice: true }),
  };
}

/** The line of a curve; a dot when it has one point. */
function curveMarks(grammar: Grammar, { role, dash, points }: Curve) {
  const shown = thinnedSeries(points, ({ value }) => value);
  const line = grammar.line(shown, {
    x: "epoch",
    y: "value",
    stroke: colour(role),
    strokeWidth: 1.8,
    ...(dash !== undefined && { strokeDasharray: dash }),
  });
  if (points.length !== 1) return [line];
  return [line, grammar.dot(shown, { x: "epoch", y: "value", fill: colour(role), r: 3 })];
}

/** Whole epochs for the axis, evenly spaced in round steps. */
function epochTicks(curves: readonly Curve[], most: number): number[] {
  const epochs = curves.flatMap(({ points }) => [points[0]?.epoch ?? 1, points.at(-1)?.epoch ?? 1]);
  const low = Math.min(...epochs), high = Math.max(...epochs);
  const rough = Math.max(1, (high - low) / most), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, at) => first + at * step);
}

/** The maximum number of epochs with a tooltip. */
const READINGS = 80;

/** Invisible lines whose tooltips show the values of an epoch; for at most four curves. */
function readings(grammar: Grammar, curves: readonly Curve[]) {
  const [first] = curves;
  if (first === undefined || curves.length > 4) return [];
  const step = Math.max(1, first.points.length / READINGS);
  const count = Math.min(READINGS, first.points.length);
  const epochs = Array.from({ length: count }, (_, at) => first.points[Math.floor(at * step)].epoch);
  const values = curves.map(({ points }) => new Map(points.map(({ epoch, value }) => [epoch, value])));
  const title = (epoch: number) => {
    const lines = curves.map(({ name }, at) =>
      `${plotText(name)} ${numberText(values[at].get(epoch))}`.trim()
    );
    return [`epoch ${epoch.toLocaleString("en-US")}`, ...lines].join("\n");
  };
  return [grammar.ruleX(epochs, { stroke: "transparent", strokeWidth: 8, title })];
}

/** Labels at the ends of curves, shifted where they would overlap. */
function endNames(grammar: Grammar, curves: readonly Curve[], logarithmic: boolean, height: number) {
  const scale = (value: number) => logarithmic ? Math.log(value) : value;
  const values = curves.flatMap(({ points }) => points.map(({ value }) => scale(value)));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const pixel = (values.reduce((a, b) => Math.max(a, b), -Infinity) - low) / (height - 64);
  const ends = curves.filter(({ name, points }) => name !== "" && points.length > 0)
    .map(({ name, role, points }) => ({ name, role, ...points.at(-1)! }))
    .sort((a, b) => b.value - a.value);
  let free = -Infinity;
  return ends.map(({ name, role, epoch, value }) => {
    const natural = (scale(value) - low) / (pixel || 1),
      place = Math.min(natural, free === -Infinity ? natural : free);
    free = place - 14;
    return grammar.text([{ epoch, value }], {
      x: "epoch",
      y: "value",
      text: () => plotText(name),
      textAnchor: "start",
      dx: 6,
      dy: natural - place,
      fill: colour(role),
      fontWeight: 600,
    });
  });
}
