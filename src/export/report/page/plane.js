// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// K = latent numbers, n = samples.

/**
 * The plane of the latent explorer: axes, what the decoder makes all over it, where the samples lie, and the point.
 *
 * @module
 */
import { decode } from "./decoder.js";

/** @typedef {import("./explorer.js").ExplorerData} ExplorerData */
/** @typedef {import("./explorer.js").State} State */
/** @typedef {{ left: number, top: number, side: number, unit: number, toX: (px: number) => number, toY: (px: number) => number, atX: (z: number) => number, atY: (z: number) => number }} PlaneMap */

const LEFT = 34, BOTTOM = 24, EDGE = 8;

/**
 * How latent numbers become CSS pixels of the canvas; `unit` is a pixel in latent numbers.
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
 * @param {HTMLCanvasElement} plane
 * @param {{ data: ExplorerData, points: Float32Array, sheet: HTMLImageElement | null, state: State, layers: import("./decoder.js").DenseLayer[] }} view
 */
export function drawPlane(plane, { data, points, sheet, state, layers }) {
  const context = plane.getContext("2d"), scale = devicePixelRatio || 1;
  if (context === null) return;
  const width = plane.clientWidth, height = plane.clientHeight;
  if (plane.width !== Math.round(width * scale) || plane.height !== Math.round(height * scale)) {
    plane.width = Math.round(width * scale);
    plane.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const map = planeMap(plane, data, state);
  const style = getComputedStyle(plane), ink = style.color;
  if (state.grid) drawGrid(context, { data, state, layers, map, ink });
  drawAxes(context, data, state, map, ink, style.fontFamily);
  drawSamples(context, { data, points, sheet, state, map, style, ink });
  drawHandle(context, map.atX(state.z[state.x]), map.atY(state.z[state.y]), style);
}

/** @type {{ key: string, canvas: HTMLCanvasElement } | null} */
let lastGrid = null;

/**
 * What the decoder makes at the middle of each of some squares, as faint ink. Kept until something that it depends on changes.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ data: ExplorerData, state: State, layers: import("./decoder.js").DenseLayer[], map: PlaneMap, ink: string }} view
 */
function drawGrid(context, { data, state, layers, map, ink }) {
  const { x, y, z } = state, { width, height, low, high } = data;
  const across = 15, others = z.map((value, k) => k === x || k === y ? 0 : value);
  const key = JSON.stringify([x, y, others, ink]);
  if (lastGrid?.key !== key) {
    const canvas = document.createElement("canvas"), own = canvas.getContext("2d");
    canvas.width = across * width;
    canvas.height = across * height;
    if (own === null) return;
    const [red, green, blue] = ink.match(/\d+/g)?.map(Number) ?? [0, 0, 0];
    const image = own.createImageData(canvas.width, canvas.height), point = z.slice();
    for (let square = 0; square < across * across; square++) {
      const column = square % across, row = Math.floor(square / across);
      point[x] = low[x] + (column + 0.5) / across * (high[x] - low[x]);
      point[y] = high[y] - (row + 0.5) / across * (high[y] - low[y]);
      decode(layers, point).forEach((value, at) => {
        const place = 4 *
          ((row * height + Math.floor(at / width)) * canvas.width + column * width + at % width);
        image.data.set([red, green, blue, 120 * Math.min(1, Math.max(0, value))], place);
      });
    }
    own.putImageData(image, 0, 0);
    lastGrid = { key, canvas };
  }
  context.imageSmoothingEnabled = true;
  const right = map.atX(high[x]), bottom = map.atY(low[y]);
  context.drawImage(lastGrid.canvas, map.left, map.top, right - map.left, bottom - map.top);
}

/**
 * Round numbers that part a range into about five.
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

/** @type {{ key: string, canvas: HTMLCanvasElement } | null} */
let lastMarks = null;

/**
 * A sheet as ink: where it is white, the colour covers.
 *
 * @param {HTMLImageElement} sheet
 * @param {string} ink
 * @returns {HTMLCanvasElement}
 */
function inkSheet(sheet, ink) {
  if (lastMarks?.key === ink) return lastMarks.canvas;
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
  canvas.width = sheet.naturalWidth;
  canvas.height = sheet.naturalHeight;
  if (context !== null) {
    context.drawImage(sheet, 0, 0);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    const [red, green, blue] = ink.match(/\d+/g)?.map(Number) ?? [0, 0, 0];
    for (let at = 0; at < image.data.length; at += 4) image.data.set([red, green, blue, image.data[at]], at);
    context.putImageData(image, 0, 0);
  }
  lastMarks = { key: ink, canvas };
  return canvas;
}

/**
 * The samples: a dot each in the colour of its class, or, when they are few, the images themselves.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ data: ExplorerData, points: Float32Array, sheet: HTMLImageElement | null, state: State, map: PlaneMap, style: CSSStyleDeclaration, ink: string }} view
 */
function drawSamples(context, { data, points, sheet, state, map, style, ink }) {
  const { count, latent, labels, width, height } = data,
    few = count <= 64 && sheet !== null && data.sheet !== null;
  const size = Math.max(1, Math.round(22 / height));
  for (let at = 0; at < count; at++) {
    const px = map.atX(points[at * latent + state.x]), py = map.atY(points[at * latent + state.y]);
    const chosen = at === state.sample;
    if (few && sheet !== null && data.sheet !== null) {
      const place = at * (data.sheet.nearest ? 2 : 1), { columns } = data.sheet;
      context.imageSmoothingEnabled = false;
      const marks = inkSheet(sheet, style.getPropertyValue("--mark").trim() || ink);
      context.drawImage(
        marks,
        place % columns * width,
        Math.floor(place / columns) * height,
        width,
        height,
        px - width * size / 2,
        py - height * size / 2,
        width * size,
        height * size,
      );
    } else {
      context.globalAlpha = chosen ? 1 : 0.8;
      context.fillStyle = style.getPropertyValue(`--label-${(labels[at] ?? 0) % 10}`) || ink;
      context.beginPath();
      context.arc(px, py, chosen ? 5 : 2.6, 0, 7);
      context.fill();
    }
    if (!chosen) continue;
    context.globalAlpha = 1;
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.strokeRect(
      px - (few ? width * size / 2 + 3 : 8),
      py - (few ? height * size / 2 + 3 : 8),
      few ? width * size + 6 : 16,
      few ? height * size + 6 : 16,
    );
  }
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
