/**
 * All metrics as sortable tables, with unit, direction, split and noise level.
 *
 * @module
 */
import { inputSize } from "../models/spec.ts";
import { type Html, html } from "./html.ts";
import { directionText, metricText, parseMetric, splitText } from "./metric_names.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";

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

/** Metrics that are also shown in bits/pixel, which does not depend on the size of the images. */
const IN_BITS = new Set(["elbo", "importanceBound", "bce"]);

/** The headings of a table of metrics, and those of numeric columns. */
const HEAD = ["metric", "value", "unit", "better", "split", "noise", "bits/pixel", "meaning"];
const NUMERIC = ["value", "noise", "bits/pixel"];

/** One metric; `unitOfLoss` is the unit of the losses of its stage, `pixels` the size of an image. */
function metricRow(
  name: string,
  value: number | null,
  { unitOfLoss, pixels }: { unitOfLoss?: string; pixels?: number },
): Html {
  const metric = parseMetric(name), { info, base, level, of } = metric;
  const bits = IN_BITS.has(base) && pixels !== undefined && isNumber(value)
    ? value / (pixels * Math.LN2)
    : undefined;
  const unit = info?.unit === "loss" ? unitOfLoss ?? "loss" : info?.unit ?? "–";
  const meaning = `${info?.meaning ?? "–"}${of === undefined ? "" : `, ${of}`}`;
  const cells = [
    numberCell(value, metricText(metric, value)),
    html`<td>${unit}</td>`,
    html`<td>${directionText(info?.better)}</td>`,
    html`<td>${splitText(metric)}</td>`,
    numberCell(level, level === undefined ? "–" : String(level)),
    numberCell(bits, bits === undefined ? "–" : numberText(bits, 4)),
    html`<td>${meaning}</td>`,
  ];
  return html`<tr><th scope="row"><code>${name}</code></th>${cells}</tr>`;
}

/** The section; `undefined` without metrics. */
export function metricsSection(data: ReportData): Html | undefined {
  const stages = Object.entries(data.metrics).filter(([, metrics]) => Object.keys(metrics).length > 0);
  if (stages.length === 0) return undefined;
  const pixels = data.model && inputSize(data.model.spec), head = sortable(HEAD, NUMERIC);
  const tables = stages.map(([stage, metrics]) => {
    const unitOfLoss = data.trainings.find((training) => training.stage === stage)?.start?.unit;
    const rows = Object.entries(metrics).map(([name, value]) =>
      metricRow(name, value, { unitOfLoss, pixels })
    );
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
  const note = "Click a heading to sort. Noise is the standard deviation added to each pixel.";
  return html`<section id="metrics"><h2>All metrics</h2><p class="note">${note}</p>${tables}</section>`;
}
