/**
 * The plane of the two dimensions that the arrows move along: the images, the cursor, the marks and the path between them.
 *
 * @module
 */
import { pixelCount } from "../../core/shape.ts";
import { type PlanePoint, type Scatter, scatterLines } from "../drawing/scatter.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { PanelSize } from "../panels/layout.ts";
import { type ExplorerModel, nearestSample } from "./model.ts";
import { morphPoints } from "./explore.ts";
import { type ExplorerState, originOf } from "./state.ts";

/** Where the cursor is. */
const CURSOR = "╋";

/** Lines of the plane. */
export function planeLines(
  state: ExplorerState,
  model: ExplorerModel,
  { width, height }: PanelSize,
  level: ColorLevel,
): string[] {
  const { axes, here, marks: { a, b } } = state;
  const onPlane = (
    point: readonly number[],
  ): PlanePoint => [point[axes[0]], axes[0] === axes[1] ? 0 : point[axes[1]]];
  const view = samplesOnPlane(model, axes, pixelCount({ height, width }));
  const spots = [here, ...[a, b].flatMap((spot) => spot ?? [])].map(({ point }) => onPlane(point));
  const window = windowOf(model, view.points, spots);
  const way = state.morph?.points ?? morphPoints(state, model);
  const origin = model.samples === null ? originOf(model.latent) : null;
  const letters = [["0", origin], ["A", a], ["B", b], [CURSOR, here]] as const;
  const marks = letters.flatMap(([letter, spot]) =>
    spot === null ? [] : [{ letter, point: onPlane(spot.point) }]
  );
  return scatterLines(view, { width, height, level, window, trail: way.map(onPlane), marks });
}

const drawn = new WeakMap<object, { key: string; view: Scatter }>();

/** The samples on a plane, as many as leave the dots distinguishable; cached until the plane changes. */
function samplesOnPlane(
  { samples, latent }: ExplorerModel,
  axes: readonly [number, number],
  room: number,
): Scatter {
  if (samples === null) return { points: [], labels: [], labelNames: [] };
  const key = `${axes} ${room}`, kept = drawn.get(samples);
  if (kept?.key === key) return kept.view;
  const { latents, labels, labelNames } = samples;
  const rows = Math.min(latents.length / latent, Math.max(100, room));
  const points = Array.from({ length: rows }, (_, row): [number, number] => [
    latents[row * latent + axes[0]],
    axes[0] === axes[1] ? 0 : latents[row * latent + axes[1]],
  ]);
  const view: Scatter = {
    points,
    labels: labels === null ? [] : Array.from({ length: rows }, (_, row) => labels[row]),
    labelNames: [...labelNames],
  };
  drawn.set(samples, { key, view });
  return view;
}

/** Margin around the points as a share of their range, and growth of the window when the cursor leaves it. */
const MARGIN = 0.05, GROWTH = 1.25;
/** Without points, the extent around the origin in units. */
const UNITS = 3;

/** The part of the plane to show: all points, and an area around them that contains all spots and grows in large steps, so that it rarely changes. */
function windowOf(
  { unit }: ExplorerModel,
  points: readonly (readonly [number, number])[],
  spots: readonly PlanePoint[],
) {
  const [x, y] = ([0, 1] as const).map((axis) => {
    let low = Infinity, high = -Infinity;
    for (const point of points) {
      if (!Number.isFinite(point[axis])) continue;
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
    if (!(high > low)) [low, high] = [-UNITS * unit, UNITS * unit];
    const middle = (low + high) / 2,
      farthest = Math.max(...spots.map((spot) => Math.abs(spot[axis] - middle)));
    let half = (high - low) * (0.5 + MARGIN);
    while (farthest > half && Number.isFinite(farthest)) half *= GROWTH;
    return [middle - half, middle + half] as const;
  });
  return { low: [x[0], y[0]], high: [x[1], y[1]] } as const;
}

/** The image nearest to the current point, or that at the point. */
export function neighbour({ here }: ExplorerState, { samples }: ExplorerModel) {
  if (samples === null) return undefined;
  if (here.sample !== null) return { index: here.sample, distance: 0 };
  return nearestSample(samples, here.point);
}
