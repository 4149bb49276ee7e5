/**
 * The latent explorer: the decoder lies in the page and draws what a point of the latent space stands for.
 *
 * @module
 */
import { explorerData } from "./explorer_data.ts";
import { type Html, html, scriptJson } from "./html.ts";
import type { ExplorerData } from "./page/explorer.js";
import { FORMAT_WORDS } from "./packed_decoder.ts";
import type { ReportData } from "./report_data.ts";

/** The classes beside their colours. */
function legend({ labelNames, count }: ExplorerData): Html | false {
  if (labelNames.length === 0 || labelNames.length > 10 || count <= 64) return false;
  return html`<ul class="legend">${
    labelNames.map((name, label) => html`<li><span class="swatch label-${label}"></span>${name}</li>`)
  }</ul>`;
}

/** Choices of the two latent numbers that span the plane. */
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
      <summary>Each latent number</summary>
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

/** The plane with what chooses what it shows. */
function planeHtml(page: ExplorerData, order: readonly number[]): Html {
  const label = "The latent plane: arrow keys move the point";
  const isMany = page.latent > 2;
  const behind = isMany
    ? html`<input type="checkbox" id="behind">`
    : html`<input type="checkbox" id="behind" checked>`;
  return html`<div>
    <canvas id="plane" tabindex="0" role="application" aria-label="${label}" aria-describedby="where"></canvas>
    <div class="controls">${isMany && [axisChoice("x", page.x, order), axisChoice("y", page.y, order)]}
      <label>${behind} decoded pictures behind</label></div>
    ${legend(page)}
  </div>`;
}

/** The samples: a choice of one, its image, and the training image nearest to it. */
function samplesHtml(page: ExplorerData): Html | false {
  const { captions, count, sheet } = page;
  const choices = captions.map((caption, at) => html`<option value="${at}">${caption}</option>`);
  const twins = sheet !== null &&
    html`<div class="twins">${tile("the sample", page)}${
      sheet.nearest && tile("nearest training image", page)
    }</div>`;
  return count > 0 && html`
    <div class="controls"><label>At the sample
          <select id="sample-choice"><option value="-1">choose</option>${choices}</select></label></div>
    <div id="sample"><p class="note"></p>${twins}</div>
  `;
}

/** What the decoder makes of the point, and what moves it. */
function sideHtml(page: ExplorerData): Html {
  const { width, height } = page, label = "What the decoder makes of the point";
  return html`<div class="side">
    <figure>
      <canvas id="decoded" width="${width}" height="${height}" role="img" aria-label="${label}" aria-describedby="where"></canvas>
      <figcaption><output id="where" aria-live="polite"></output></figcaption>
    </figure>
    <div class="controls">
      <button type="button" id="centre">Middle</button>
      <button type="button" id="draw">Draw a point</button>
    </div>
    ${samplesHtml(page)}
  </div>`;
}

/** The section; nothing without weights. */
export function explorerSection(data: ReportData): Html | undefined {
  const made = explorerData(data);
  if (made === undefined) return undefined;
  const { page, order } = made, { latent, decoder } = page;
  const words = [
    "Drag the ring, or give the plane the focus and use the arrow keys (with Shift: larger steps; Home: the middle).",
    `The decoder runs in this page, with ${FORMAT_WORDS[decoder.format]}.`,
    ...(latent > 2
      ? [
        `The plane shows two of ${latent} latent numbers, those that carry most first; the sliders set the others.`,
      ]
      : []),
  ];
  return html`<section id="explorer"><h2>Explore the latent space</h2>
    <p>${words.join(" ")}</p>
    <noscript><p class="note">This part needs JavaScript.</p></noscript>
    <div class="explorer">${planeHtml(page, order)}${sideHtml(page)}</div>
    ${sliders(page, order)}
    <script type="application/json">${scriptJson(page)}</script></section>`;
}
