/** The loss curves as lines of text. @module */
import { brailleCanvas, type Canvas } from "./braille.ts";
import { type LossPoint, pointsOf, type Span } from "./history.ts";
import { brief } from "./text.ts";
import { type ColorLevel, paint } from "./theme.ts";
import type { TrainingView } from "./view.ts";

/** How many times the lowest loss the highest has to be for a logarithmic scale. */
const LOG_RATIO = 10;

/** How large, and how coloured. */
export interface ChartOptions {
  /** Cells. */
  readonly width: number;
  /** Lines, the line of epochs below the curves included. At least 2. */
  readonly height: number;
  readonly level: ColorLevel;
}

/** The range of losses that a chart shows. */
export interface LossScale {
  readonly low: number;
  readonly high: number;
  readonly logarithmic: boolean;
}

/** From so many points on, the first tenth may leave the top of a linear chart, as it would flatten all that comes after. */
const ENOUGH_POINTS = 12;

/** The range of the losses; `undefined` when none is known. */
export function lossScale(points: readonly LossPoint[]): LossScale | undefined {
  const whole = rangeOf(points);
  if (whole === undefined) return undefined;
  if (whole.low > 0 && whole.high / whole.low >= LOG_RATIO) return { ...whole, logarithmic: true };
  const later = points.length < ENOUGH_POINTS ? whole : rangeOf(points.slice(Math.ceil(points.length / 10)));
  return { low: whole.low, high: later?.high ?? whole.high, logarithmic: false };
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

/** The chart: labels of the highest and lowest loss, the curves (training dotted where validation is there), and epochs below. */
export function lossChart(training: TrainingView, { width, height, level }: ChartOptions): string[] {
  const points = pointsOf(training.history);
  const scale = lossScale(points);
  const lines = height - 1;
  if (scale === undefined || lines < 1) return ["no loss yet"].slice(0, height);
  const labels = [brief(scale.high), brief(scale.low)];
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const canvas = brailleCanvas(Math.max(4, width - margin), lines);
  const first = points[0].from, last = points.at(-1)!.to;
  const x = (epoch: number) => Math.round((epoch - first) / Math.max(1, last - first) * (canvas.width - 1));
  const y = verticalOf(scale, canvas.height);
  const hasValidation = points.some(({ validation }) => validation !== null);
  curve(canvas, points, ({ loss }) => loss, { x, y, ink: 0, every: hasValidation ? 2 : 1 });
  if (hasValidation) curve(canvas, points, ({ validation }) => validation, { x, y, ink: 1, every: 1 });
  const curves = canvas.lines((text, ink) => paint(level, ink === 0 ? "train" : "validation", text));
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
