/**
 * The latent explorer: the page contains the decoder and shows the image of any point of the latent space.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";
import { hasCodebook } from "../../models/codebook.ts";
import { explorerData, MOST_DIMENSIONS } from "./explorer_data.ts";
import { type Html, html, scriptJson } from "../html.ts";
import type { ExplorerData } from "../page/explorer.js";
import { FORMAT_TEXT, weightsBeyondPage } from "./packed_decoder.ts";
import { type ReportData, showsPictures } from "../report_data.ts";

/** The classes with their colours. */
function legend({ labelNames, count }: ExplorerData): Html | false {
  if (labelNames.length === 0 || labelNames.length > 10 || count <= 64) return false;
  return html`<ul class="legend">${
    labelNames.map((name, label) => html`<li><span class="swatch label-${label}"></span>${name}</li>`)
  }</ul>`;
}

/** The choice of the two latent dimensions that span the plane. */
function axisChoice(axis: "x" | "y", chosen: number, order: readonly number[]): Html {
  return html`<label>${axis === "x" ? "across" : "up"} <select id="axis-${axis}">${
    order.map((k) =>
      html`
        <option value="${k}" ${k === chosen && html`
          selected
        `}>z${k + 1}</option>
      `
    )
  }</select></label>`;
}

function sliders({ low, high, mean }: ExplorerData, order: readonly number[]): Html {
  return html`
    <details class="sliders" ${order.length <= 2 && html`
      open
    `}>
      <summary>All latent dimensions</summary>
      <div>${order.map((k) =>
        html`<label><span>z${k + 1}</span><input type="range" data-dimension="${k}" min="${low[k]}" max="${
          high[k]
        }" step="any" value="${mean[k]}"><output>0</output></label>`
      )}</div>
    </details>
  `;
}

/** A small canvas with its caption, on which the script draws an image. */
function tile(name: string, { width, height }: ExplorerData): Html {
  const canvas = html`<canvas width="${width}" height="${height}" role="img" aria-label="${name}"></canvas>`;
  return html`<figure>${canvas}<figcaption>${name}</figcaption></figure>`;
}

/** The plane with its controls. */
function planeHtml(page: ExplorerData, order: readonly number[]): Html {
  const label = "The latent plane: arrow keys move the point";
  const isMany = page.latent > 2;
  const behind = isMany
    ? html`<input type="checkbox" id="behind">`
    : html`<input type="checkbox" id="behind" checked>`;
  return html`<div>
    <canvas id="plane" tabindex="0" role="application" aria-label="${label}" aria-describedby="where"></canvas>
    <div class="controls">${isMany && [axisChoice("x", page.x, order), axisChoice("y", page.y, order)]}
      <label>${behind} decoded images as background</label></div>
    ${legend(page)}
  </div>`;
}

/** The samples: a choice of one, its image, and the training image nearest to it. */
function samplesHtml(page: ExplorerData): Html | false {
  const { captions, count, sheet } = page;
  const choices = captions.map((caption, at) => html`<option value="${at}">${caption}</option>`);
  const samplePair = sheet !== null &&
    html`<div class="sample-pair">${tile("the sample", page)}${
      sheet.nearest && tile("nearest training image", page)
    }</div>`;
  return count > 0 && html`
    <div class="controls"><label>Sample
          <select id="sample-choice"><option value="-1">choose</option>${choices}</select></label></div>
    <div id="sample"><p class="note"></p>${samplePair}</div>
  `;
}

/** Of a conditional model: the choice of the class that is decoded. */
function classHtml({ classes }: ExplorerData): Html | false {
  const choices = classes.map(({ name }, place) => html`<option value="${place}">${name}</option>`);
  return classes.length > 0 && html`
    <div class="controls"><label>Class <select id="class-choice">${choices}</select></label></div>
  `;
}

/** The decoded image of the point, and the controls that move it. */
function sideHtml(page: ExplorerData, isVariational: boolean): Html {
  const { width, height } = page, label = "Decoded image of the point";
  return html`<div class="side">
    <figure>
      <canvas id="decoded" width="${width}" height="${height}" role="img" aria-label="${label}" aria-describedby="where"></canvas>
      <figcaption><output id="where" aria-live="polite"></output></figcaption>
    </figure>
    <div class="controls">
      <button type="button" id="centre">${isVariational ? "Origin" : "Mean"}</button>
      <button type="button" id="draw">${isVariational ? "Sample from prior" : "Sample a point"}</button>
    </div>
    ${classHtml(page)}
    ${samplesHtml(page)}
  </div>`;
}

/** What of a model is too large for a page; `undefined` where its explorer fits. */
function tooLarge(model: NonNullable<ReportData["model"]>): string | undefined {
  const { latent } = model.spec;
  if (latent > MOST_DIMENSIONS) {
    return `The latent has ${countText(latent)} dimensions, and a page has room for ${
      countText(MOST_DIMENSIONS)
    }`;
  }
  const beyond = weightsBeyondPage(model);
  return beyond &&
    `The decoder has ${countText(beyond.weights)} weights, and a page has room for ${countText(beyond.most)}`;
}

/** Why a page has no explorer, and what to use instead, where its model is too large; `undefined` where it never has one. */
function tooLargeSection({ model, record }: ReportData): Html | undefined {
  const why = model === undefined || hasCodebook(model.spec) ? undefined : tooLarge(model);
  if (why === undefined) return undefined;
  const command = `deno task explore ${record.id}`;
  return html`
    <section id="explorer">
      <h2>Explore the latent space</h2>
      <p class="note">${why}: <code>${command}</code> explores the latent space in a terminal.</p>
    </section>
  `;
}

/** The section; `undefined` without weights, and of vectors, which have no picture to decode. */
export function explorerSection(data: ReportData): Html | undefined {
  if (!showsPictures(data)) return undefined;
  const made = explorerData(data);
  if (made === undefined) return tooLargeSection(data);
  const { page, order } = made, { latent, decoder } = page, isVariational = data.model?.spec.kind === "vae";
  const notes = [
    `Drag the ring, or click the plane and use the arrow keys (Shift: larger steps; Home: the ${
      isVariational ? "origin" : "mean"
    }).`,
    `The decoder runs in this page, with ${FORMAT_TEXT[decoder.format]}.`,
    ...(latent > 2
      ? [
        `The plane shows two of ${latent} latent dimensions, by default the two most informative; the sliders set the others.`,
      ]
      : []),
  ];
  return html`<section id="explorer"><h2>Explore the latent space</h2>
    <p>${notes.join(" ")}</p>
    <noscript><p class="note">This part needs JavaScript.</p></noscript>
    <div class="explorer">${planeHtml(page, order)}${sideHtml(page, isVariational)}</div>
    ${sliders(page, order)}
    <script type="application/json">${scriptJson(page)}</script></section>`;
}
