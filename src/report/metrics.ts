/**
 * All metrics as sortable tables, with unit, direction, split and noise level.
 *
 * @module
 */
import { inputSize } from "../models/spec.ts";
import { type Html, html } from "./html.ts";
import { directionText, estimateText, namedMetric, splitText, unitText } from "./metric_names.ts";
import { isNumber, numberText } from "./numbers.ts";
import { type ReportData, type ReportMetric, showsPictures } from "./report_data.ts";

/** Headings that sort their column when clicked; those of numbers are right-aligned. */
export function sortable(names: readonly string[], numeric: readonly string[] = []): Html {
  return html`
    <thead>
      <tr>${names.map((name) =>
        html`<th scope="col" class="${
          numeric.includes(name) ? "number" : "text"
        }"><button type="button">${name}</button></th>`
      )}</tr>
    </thead>
  `;
}

/** A cell that is sorted by a number instead of its text; missing numbers come last. */
export function numberCell(value: number | null | undefined, text: string): Html {
  return html`<td class="number" data-value="${isNumber(value) ? value : ""}">${text}</td>`;
}

/** The headings of a table of metrics, and those of numeric columns. */
const HEAD = ["metric", "value", "unit", "better", "split", "noise", "bits/dimension", "meaning"];
const NUMERIC = ["value", "noise", "bits/dimension"];

/** What vectors have not. */
const OF_PICTURES = new Set(["noise", "bits/dimension"]);

/**
 * One metric; of pictures, nats/sample are also shown in bits/dimension, which do not depend on `pixels`, the size of an image.
 */
function metricRow(name: string, one: ReportMetric, hasPictures: boolean, pixels: number | undefined): Html {
  const metric = namedMetric(name, one),
    { value } = one,
    { unit, direction, level, meaning, estimator } = metric;
  const bits = unit === "nats/sample" && pixels !== undefined && isNumber(value)
    ? value / (pixels * Math.LN2)
    : undefined;
  const prose = [meaning, estimator].filter((text) => text !== undefined).join("; ");
  const cells = [
    numberCell(value, estimateText(metric, value)),
    html`<td>${unitText(metric)}</td>`,
    html`<td>${directionText(direction)}</td>`,
    html`<td>${splitText(metric)}</td>`,
    ...(hasPictures
      ? [
        numberCell(level, level === undefined ? "–" : String(level)),
        numberCell(bits, bits === undefined ? "–" : numberText(bits, 4)),
      ]
      : []),
    html`<td>${prose === "" ? "–" : prose}</td>`,
  ];
  return html`<tr><th scope="row"><code>${name}</code></th>${cells}</tr>`;
}

/** The section; `undefined` without metrics. */
export function metricsSection(data: ReportData): Html | undefined {
  const stages = Object.entries(data.metrics).filter(([, metrics]) => Object.keys(metrics).length > 0);
  if (stages.length === 0) return undefined;
  const hasPictures = showsPictures(data), pixels = data.model && inputSize(data.model.spec);
  const head = sortable(HEAD.filter((name) => hasPictures || !OF_PICTURES.has(name)), NUMERIC);
  const tables = stages.map(([stage, metrics]) => {
    const rows = Object.entries(metrics).map(([name, one]) => metricRow(name, one, hasPictures, pixels));
    const conditions = Object.entries(data.conditions?.[stage] ?? {});
    return html`
      <h3>${stage}</h3>
      ${conditions.length > 0 && html`
        <dl class="fields">${conditions.map(([of, text]) =>
          html`
            <div>
              <dt>${of}</dt>
              <dd>${text}</dd>
            </div>
          `
        )}</dl>
      `}
      <div class="scroll">
        <table class="sortable">${head}<tbody>${rows}</tbody></table>
      </div>
    `;
  });
  const noise = hasPictures ? " Noise is the standard deviation added to each pixel." : "";
  const note = `Click a heading to sort.${noise} In brackets: 95 % intervals.`;
  return html`<section id="metrics"><h2>All metrics</h2><p class="note">${note}</p>${tables}</section>`;
}
