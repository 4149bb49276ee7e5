// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// K = latent dimensions, n = samples.

/**
 * The contents of the latent explorer's plane: decoded images as background, and the samples.
 *
 * @module
 */
import { decode } from "./decoder.js";

/** @typedef {import("./explorer.js").ExplorerData} ExplorerData */
/** @typedef {import("./explorer.js").State} State */
/** @typedef {import("./plane.js").PlaneMap} PlaneMap */

/**
 * The red, green and blue of a colour as `rgb(...)`.
 *
 * @param {string} colour
 * @returns {number[]}
 */
function channelsOf(colour) {
  return colour.match(/\d+/g)?.slice(0, 3).map(Number) ?? [0, 0, 0];
}

/**
 * The red, green and blue of a decoded pixel, from 0 to 255.
 *
 * @param {Float32Array} values
 * @param {number} pixel
 * @param {number} channels
 * @returns {number[]}
 */
export function colourAt(values, pixel, channels) {
  return [0, 1, 2].map((channel) => {
    const value = values[pixel * channels + (channels === 1 ? 0 : channel)];
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  });
}

/** Pictures on a side of the grid; the opacity of their ink, or of their colours, of 255. */
const ACROSS = 15, FAINT = 110;
/** Pictures of the whole grid. */
export const SQUARES = ACROSS * ACROSS;

/** How long a frame decodes images of the grid, in milliseconds: large decoders take seconds for all of them. */
const GRID_MS = 12;

/** @type {{ key: string, canvas: HTMLCanvasElement, image: ImageData, squares: number } | null} */
let lastGrid = null;

/**
 * The decoded image at the centre of each square of a grid, as faint ink or in faint colours; cached until its inputs change. A frame draws
 * as many as it has time for, in place of those of earlier inputs.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ data: ExplorerData, state: State, decoder: import("./decoder.js").Decoder, map: PlaneMap, ink: string }} view
 * @returns {number} How many squares are drawn, of {@link SQUARES}.
 */
export function drawGrid(context, view) {
  const { data: { width, height, low, high }, state: { x, y, z, place }, map, ink } = view;
  const key = JSON.stringify([x, y, place, z.map((value, k) => k === x || k === y ? 0 : value), ink]);
  lastGrid ??= { key, ...emptyGrid(view.data), squares: 0 };
  if (lastGrid.key !== key) Object.assign(lastGrid, { key, squares: 0 });
  if (lastGrid.squares < SQUARES) {
    const end = performance.now() + GRID_MS;
    do drawSquare(lastGrid.image, lastGrid.squares++, view); while (
      lastGrid.squares < SQUARES && performance.now() < end
    );
    lastGrid.canvas.getContext("2d")?.putImageData(lastGrid.image, 0, 0);
  }
  context.imageSmoothingEnabled = Math.min(width, height) >= 16;
  const right = map.atX(high[x]), bottom = map.atY(low[y]);
  context.drawImage(lastGrid.canvas, map.left, map.top, right - map.left, bottom - map.top);
  return lastGrid.squares;
}

/**
 * The sizes of a square of the grid; small images have a gap between them.
 *
 * @param {ExplorerData} data
 */
function squareOf({ width, height }) {
  const gap = Math.min(width, height) < 16 ? 2 : 0;
  return { gap, wide: width + gap, tall: height + gap };
}

/**
 * A grid without images, a pixel of an image as a pixel.
 *
 * @param {ExplorerData} data
 */
function emptyGrid(data) {
  const { wide, tall } = squareOf(data), canvas = document.createElement("canvas");
  canvas.width = ACROSS * wide;
  canvas.height = ACROSS * tall;
  return { canvas, image: new ImageData(canvas.width, canvas.height) };
}

/**
 * Decodes the image of a square.
 *
 * @param {ImageData} image
 * @param {number} square Row by row, from the top left.
 * @param {{ data: ExplorerData, state: State, decoder: import("./decoder.js").Decoder, ink: string }} view
 */
function drawSquare(image, square, { data, state: { x, y, z }, decoder, ink }) {
  const { width, channels, low, high } = data, { gap, wide, tall } = squareOf(data), point = z.slice();
  const column = square % ACROSS, row = Math.floor(square / ACROSS), [red, green, blue] = channelsOf(ink);
  point[y] = high[y] - (row + 0.5) / ACROSS * (high[y] - low[y]);
  point[x] = low[x] + (column + 0.5) / ACROSS * (high[x] - low[x]);
  const first = (row * tall + gap / 2) * image.width + column * wide + gap / 2;
  const decoded = decode(decoder, point);
  for (let at = 0; at < decoded.length / channels; at++) {
    const place = first + Math.floor(at / width) * image.width + at % width;
    const colour = colourAt(decoded, at, channels);
    const seen = channels === 1 ? [red, green, blue, FAINT * colour[0] / 255] : [...colour, FAINT];
    image.data.set(seen, 4 * place);
  }
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
    const [red, green, blue] = channelsOf(ink);
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
export function drawSamples(context, { data, points, sheet, state, map, style, ink }) {
  const { count, latent, labels, width, height } = data,
    few = count <= 64 && sheet !== null && data.sheet !== null;
  const size = Math.max(1, Math.round(22 / height));
  for (let at = 0; at < count; at++) {
    const px = map.atX(points[at * latent + state.x]), py = map.atY(points[at * latent + state.y]);
    const chosen = at === state.sample;
    const colour = style.getPropertyValue(`--label-${(labels[at] ?? 0) % 10}`) || ink;
    if (few && sheet !== null) {
      const mark = style.getPropertyValue("--mark").trim() || ink;
      drawPicture(context, data, sheet, at, { px, py, size, mark, colour });
    } else {
      context.globalAlpha = chosen ? 1 : 0.8;
      context.fillStyle = colour;
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
 * A sample as its image around a point. A grey one is drawn in the colour of marks; one in colour shows its class by a frame.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {ExplorerData} data
 * @param {HTMLImageElement} sheet
 * @param {number} sample
 * @param {{ px: number, py: number, size: number, mark: string, colour: string }} place
 */
function drawPicture(context, { sheet: tiles, width, height, channels }, sheet, sample, place) {
  if (tiles === null) return;
  const { px, py, size, mark, colour } = place, tile = sample * (tiles.nearest ? 2 : 1);
  const left = px - width * size / 2, top = py - height * size / 2;
  context.imageSmoothingEnabled = false;
  context.drawImage(
    channels === 1 ? inkSheet(sheet, mark) : sheet,
    tile % tiles.columns * width,
    Math.floor(tile / tiles.columns) * height,
    width,
    height,
    left,
    top,
    width * size,
    height * size,
  );
  if (channels !== 3) return;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.strokeRect(left, top, width * size, height * size);
}
