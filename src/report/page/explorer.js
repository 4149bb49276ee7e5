// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// K = latent dimensions, n = samples.

/**
 * The latent explorer: a point on a plane through the latent space, dragged or moved by keys; the decoder runs here and draws at once.
 *
 * @module
 */
import { dataOf, drawTile, loadSheet } from "./controls.js";
import { decode, floatsOf, setClass, unpackDecoder } from "./decoder.js";
import { drawPlane } from "./plane.js";
import { colourAt } from "./plane_pictures.js";
import { listenToPlane, nearestSample } from "./plane_input.js";

/**
 * The explorer's data in the page.
 *
 * @typedef {{
 *   decoder: import("./decoder.js").PackedDecoder, latent: number, height: number, width: number, channels: number,
 *   points: string, count: number, labels: number[], labelNames: string[], captions: string[],
 *   classes: { name: string, label: number }[],
 *   sheet: { address: string, columns: number, nearest: boolean } | null, distances: (number | null)[],
 *   mean: number[], spread: number[], low: number[], high: number[], x: number, y: number,
 * }} ExplorerData
 */

/**
 * The current state.
 *
 * @typedef {{ z: number[], x: number, y: number, sample: number, grid: boolean, place: number }} State
 */

/** Starts the explorer, where the page has one: the section of a decoder that is too large only says so. */
export async function explore() {
  const section = document.querySelector("#explorer:has(.explorer)");
  if (section === null) return;
  /** @type {ExplorerData} */
  const data = dataOf(section);
  const points = floatsOf(data.points), plane = canvasOf(section, "#plane");
  const sheet = data.sheet === null ? null : await loadSheet(data.sheet.address);
  /** @type {State} */
  const state = {
    z: startOf(data, points),
    x: data.x,
    y: data.y,
    sample: -1,
    grid: /** @type {any} */ (section.querySelector("#behind"))?.checked ?? false,
    place: 0,
  };
  const show = shower(section, plane, { data, points, sheet, state, decoder: unpackDecoder(data.decoder) });

  /** @param {number} sample */
  function showSample(sample) {
    if (sample === state.sample) return;
    state.sample = sample;
    describeSample(/** @type {Element} */ (section), data, sheet, sample);
    show();
  }
  listenToPlane(plane, { data, points, state, show, showSample });
  listenToControls(section, { data, points, state, show, showSample });
  new ResizeObserver(show).observe(plane);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  describeSample(section, data, sheet, -1);
  if (data.count > 0) {
    showSample(nearestSample(data, points, state, state.z[state.x], state.z[state.y]).sample);
  }
  show();
}

/**
 * @param {Element} section
 * @param {string} selector
 * @returns {HTMLCanvasElement}
 */
function canvasOf(section, selector) {
  return /** @type {any} */ (section.querySelector(selector));
}

/**
 * Returns a function that shows the state: the point decoded, the sliders, and the plane.
 *
 * @param {Element} section
 * @param {HTMLCanvasElement} plane
 * @param {Parameters<typeof drawPlane>[1]} shown
 */
function shower(section, plane, shown) {
  const { data, points, state, decoder } = shown, decoded = canvasOf(section, "#decoded");
  /** @type {any[]} */
  const sliders = [...section.querySelectorAll("input[data-dimension]")];
  const where = /** @type {Element} */ (section.querySelector("#where"));
  const draw = inNextFrame(() => {
    setClass(decoder, state.place);
    drawImage(decoded, decode(decoder, state.z), data.channels);
    sliders.forEach((slider) => setSlider(slider, state.z[Number(slider.dataset.dimension)]));
    where.textContent = whereText(state, data, points);
  });
  // The images behind the plane may take several frames.
  const drawWholePlane = inNextFrame(() => {
    const isWhole = drawPlane(plane, shown);
    plane.dataset.background = isWhole ? "whole" : "part";
    if (!isWhole) drawWholePlane();
  });
  return () => {
    plane.dataset.point = JSON.stringify(state.z);
    draw();
    drawWholePlane();
  };
}

/**
 * Returns a function that draws in the next frame; calls until then are merged.
 *
 * @param {() => void} draw
 */
function inNextFrame(draw) {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  };
}

/**
 * The sliders, the choices of a plane and of a sample, and the buttons.
 *
 * @param {Element} section
 * @param {{ data: ExplorerData, points: Float32Array, state: State, show: () => void, showSample: (sample: number) => void }} explorer
 */
function listenToControls(section, { data, points, state, show, showSample }) {
  /** @param {string} selector @param {string} type @param {(value: string, element: any) => void} act */
  const on = (selector, type, act) => {
    for (const element of /** @type {NodeListOf<any>} */ (section.querySelectorAll(selector))) {
      element.addEventListener(type, () => {
        act(element.value, element);
        show();
      });
    }
  };
  /** @param {number} place A class of the model; below 0: none, and the choice stays. */
  const chooseClass = (place) => {
    if (place < 0) return;
    state.place = place;
    const choice = /** @type {HTMLSelectElement | null} */ (section.querySelector("#class-choice"));
    if (choice !== null) choice.value = String(place);
  };
  on("input[data-dimension]", "input", (value, slider) => {
    state.z[Number(slider.dataset.dimension)] = Number(value);
  });
  on("#axis-x", "change", (value) => state.x = Number(value));
  on("#axis-y", "change", (value) => state.y = Number(value));
  on("#behind", "change", (_value, box) => state.grid = box.checked);
  on("#sample-choice", "change", (value) => {
    const sample = Number(value);
    if (sample < 0) return;
    state.z = [...points.subarray(sample * data.latent, (sample + 1) * data.latent)];
    chooseClass(data.classes.findIndex(({ label }) => label === data.labels[sample]));
    showSample(sample);
  });
  on("#class-choice", "change", (value) => state.place = Number(value));
  on("#centre", "click", () => state.z = data.mean.slice());
  on("#draw", "click", () => state.z = data.mean.map((mean, k) => mean + data.spread[k] * normalNumber()));
}

/**
 * The initial point: the origin of a plane, or the first sample where there are more latent dimensions, as the origin of
 * those is rarely a realistic image.
 *
 * @param {ExplorerData} data
 * @param {Float32Array} points
 * @returns {number[]}
 */
function startOf({ latent, count, mean }, points) {
  return latent > 2 && count > 0 ? [...points.subarray(0, latent)] : mean.slice();
}

/** A normal number (Box and Muller 1958); used for exploration only, never for results. */
function normalNumber() {
  const [a, b] = crypto.getRandomValues(new Uint32Array(2));
  return Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32)) * Math.cos(2 * Math.PI * b / 2 ** 32);
}

/**
 * Draws values in [0, 1] on a canvas of the image's own size.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} values
 * @param {number} channels
 */
function drawImage(canvas, values, channels) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let pixel = 0; pixel < values.length / channels; pixel++) {
    image.data.set([...colourAt(values, pixel, channels), 255], 4 * pixel);
  }
  context.putImageData(image, 0, 0);
}

/**
 * @param {HTMLInputElement} slider
 * @param {number} value
 */
function setSlider(slider, value) {
  slider.value = String(value);
  const output = slider.parentElement?.querySelector("output");
  if (output) output.textContent = value.toFixed(2);
}

/**
 * @param {State} state
 * @param {ExplorerData} data
 * @param {Float32Array} points
 * @returns {string}
 */
function whereText(state, data, points) {
  const { z, x, y } = state;
  const here = `z${x + 1} = ${z[x].toFixed(2)}, z${y + 1} = ${z[y].toFixed(2)}`;
  const { sample } = nearestSample(data, points, state, z[x], z[y]);
  return sample < 0 ? here : `${here}; nearest sample in this plane: ${data.captions[sample]}`;
}

/**
 * Shows a sample and the training image nearest to it.
 *
 * @param {Element} section
 * @param {ExplorerData} data
 * @param {HTMLImageElement | null} sheet
 * @param {number} sample
 */
function describeSample(section, data, sheet, sample) {
  const box = /** @type {HTMLElement | null} */ (section.querySelector("#sample"));
  if (box === null) return;
  const caption = /** @type {HTMLElement} */ (box.querySelector("p"));
  if (sample < 0) {
    caption.textContent = "Hover over a dot to see its image.";
    return;
  }
  const distance = data.distances[sample];
  caption.textContent = data.captions[sample] +
    (typeof distance === "number"
      ? `; its nearest training image is ${distance.toFixed(2)} away (Euclidean, values in [0, 1])`
      : "");
  if (sheet === null || data.sheet === null) return;
  const tiles = data.sheet.nearest ? 2 : 1, { columns } = data.sheet;
  box.querySelectorAll("canvas").forEach((canvas, at) => {
    const place = sample * tiles + at;
    drawTile(canvas, sheet, place % columns, Math.floor(place / columns));
  });
}
