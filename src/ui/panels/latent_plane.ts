/**
 * The latent plane of a training with its scale. For a VAE, the unit circle of the prior shows whether the points have collapsed or
 * lie outside the prior.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";
import type { PanelSize } from "./layout.ts";
import { type PlanePoint, scatterLines } from "../drawing/scatter.ts";
import { brief, cut, displayWidth } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import type { LatentView } from "../../run/fold/view.ts";

/** Minimum extent of the plane if there is a prior, in standard deviations. */
const REACH = 1.1;

/** The part of the plane that is shown. */
interface Window {
  readonly low: PlanePoint;
  readonly high: PlanePoint;
}

/** A title with the scale, and the points. */
export function latentLines(latent: LatentView, { width, height }: PanelSize, level: ColorLevel): string[] {
  const plane = { width, height: height - 1 }, hasPrior = latent.prior !== undefined;
  const window = windowOf(latent.points, hasPrior, plane);
  const circles = hasPrior ? [1] : [];
  return [
    titleLine(latent, window, width, level),
    ...scatterLines(latent, { ...plane, level, window, circles }),
  ];
}

/** The window that contains all points; with a prior also its unit circle, at one scale for both axes. `undefined` without finite points. */
function windowOf(
  points: LatentView["points"],
  hasPrior: boolean,
  { width, height }: PanelSize,
): Window | undefined {
  const finite = points.filter((point) => point.every(Number.isFinite));
  if (finite.length === 0) return undefined;
  const [x, y] = ([0, 1] as const).map((axis) => {
    const values = finite.map((point) => point[axis]);
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    return hasPrior ? [Math.min(low, -REACH), Math.max(high, REACH)] : [low, high];
  });
  if (!hasPrior) return { low: [x[0], y[0]], high: [x[1], y[1]] };
  // Braille dots are evenly spaced in both directions, so the circle is round.
  const across = 2 * width - 1, up = 4 * Math.max(1, height) - 1;
  const dot = Math.max((x[1] - x[0]) / across, (y[1] - y[0]) / up);
  const edges = ([low, high]: number[], dots: number) =>
    [-1, 1].map((side) => (low + high) / 2 + side * dot * dots / 2);
  const [left, right] = edges(x, across), [bottom, top] = edges(y, up);
  return { low: [left, bottom], high: [right, top] };
}

/** `latent space, epoch 20   z1 -3.1 to 3.2   z2 -2.8 to 3   ○ N(0, 1): radius 1`, shortened to fit; the scale has priority. */
function titleLine(
  { epoch, prior }: LatentView,
  window: Window | undefined,
  width: number,
  level: ColorLevel,
): string {
  const whole = `latent space, epoch ${countText(epoch)}`, short = `latent, epoch ${countText(epoch)}`;
  if (window === undefined) return paint(level, "strong", cut(whole, width));
  const { low, high } = window;
  const range = (axis: 0 | 1, to: string) =>
    `z${axis + 1} ${edgeText(low[axis])}${to}${edgeText(high[axis])}`;
  const ranges = `   ${range(0, " to ")}   ${range(1, " to ")}`,
    tight = `${range(0, "..")} ${range(1, "..")}`;
  const circle = prior === undefined ? "" : "   ○ N(0, 1): radius 1";
  // On the narrowest panels: the width and height of the plane.
  const span = `span ${edgeText(high[0] - low[0])} x ${edgeText(high[1] - low[1])}`;
  const choices = [
    [whole, ranges + circle],
    [whole, ranges],
    [short, ranges],
    [short, `  ${tight}`],
    ["latent", `  ${tight}`],
    ["latent", `  ${span}`],
    ["", span],
  ];
  const [title, scale] = choices.find(([title, scale]) => displayWidth(title + scale) <= width) ??
    ["", cut(span, width)];
  return paint(level, "strong", title) + paint(level, "faint", scale);
}

/** Two digits are enough for the edge of a plane. */
function edgeText(value: number): string {
  return Math.abs(value) < 1e-12 ? "0" : brief(Number(value.toPrecision(2)));
}
