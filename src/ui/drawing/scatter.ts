/** A scatter plot of two latent dimensions as lines of text. @module */
import { brailleCanvas, type Canvas, type Dot } from "./braille.ts";
import { cut } from "../text/text.ts";
import { type ColorLevel, paint, paintClass } from "../terminal/theme.ts";
import type { LatentView } from "../../run/fold/view.ts";

/** With more names than this, each is the name of a single point, not of a class. */
const MOST_CLASSES = 20;
/** Lower inks are those of classes. */
const OVER = 255, CIRCLE = 254;

/** Coordinates: horizontal and vertical. */
export type PlanePoint = readonly [across: number, up: number];

/** Points with their classes. */
export type Scatter = Pick<LatentView, "points" | "labels" | "labelNames">;

/** Size of the plot, and what is drawn over the points. */
export interface BrailleScatterOptions {
  readonly width: number;
  readonly height: number;
  readonly level: ColorLevel;
  /** The part of the plane that is shown. @default the smallest that contains all points */
  readonly window?: { readonly low: PlanePoint; readonly high: PlanePoint };
  /** Radii of circles around the origin, over the points. @default none */
  readonly circles?: readonly number[];
  /** Points joined by straight lines, over the other points. @default none */
  readonly trail?: readonly PlanePoint[];
  /** Letters over everything else. @default none */
  readonly marks?: readonly { readonly point: PlanePoint; readonly letter: string }[];
}

/** Points as dots, one colour per class, with the name of each class at the median of its points. */
export function scatterLines(
  { points, labels, labelNames }: Scatter,
  options: BrailleScatterOptions,
): string[] {
  const { width, height, level, window, circles = [], trail = [], marks = [] } = options;
  const finite = points.flatMap((point, index) => point.every(Number.isFinite) ? [{ point, index }] : []);
  if ((finite.length === 0 && window === undefined) || width < 2 || height < 1) return [];
  const canvas = brailleCanvas(width, height);
  const range = (axis: 0 | 1) =>
    window === undefined
      ? rangeOf(finite.map(({ point }) => point[axis]))
      : [window.low[axis], window.high[axis]];
  const x = placer(range(0), canvas.width), up = placer(range(1), canvas.height);
  const place = (point: PlanePoint): Dot => [x(point[0]), canvas.height - 1 - up(point[1])];
  const dots = finite.map(({ point, index }) => ({ label: labels[index] ?? 0, dot: place(point) }));
  for (const { label, dot } of dots) canvas.dot(...dot, label % CIRCLE);
  circles.forEach((radius) => drawCircle(canvas, radius, place));
  const joined = trail.filter((point) => point.every(Number.isFinite)).map(place);
  joined.slice(1).forEach((to, index) => canvas.line(joined[index], to, OVER));
  const letters = ([column, row]: Dot, text: string, ink: number) =>
    canvas.letters((column >> 1) - (text.length >> 1), row >> 2, text, ink);
  const longest = labelNames.length > MOST_CLASSES ? 3 : 8;
  for (const [label, center] of labels.length === 0 ? [] : classCenters(dots)) {
    letters(center, cut(labelNames[label] ?? "", longest), label % CIRCLE);
  }
  for (const { point, letter } of marks) {
    if (point.every(Number.isFinite)) letters(place(point), letter, OVER);
  }
  return canvas.lines((text, ink) => paintInk(level, ink, text));
}

/** Draws a circle around the origin, in enough steps to leave no gap even if the circumference spans the canvas. */
function drawCircle(canvas: Canvas, radius: number, place: (point: PlanePoint) => Dot): void {
  const steps = 4 * (canvas.width + canvas.height);
  for (let step = 0; step < steps; step++) {
    const angle = 2 * Math.PI * step / steps;
    canvas.dot(...place([radius * Math.cos(angle), radius * Math.sin(angle)]), CIRCLE);
  }
}

/** The median of the dots of each class, where its name goes; classes in the order of their first dots. */
function classCenters(dots: readonly { readonly label: number; readonly dot: Dot }[]): Map<number, Dot> {
  const groups = Map.groupBy(dots, ({ label }) => label);
  return new Map(
    [...groups].map(([label, group]) => [
      label,
      [median(group.map(({ dot }) => dot[0])), median(group.map(({ dot }) => dot[1]))],
    ]),
  );
}

function paintInk(level: ColorLevel, ink: number, text: string): string {
  if (ink === OVER) return paint(level, "strong", text);
  return ink === CIRCLE ? paint(level, "faint", text) : paintClass(level, ink, text);
}

function rangeOf(values: readonly number[]): [low: number, high: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** Maps a range onto 0 to size - 1. */
function placer([low, high]: readonly number[], size: number): (value: number) => number {
  if (high === low) return () => size >> 1;
  return (value) => Math.round((value - low) / (high - low) * (size - 1));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
