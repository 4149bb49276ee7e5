/**
 * The reconstructions of the same images over training, with a slider over the epochs.
 *
 * @module
 */
import { pixelCount } from "../../core/shape.ts";
import type { EventOf } from "../../pipeline/events.ts";
import { plainTable } from "./figure.ts";
import { tileSheetAddress } from "./tile_sheet.ts";
import { type Html, html, scriptJson } from "../html.ts";
import { isNumber, numberText } from "../numbers.ts";
import type { WholeTraining } from "../../run/fold/whole_run.ts";
import type { ReportData } from "../report_data.ts";

type Preview = EventOf<"preview">;

/** The most pixels of all previews of a training. */
const MOST_PIXELS = 450_000;

/** Previews that fit: the first and the last, and the others evenly thinned. */
function fitting(previews: readonly Preview[]): Preview[] {
  const each = pixelCount(previews[0]) * previews[0].items.length;
  const most = Math.max(2, Math.floor(MOST_PIXELS / Math.max(1, each)));
  if (previews.length <= most) return [...previews];
  return Array.from(
    { length: most },
    (_, at) => previews[Math.round(at * (previews.length - 1) / (most - 1))],
  );
}

/** Whether a preview has the shape of the first one, and whole images. */
function isLike(first: Preview, { height, width, channels, items }: Preview): boolean {
  return height === first.height && width === first.width && channels === first.channels &&
    items.length === first.items.length;
}

/** The bytes of an image; invalid base64 is black. */
function pixelsOf(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return new Uint8Array();
  }
}

/** A row of canvases; `place` is the row of the sheet that the script draws there. */
function rowHtml(name: string, place: string, { items, width, height }: Preview): Html {
  const cells = items.map(({ label }) => {
    const description = `${name}: ${label}`;
    return html`
      <td>
        <canvas width="${width}" height="${height}" role="img" aria-label="${description}"></canvas>
      </td>
    `;
  });
  return html`<tr data-row="${place}"><th scope="row">${name}</th>${cells}</tr>`;
}

/** The script's data: all images on one sheet; first the rows that do not change, then one row per epoch. */
function sheetData(
  previews: readonly Preview[],
  kept: readonly ("target" | "input")[],
  training: WholeTraining,
) {
  const { items, height, width, channels } = previews[0];
  const tiles = [
    ...kept.flatMap((kind) => items.map((item) => pixelsOf(item[kind]))),
    ...previews.flatMap((preview) => preview.items.map(({ output }) => pixelsOf(output))),
  ];
  const losses = new Map(training.epochs.map(({ epoch, loss }) => [epoch, loss]));
  return {
    sheet: tileSheetAddress({ height, width, channels, tiles, columns: items.length }),
    epochs: previews.map(({ epoch }) => epoch),
    first: kept.length,
    losses: previews.map(({ epoch }) => {
      const loss = losses.get(epoch);
      return isNumber(loss) ? numberText(loss) : null;
    }),
  };
}

/** The most features of a table. */
const MOST_FEATURES = 48;

/** The features of each sample and their reconstruction, after the last epoch that was previewed. */
function featuresTable({ previews }: WholeTraining): Html | undefined {
  const last = previews.findLast(({ features, items }) => features !== undefined && items.length > 0);
  if (last === undefined) return undefined;
  const { features = [], items, epoch } = last;
  const short = (value: number | null | undefined) => isNumber(value) ? numberText(value, 4) : "–";
  const rows = features.slice(0, MOST_FEATURES).map((name, at) => [
    name,
    ...items.map(({ values }) => `${short(values?.target[at])} → ${short(values?.output[at])}`),
  ]);
  return html`<p class="note">Features of the same samples after epoch ${epoch}: value → reconstruction.</p>${
    plainTable({ head: ["feature", ...items.map(({ label }) => label)], rows })
  }`;
}

function previewsOf(training: WholeTraining): Html | undefined {
  if (training.previews.some(({ features }) => features !== undefined)) return featuresTable(training);
  const first = training.previews.find(({ items, height, width }) =>
    items.length > 0 && pixelCount({ height, width }) > 0
  );
  if (first === undefined) return undefined;
  const previews = fitting(training.previews.filter((preview) => isLike(first, preview)));
  const isCorrupted = first.items.some(({ target, input }) => target !== input);
  const kept = isCorrupted ? ["target", "input"] as const : ["target"] as const;
  const rows = [
    rowHtml("image", "0", first),
    ...(isCorrupted ? [rowHtml("input", "1", first)] : []),
    rowHtml("reconstruction", "output", first),
  ];
  const last = previews.length - 1,
    heads = first.items.map(({ label }) => html`<th scope="col">${label}</th>`);
  return html`
    <div class="previews">
      <div class="scrub">
        <button type="button">Play</button>
        <label>Epoch <input type="range" min="0" max="${last}" value="${last}" step="1"></label>
        <output></output>
      </div>
      <div class="scroll">
        <table class="sheet">
          <thead>
            <tr><td></td>${heads}</tr>
          </thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
      <script type="application/json">${scriptJson(sheetData(previews, kept, training))}</script>
    </div>
  `;
}

/** The section; `undefined` without previews. */
export function previewsSection({ trainings }: ReportData): Html | undefined {
  const shown = trainings.map((training) => ({ stage: training.stage, content: previewsOf(training) }))
    .filter(({ content }) => content !== undefined);
  if (shown.length === 0) return undefined;
  const isMoving = trainings.some(({ previews }) => previews.some(({ features }) => features === undefined));
  const note = isMoving &&
    html`<p class="note">Reconstructions of the same images over training; move the slider to choose an epoch.</p>`;
  const all = shown.map(({ stage, content }) =>
    html`${shown.length > 1 && html`<h3>${stage}</h3>`}${content}`
  );
  return html`<section id="previews"><h2>Training progress</h2>${note}${all}</section>`;
}
