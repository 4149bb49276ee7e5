/** The plane of two latent numbers as lines of text. @module */
import { brailleCanvas } from "./braille.ts";
import { cut } from "./text.ts";
import { type ColorLevel, paintClass } from "./theme.ts";
import type { LatentView } from "./view.ts";

/** More names than this are names of points, not of classes: each stands where its point lies. */
const MOST_CLASSES = 20;

/** Points as dots, one colour a class, and the name of each class in the middle of its points. */
export function scatterLines(
  { points, labels, labelNames }: LatentView,
  { width, height, level }: { width: number; height: number; level: ColorLevel },
): string[] {
  const finite = points.flatMap((point, index) => point.every(Number.isFinite) ? [{ point, index }] : []);
  if (finite.length === 0 || width < 2 || height < 1) return [];
  const canvas = brailleCanvas(width, height);
  const x = placer(finite.map(({ point }) => point[0]), canvas.width);
  const up = placer(finite.map(({ point }) => point[1]), canvas.height);
  const y = (value: number) => canvas.height - 1 - up(value);
  const classes = new Map<number, { xs: number[]; ys: number[] }>();
  for (const { point, index } of finite) {
    const label = labels[index] ?? 0;
    canvas.dot(x(point[0]), y(point[1]), label % 256);
    const group = classes.get(label) ?? { xs: [], ys: [] };
    group.xs.push(x(point[0]));
    group.ys.push(y(point[1]));
    classes.set(label, group);
  }
  const longest = labelNames.length > MOST_CLASSES ? 3 : 8;
  for (const [label, { xs, ys }] of labels.length === 0 ? [] : classes) {
    const name = cut(labelNames[label] ?? "", longest);
    canvas.letters((median(xs) >> 1) - (name.length >> 1), median(ys) >> 2, name, label % 256);
  }
  return canvas.lines((text, ink) => paintClass(level, ink, text));
}

/** Maps the range of the values onto 0 to size - 1. */
function placer(values: readonly number[], size: number): (value: number) => number {
  const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
  if (high === low) return () => size >> 1;
  return (value) => Math.round((value - low) / (high - low) * (size - 1));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
