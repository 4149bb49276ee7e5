/**
 * The images that were rebuilt while the model was trained, to scrub through by epoch.
 *
 * @module
 */
import type { EventOf } from "../../pipeline/events.ts";
import { greySheetAddress } from "./grey_sheet.ts";
import { type Html, html, scriptJson } from "./html.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { ReportData, ReportTraining } from "./report_data.ts";

type Preview = EventOf<"preview">;

/** The most pixels of all previews of a training. */
const MOST_PIXELS = 900_000;

/** Previews that fit: the first and the last, and the others evenly thinned. */
function fitting(previews: readonly Preview[]): Preview[] {
  const each = previews[0].height * previews[0].width * previews[0].items.length;
  const most = Math.max(2, Math.floor(MOST_PIXELS / Math.max(1, each)));
  if (previews.length <= most) return [...previews];
  return Array.from(
    { length: most },
    (_, at) => previews[Math.round(at * (previews.length - 1) / (most - 1))],
  );
}

/** Whether a preview has the shape of the first one, and whole images. */
function isLike(first: Preview, { height, width, items }: Preview): boolean {
  return height === first.height && width === first.width && items.length === first.items.length;
}

/** The bytes of an image; what is no base64 is black. */
function pixelsOf(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return new Uint8Array();
  }
}

function previewsOf(training: ReportTraining): Html | undefined {
  const first = training.previews.find(({ items, height, width }) => items.length > 0 && height * width > 0);
  if (first === undefined) return undefined;
  const previews = fitting(training.previews.filter((preview) => isLike(first, preview)));
  const { items, height, width } = first;
  const isSpoiled = items.some(({ target, input }) => target !== input);
  const kept = isSpoiled ? ["target", "input"] as const : ["target"] as const;
  const tiles = [
    ...kept.flatMap((kind) => items.map((item) => pixelsOf(item[kind]))),
    ...previews.flatMap((preview) => preview.items.map(({ output }) => pixelsOf(output))),
  ];
  const losses = new Map(training.epochs.map(({ epoch, loss }) => [epoch, loss]));
  const sheet = greySheetAddress({ height, width, tiles, columns: items.length });
  const row = (name: string, place: string) =>
    html`<tr data-row="${place}"><th scope="row">${name}</th>${
      items.map(({ label }) =>
        html`
          <td>
            <canvas width="${width}" height="${height}" role="img" aria-label="${`${name}: ${label}`}"></canvas>
          </td>
        `
      )
    }</tr>`;
  const epochs = previews.map(({ epoch }) => epoch);
  return html`
    <div class="previews">
      <div
        class="scrub"><button type="button">Play</button><label>Epoch <input type="range" min="0" max="${previews
          .length - 1}" value="${previews.length - 1}" step="1"></label> <output></output></div>
      <div class="scroll">
        <table class="sheet">
          <thead>
            <tr><td></td>${items.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr>
          </thead>
          <tbody>${kept.map((kind, at) => row(kind === "target" ? "image" : "input", String(at)))}${row(
            "rebuilt",
            "output",
          )}</tbody>
        </table>
      </div>
      <script type="application/json">${scriptJson({
        sheet,
        epochs,
        first: kept.length,
        losses: epochs.map((epoch) => {
          const loss = losses.get(epoch);
          return isNumber(loss) ? numberText(loss) : null;
        }),
      })}</script>
    </div>
  `;
}

/** The section; nothing without previews. */
export function previewsSection({ trainings }: ReportData): Html | undefined {
  const shown = trainings.map((training) => ({ stage: training.stage, content: previewsOf(training) }))
    .filter(({ content }) => content !== undefined);
  if (shown.length === 0) return undefined;
  return html`
    <section
      id="previews"><h2>As it learnt</h2><p class="note">The same images at the epochs that were kept; move the slider.</p>${shown
        .map(({ stage, content }) =>
          html`${shown.length > 1 && html`<h3>${stage}</h3>`}${content}`
        )}</section>
  `;
}
