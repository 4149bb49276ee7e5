// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// K = latent dimensions, n = samples.

/**
 * Pointer and keys on the plane of the latent explorer.
 *
 * @module
 */
import { planeMap } from "./plane.js";

/** @typedef {import("./explorer.js").ExplorerData} ExplorerData */
/** @typedef {import("./explorer.js").State} State */

/**
 * The sample nearest to a point of the plane, and how far it is there.
 *
 * @param {ExplorerData} data
 * @param {Float32Array} points
 * @param {State} state
 * @param {number} zx
 * @param {number} zy
 * @returns {{ sample: number, distance: number }}
 */
export function nearestSample({ count, latent }, points, { x, y }, zx, zy) {
  let sample = -1, distance = Infinity;
  for (let at = 0; at < count; at++) {
    const here = Math.hypot(points[at * latent + x] - zx, points[at * latent + y] - zy);
    if (here < distance) [sample, distance] = [at, here];
  }
  return { sample, distance };
}

/**
 * Lets the point be dragged, and moved by the arrow keys; the sample under the pointer is shown.
 *
 * @param {HTMLCanvasElement} plane
 * @param {{ data: ExplorerData, points: Float32Array, state: State, show: () => void, showSample: (sample: number) => void }} explorer
 */
export function listenToPlane(plane, { data, points, state, show, showSample }) {
  let dragging = false;
  /** @param {PointerEvent} event */
  const point = ({ offsetX, offsetY }) => {
    const map = planeMap(plane, data, state);
    return { zx: map.toX(offsetX), zy: map.toY(offsetY), unit: map.unit };
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const { zx, zy, unit } = point(event);
    if (dragging) {
      state.z[state.y] = zy;
      state.z[state.x] = zx;
      show();
    }
    const { sample, distance } = nearestSample(data, points, state, zx, zy);
    if (distance < 14 * unit) showSample(sample);
  };
  plane.addEventListener("pointerdown", (event) => {
    dragging = true;
    plane.setPointerCapture(event.pointerId);
    move(event);
  });
  plane.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) plane.addEventListener(end, () => dragging = false);
  plane.addEventListener("keydown", (event) => {
    const step = (event.shiftKey ? 5 : 1) * (data.high[state.x] - data.low[state.x]) / 60;
    const [dx, dy] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (event.key === "Home") state.z = data.mean.slice();
    else if (dx === 0 && dy === 0) return;
    state.z[state.x] += dx * step;
    state.z[state.y] += dy * step;
    event.preventDefault();
    show();
  });
}
