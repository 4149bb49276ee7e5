/**
 * The pictures of a run; clicking one shows it enlarged with crisp pixels.
 *
 * @module
 */
import { type Html, html } from "./html.ts";
import type { ReportData, ReportPicture } from "./report_data.ts";

/** The default limit of a page's pictures in bytes; as base64 they take a third more. */
const MOST_BYTES = 2_000_000;

/** A picture as a data URL. */
export function dataAddress(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}

/** The pictures that fit: where not all do, animations last (their stills are included too), the smallest first. */
export function fittingPictures(pictures: readonly ReportPicture[], most = MOST_BYTES): Set<ReportPicture> {
  const fitting = new Set<ReportPicture>();
  let used = 0;
  const moves = ({ type }: ReportPicture) => Number(type === "image/gif");
  const order = (a: ReportPicture, b: ReportPicture) =>
    moves(a) - moves(b) || a.bytes.length - b.bytes.length;
  for (const picture of pictures.toSorted(order)) {
    if (used + picture.bytes.length > most) break;
    used += picture.bytes.length;
    fitting.add(picture);
  }
  return fitting;
}

/** The section; `undefined` without pictures. */
export function picturesSection({ pictures }: ReportData, most?: number): Html | undefined {
  if (pictures.length === 0) return undefined;
  return html`
    <section
      id="pictures"><h2>Pictures</h2><p class="note">Click a picture to enlarge it.</p>${picturesGallery(
        pictures,
        fittingPictures(pictures, most),
      )}</section>
  `;
}

/** A gallery of pictures; those that do not fit are listed by name. */
export function picturesGallery(
  pictures: readonly ReportPicture[],
  fitting: ReadonlySet<ReportPicture>,
): Html {
  return html`<div class="gallery">${
    pictures.map((picture) => {
      const { file, title, stage, type, bytes } = picture;
      const caption = html`<figcaption>${title}<span class="muted">${
        stage !== undefined && html`
          ${stage}:
        `
      }${file}</span></figcaption>`;
      if (!fitting.has(picture)) {
        return html`
          <figure
            class="picture"><p class="note">Too large for this page (${Math.ceil(bytes.length / 1000)
              .toLocaleString("en-US")} kB); see the file in the run folder.</p>${caption}</figure>
        `;
      }
      return html`
        <figure
          class="picture"><button type="button" class="zoom" aria-label="${`Enlarge: ${title}`}"><img src="${dataAddress(
            type,
            bytes,
          )}" alt="${title}"></button>${caption}</figure>
      `;
    })
  }</div>`;
}
