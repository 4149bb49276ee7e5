/**
 * The pictures of a run, inside the page: pressed, they are shown large with crisp pixels.
 *
 * @module
 */
import { type Html, html } from "./html.ts";
import type { ReportData, ReportPicture } from "./report_data.ts";

/** The most bytes of pictures that a page holds when it is told no other number: as text they take a third more. */
const MOST_BYTES = 2_000_000;

/** Bytes of a picture as an address that holds them. */
export function dataAddress(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}

/** The pictures that fit: where not all do, moving ones last (their stills are there too), else the smallest first. */
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

/** The section; nothing without pictures. */
export function picturesSection({ pictures }: ReportData, most?: number): Html | undefined {
  if (pictures.length === 0) return undefined;
  return html`
    <section
      id="pictures"><h2>Pictures</h2><p class="note">Press a picture to see it large.</p>${picturesGallery(
        pictures,
        fittingPictures(pictures, most),
      )}</section>
  `;
}

/** Pictures beside each other; those that do not fit are named. */
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
              .toLocaleString("en-US")} kB); it lies beside it.</p>${caption}</figure>
        `;
      }
      return html`
        <figure
          class="picture"><button type="button" class="zoom" aria-label="${`Show large: ${title}`}"><img src="${dataAddress(
            type,
            bytes,
          )}" alt="${title}"></button>${caption}</figure>
      `;
    })
  }</div>`;
}
