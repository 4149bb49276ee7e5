// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// K = latent dimensions, n = samples.

/**
 * The plane of the latent explorer: axes, decoded images as background, the samples, and the point.
 *
 * @module
 */
import { drawGrid, drawSamples, SQUARES } from "./plane_pictures.js";

/** @typedef {import("./explorer.js").ExplorerData} ExplorerData */
/** @typedef {import("./explorer.js").State} State */
/** @typedef {{ left: number, top: number, side: number, unit: number, toX: (px: number) => number, toY: (px: number) => number, atX: (z: number) => number, atY: (z: number) => number }} PlaneMap */

const LEFT = 34, BOTTOM = 24, EDGE = 8;

/**
 * The map from latent coordinates to CSS pixels of the canvas; `unit` is one pixel in latent units.
 *
 * @param {HTMLCanvasElement} plane
 * @param {ExplorerData} data
 * @param {State} state
 * @returns {PlaneMap}
 */
export function planeMap(plane, { low, high }, { x, y }) {
  const side = plane.clientWidth - LEFT - EDGE, height = plane.clientHeight - BOTTOM - EDGE;
  const wide = high[x] - low[x], tall = high[y] - low[y];
  return {
    left: LEFT,
    top: EDGE,
    side,
    unit: wide / side,
    toX: (px) => low[x] + (px - LEFT) / side * wide,
    toY: (px) => high[y] - (px - EDGE) / height * tall,
    atX: (z) => LEFT + (z - low[x]) / wide * side,
    atY: (z) => EDGE + (high[y] - z) / tall * height,
  };
}

/**
 * Draws the plane; returns whether all of it is drawn, or images behind it are left for further frames.
 *
 * @param {HTMLCanvasElement} plane
 * @param {{ data: ExplorerData, points: Float32Array, sheet: HTMLImageElement | null, state: State, decoder: import("./decoder.js").Decoder }} view
 * @returns {boolean}
 */
export function drawPlane(plane, { data, points, sheet, state, decoder }) {
  const context = plane.getContext("2d"), scale = devicePixelRatio || 1;
  if (context === null) return true;
  const width = plane.clientWidth, height = plane.clientHeight;
  if (plane.width !== Math.round(width * scale) || plane.height !== Math.round(height * scale)) {
    plane.width = Math.round(width * scale);
    plane.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const map = planeMap(plane, data, state);
  const style = getComputedStyle(plane), ink = style.color;
  const squares = state.grid ? drawGrid(context, { data, state, decoder, map, ink }) : SQUARES;
  drawAxes(context, data, state, map, ink, style.fontFamily);
  drawSamples(context, { data, points, sheet, state, map, style, ink });
  drawHandle(context, map.atX(state.z[state.x]), map.atY(state.z[state.y]), style);
  return squares === SQUARES;
}

/**
 * Round tick values that divide a range into about five parts.
 *
 * @param {number} low
 * @param {number} high
 * @returns {number[]}
 */
function ticksOf(low, high) {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const ticks = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ExplorerData} data
 * @param {State} state
 * @param {PlaneMap} map
 * @param {string} ink
 * @param {string} family
 */
function drawAxes(context, { low, high }, { x, y }, map, ink, family) {
  const right = map.atX(high[x]), bottom = map.atY(low[y]);
  context.strokeStyle = context.fillStyle = ink;
  context.font = `11px ${family}`;
  context.lineWidth = 1;
  for (const tick of ticksOf(low[x], high[x])) {
    context.globalAlpha = tick === 0 ? 0.35 : 0.1;
    context.strokeRect(map.atX(tick), map.top, 0, bottom - map.top);
    context.globalAlpha = 0.75;
    context.textAlign = "center";
    context.fillText(String(tick), map.atX(tick), bottom + 14);
  }
  for (const tick of ticksOf(low[y], high[y])) {
    context.globalAlpha = tick === 0 ? 0.35 : 0.1;
    context.strokeRect(map.left, map.atY(tick), right - map.left, 0);
    context.globalAlpha = 0.75;
    context.textAlign = "right";
    context.fillText(String(tick), map.left - 5, map.atY(tick) + 4);
  }
  context.globalAlpha = 0.75;
  context.textAlign = "right";
  context.fillText(`z${x + 1} →`, right, bottom + 14);
  context.textAlign = "left";
  context.fillText(`↑ z${y + 1}`, map.left + 4, map.top + 11);
  context.globalAlpha = 1;
}

/**
 * The point that is dragged.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} px
 * @param {number} py
 * @param {CSSStyleDeclaration} style
 */
function drawHandle(context, px, py, style) {
  for (
    const [radius, colour] of /** @type {const} */ ([[9, style.getPropertyValue("--page")], [
      7,
      style.getPropertyValue("--handle"),
    ]])
  ) {
    context.beginPath();
    context.arc(px, py, radius, 0, 7);
    context.lineWidth = 3;
    context.strokeStyle = colour;
    context.stroke();
  }
  context.beginPath();
  context.arc(px, py, 2, 0, 7);
  context.fillStyle = style.getPropertyValue("--handle");
  context.fill();
}
