/**
 * JSON artifacts of stages that no other section shows: any shape, abbreviated where it is long.
 *
 * @module
 */
import type { Grammar, Plots } from "./figures/plot.ts";
import { distancesFigure } from "./figures/distances_figure.ts";
import { type Figure, figureHtml, plainTable } from "./figures/figure.ts";
import { type Content, type Html, html } from "./html.ts";
import { isNumber, MISSING, numberText } from "./numbers.ts";
import { pairsFigure } from "./figures/pairs_figure.ts";
import type { ReportData, ReportDetail } from "./report_data.ts";
import { rocFigure } from "./figures/roc_figure.ts";

/** The most rows and columns of a table, characters of a text, items of a list and levels of nesting that are shown. */
const ROWS = 40, COLUMNS = 10, CHARACTERS = 300, ITEMS = 12, LEVELS = 4;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPlain = (value: unknown) => typeof value !== "object" || value === null;

/** A scalar as text. */
function plainText(value: unknown): string {
  if (value === null || value === undefined) return MISSING;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = String(value);
  return text.length <= CHARACTERS
    ? text
    : `${text.slice(0, CHARACTERS / 3)}… (${text.length.toLocaleString("en-US")} characters)`;
}

/** A list of scalars on one line. */
function listText(items: readonly unknown[]): string {
  const finite = items.filter(isNumber);
  if (items.length > ITEMS && finite.length === items.length) {
    const low = finite.reduce((a, b) => Math.min(a, b)), high = finite.reduce((a, b) => Math.max(a, b));
    const mean = finite.reduce((sum, value) => sum + value / finite.length, 0);
    return `${items.length.toLocaleString("en-US")} numbers from ${numberText(low)} to ${
      numberText(high)
    }, mean ${numberText(mean)}`;
  }
  const shown = items.slice(0, ITEMS).map(plainText).join(", ");
  return items.length > ITEMS
    ? `${shown}, … (${items.length.toLocaleString("en-US")} in all)`
    : shown || "none";
}

/** A list of records as a table. */
function recordsTable(rows: readonly Fields[], level: number): Html {
  const head = [...new Set(rows.slice(0, ROWS).flatMap(Object.keys))].slice(0, COLUMNS);
  const cells = rows.slice(0, ROWS).map((row) => head.map((key) => valueContent(row[key], level + 1)));
  return html`${plainTable({ head, rows: cells })}${
    rows.length > ROWS &&
    html`<p class="note">The first ${ROWS} of ${rows.length.toLocaleString("en-US")} rows.</p>`
  }`;
}

/** Any value. */
export function valueContent(value: unknown, level = 0): Content {
  if (isPlain(value)) return plainText(value);
  if (level > LEVELS) {
    return Array.isArray(value) ? `${value.length} items` : `${Object.keys(value as Fields).length} fields`;
  }
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isFields)) return recordsTable(value, level);
    if (value.every(isPlain)) return listText(value);
    return html`<ol>${
      value.slice(0, ITEMS).map((item) => html`<li>${valueContent(item, level + 1)}</li>`)
    }</ol>${value.length > ITEMS && html`<p class="note">The first ${ITEMS} of ${value.length}.</p>`}`;
  }
  const fields = Object.entries(value as Fields);
  if (fields.length === 0) return "none";
  return html`<dl class="fields">${
    fields.slice(0, 2 * ROWS).map(([name, inner]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${valueContent(inner, level + 1)}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** Artifacts that have a plot of their own; a new plot is one line here. */
const FIGURES: readonly ((value: unknown, title: string, grammar: Grammar) => Figure | undefined)[] = [
  distancesFigure,
  rocFigure,
  pairsFigure,
];

function detailHtml({ file, title, stage, value }: ReportDetail, plots: Plots): Html {
  for (const make of FIGURES) {
    const figure = make(value, stage === undefined ? title : `${stage}: ${title}`, plots.grammar);
    if (figure !== undefined) return figureHtml(plots, figure);
  }
  return html`<h3>${title}</h3><p class="note">${
    stage !== undefined && html`
      ${stage}:
    `
  }${file}</p>${valueContent(value)}`;
}

/** The section; `undefined` without any. */
export function detailsSection({ details }: ReportData, plots: Plots): Html | undefined {
  if (details.length === 0) return undefined;
  return html`<section id="details"><h2>Stage details</h2>${
    details.map((detail) => detailHtml(detail, plots))
  }</section>`;
}
