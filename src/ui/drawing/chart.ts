/** The loss curves as lines of text. @module */
import { brailleCanvas, type Canvas } from "./braille.ts";
import { type LossPoint, pointsOf, type Span } from "../../run/fold/history.ts";
import { brief } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import type { TrainingView } from "../../run/fold/view.ts";

/** How many times the lowest loss the highest has to be for a logarithmic scale. */
const LOG_RATIO = 10;

/** Size and colours of a chart. */
export interface ChartOptions {
  /** Cells. */
  readonly width: number;
  /** Lines, including the axis of epochs below the curves. At least 2. */
  readonly height: number;
  readonly level: ColorLevel;
  /** A second training, drawn behind the first up to the same epoch. */
  readonly other?: TrainingView;
}

/** The range of losses that a chart shows. */
export interface LossScale {
  readonly low: number;
  readonly high: number;
  readonly logarithmic: boolean;
}

/** The roles of the inks: the ink drawn last determines a cell's colour. */
const INKS = ["train", "validation", "other"] as const;

/** From this number of points on, a linear scale ignores the first tenth, which would flatten the rest of the curve. */
const ENOUGH_POINTS = 12;

/** The range of the losses; `undefined` without a finite loss. */
export function lossScale(points: readonly LossPoint[]): LossScale | undefined {
  const whole = rangeOf(points);
  if (whole === undefined) return undefined;
  if (isWide(whole)) return { ...whole, logarithmic: true };
  const later = points.length < ENOUGH_POINTS ? whole : rangeOf(points.slice(Math.ceil(points.length / 10)));
  return { low: whole.low, high: later?.high ?? whole.high, logarithmic: false };
}

function isWide({ low, high }: { low: number; high: number }): boolean {
  return low > 0 && high / low >= LOG_RATIO;
}

/** The union of two ranges. */
function joined(one: LossScale | undefined, other: LossScale | undefined): LossScale | undefined {
  if (one === undefined || other === undefined) return one;
  const both = { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };
  return { ...both, logarithmic: isWide(both) };
}

/** The part of another training that is drawn behind this one: the monitored loss, up to the same epoch. */
export function pointsBehind(training: TrainingView, other: TrainingView | undefined): LossPoint[] {
  const last = training.last?.epoch ?? 0;
  const points = other === undefined ? [] : pointsOf(other.history).filter(({ to }) => to <= last);
  return points.map((point) => ({ ...point, loss: point[training.monitor], validation: null }));
}

/** The range of losses of a training's chart, including the training drawn behind it. */
export function chartScale(training: TrainingView, other?: TrainingView): LossScale | undefined {
  return joined(lossScale(pointsOf(training.history)), lossScale(pointsBehind(training, other)));
}

function rangeOf(points: readonly LossPoint[]): { low: number; high: number } | undefined {
  let low = Infinity, high = -Infinity;
  for (const { loss, validation } of points) {
    for (const span of [loss, validation]) {
      if (span === null) continue;
      low = Math.min(low, span.low);
      high = Math.max(high, span.high);
    }
  }
  return low > high ? undefined : { low, high };
}

/** The chart: labels of the highest and lowest loss, the curves (training is dotted if there is validation), and the axis of epochs. */
export function lossChart(training: TrainingView, { width, height, level, other }: ChartOptions): string[] {
  const points = pointsOf(training.history);
  const scale = chartScale(training, other);
  const lines = height - 1;
  if (scale === undefined || lines < 1) return ["no loss yet"].slice(0, height);
  const labels = [brief(scale.high), brief(scale.low)];
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const canvas = brailleCanvas(Math.max(4, width - margin), lines);
  const first = points[0].from, last = points.at(-1)!.to;
  const x = (epoch: number) => Math.round((epoch - first) / Math.max(1, last - first) * (canvas.width - 1));
  const y = verticalOf(scale, canvas.height);
  curve(canvas, pointsBehind(training, other), ({ loss }) => loss, { x, y, ink: 2, every: 3 });
  const hasValidation = points.some(({ validation }) => validation !== null);
  curve(canvas, points, ({ loss }) => loss, { x, y, ink: 0, every: hasValidation ? 2 : 1 });
  if (hasValidation) curve(canvas, points, ({ validation }) => validation, { x, y, ink: 1, every: 1 });
  const curves = canvas.lines((text, ink) => paint(level, INKS[ink], text));
  const label = (line: number) => line === 0 ? labels[0] : line === lines - 1 ? labels[1] : "";
  const best = training.last?.bestEpoch ?? 0;
  return [
    ...curves.map((text, line) => paint(level, "faint", label(line).padStart(margin - 1)) + ` ${text}`),
    " ".repeat(margin) +
    paint(level, "faint", epochAxis(canvas.width / 2, { first, last, best, column: x(best) >> 1 })),
  ];
}

function verticalOf({ low, high, logarithmic }: LossScale, height: number): (loss: number) => number {
  const place = logarithmic ? Math.log : (loss: number) => loss;
  const range = place(high) - place(low);
  // A flat curve runs through the middle.
  if (range === 0) return () => height >> 1;
  return (loss) => Math.round((place(high) - place(loss)) / range * (height - 1));
}

interface CurveOptions {
  x(epoch: number): number;
  y(loss: number): number;
  ink: number;
  every: number;
}

function curve(
  canvas: Canvas,
  points: readonly LossPoint[],
  of: (point: LossPoint) => Span | null,
  { x, y, ink, every }: CurveOptions,
): void {
  let before: readonly [number, number] | undefined;
  for (const point of points) {
    const span = of(point);
    if (span === null) {
      before = undefined;
      continue;
    }
    const column = x(point.to);
    const here = [column, y(span.last)] as const;
    if (span.low < span.high) canvas.line([column, y(span.high)], [column, y(span.low)], ink, every);
    canvas.line(before ?? here, here, ink, before === undefined ? 1 : every);
    before = here;
  }
}

/** The first and the last epoch, and a mark under the best. */
function epochAxis(
  width: number,
  { first, last, best, column }: { first: number; last: number; best: number; column: number },
): string {
  const left = `${first}`, right = last > first ? `${last}` : "";
  const mark = `▲ ${best}`;
  const axis = [...left.padEnd(width)];
  [...right].forEach((digit, index) => axis[width - right.length + index] = digit);
  const start = Math.min(column, width - mark.length);
  const free = start > left.length && start + mark.length < width - right.length;
  if (free) [...mark].forEach((letter, index) => axis[start + index] = letter);
  else if (column >= 0 && column < width && best > first && best < last && axis[column] === " ") {
    axis[column] = "▲";
  }
  return axis.join("").trimEnd();
}
