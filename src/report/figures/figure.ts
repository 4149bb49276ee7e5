/**
 * A plot in the page: drawn wide and narrow, with a title, a description for screen readers, and its numbers as a table.
 *
 * @module
 */
import type { PlotOptions } from "@observablehq/plot";
import type { Plots } from "./plot.ts";
import { type Content, type Html, html, raw } from "../html.ts";

/** What a figure shows. */
export interface Figure {
  readonly title: string;
  /** What the plot shows, in a sentence. */
  readonly description: string;
  /** The plot for a width in pixels. */
  readonly plot: (width: number) => PlotOptions;
  /** The same as a table: a header, then rows. At most a few dozen rows. */
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly Content[])[] };
  /** The text below it. */
  readonly note?: Content;
}

/** Widths in CSS pixels: for a desktop and for a phone. */
const WIDE = 900, NARROW = 350;

/** The figure as HTML. */
export function figureHtml(plots: Plots, { title, description, plot, table, note }: Figure): Html {
  const svg = (width: number) => raw(plots.draw({ style: { fontSize: "12px" }, ...plot(width), width }));
  return html`<figure>
    <figcaption>${title}</figcaption>
    <div class="plot wide" role="img" aria-label="${`${title}. ${description}`}">${svg(WIDE)}</div>
    <div class="plot narrow" role="img" aria-label="${`${title}. ${description}`}">${svg(NARROW)}</div>
    ${note !== undefined && html`<p class="note">${note}</p>`}
    ${table !== undefined && html`<details><summary>The numbers</summary>${plainTable(table)}</details>`}
  </figure>`;
}

/** A table that is not sortable. */
export function plainTable({ head, rows }: NonNullable<Figure["table"]>): Html {
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr>
        </thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
  `;
}

/** A series thinned to about `most` points: the lowest and the highest of each stretch stay, so that no peak is lost. */
export function thinnedSeries<Item>(
  items: readonly Item[],
  value: (item: Item) => number,
  most = 500,
): Item[] {
  if (items.length <= most) return [...items];
  const stretch = 2 * items.length / most, kept: Item[] = [];
  for (let start = 0; start < items.length; start += stretch) {
    const part = items.slice(Math.floor(start), Math.floor(start + stretch));
    const places = part.map((_, at) => at).sort((a, b) => value(part[a]) - value(part[b]));
    const ends = [...new Set([places[0], places.at(-1)!])].sort((a, b) => a - b);
    kept.push(...ends.map((at) => part[at]));
  }
  const last = items.at(-1)!;
  return kept.at(-1) === last ? kept : [...kept, last];
}

/** Whether values need a logarithmic scale: all positive, and spanning more than a factor of 20. */
export function spansDecades(values: readonly number[]): boolean {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > 0 && high / low > 20;
}
