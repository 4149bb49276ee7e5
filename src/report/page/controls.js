// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * The controls of every page: sort a table by a heading, enlarge a picture, scrub through the epochs of a preview.
 *
 * @module
 */

/** Lets each heading of a table sort its rows: numbers by their value, missing ones last. */
export function sortTables() {
  for (
    const table of /** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll("table.sortable"))
  ) {
    const body = table.tBodies[0], headings = [...table.querySelectorAll("thead th")];
    headings.forEach((heading, column) => {
      heading.querySelector("button")?.addEventListener("click", () => {
        const ascending = heading.getAttribute("aria-sort") !== "ascending";
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        const rows = [...body.rows].sort((a, b) =>
          compareCells(a.cells[column], b.cells[column], ascending ? 1 : -1)
        );
        body.append(...rows);
      });
    });
  }
}

/**
 * @param {HTMLTableCellElement} a
 * @param {HTMLTableCellElement} b
 * @param {1 | -1} sign
 * @returns {number}
 */
function compareCells(a, b, sign) {
  if (a.dataset.value === undefined || b.dataset.value === undefined) {
    return sign * (a.textContent ?? "").localeCompare(b.textContent ?? "", undefined, { numeric: true });
  }
  if (a.dataset.value === "" || b.dataset.value === "") {
    return a.dataset.value === b.dataset.value ? 0 : a.dataset.value === "" ? 1 : -1;
  }
  return sign * (Number(a.dataset.value) - Number(b.dataset.value));
}

/** Enlarges a picture when it is clicked; a click or Escape closes it. */
export function zoomPictures() {
  const dialog = document.querySelector("dialog");
  if (dialog === null) return;
  for (const button of document.querySelectorAll("button.zoom")) {
    button.addEventListener("click", () => {
      const image = button.querySelector("img");
      if (image === null) return;
      const large = document.createElement("img");
      large.src = image.src;
      large.alt = image.alt;
      const scale = Math.max(
        1,
        Math.floor(
          Math.min(innerWidth * 0.94 / image.naturalWidth, innerHeight * 0.86 / image.naturalHeight),
        ),
      );
      if (image.naturalWidth > 0) large.style.width = `${image.naturalWidth * scale}px`;
      const caption = document.createElement("p");
      caption.textContent = `${image.alt} (click to close)`;
      dialog.replaceChildren(large, caption);
      dialog.showModal();
    });
  }
  dialog.addEventListener("click", () => dialog.close());
}

/**
 * The data of a section's script.
 *
 * @param {Element} section
 * @returns {any}
 */
export function dataOf(section) {
  return JSON.parse(section.querySelector("script[type='application/json']")?.textContent ?? "null");
}

/**
 * A sheet of tiles.
 *
 * @param {string} address
 * @returns {Promise<HTMLImageElement>}
 */
export function loadSheet(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("a sheet of pictures cannot be read"));
    image.src = address;
  });
}

/**
 * Draws a tile of a sheet on a canvas of the tile's own size.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} sheet
 * @param {number} column
 * @param {number} row
 */
export function drawTile(canvas, sheet, column, row) {
  const { width, height } = canvas;
  canvas.getContext("2d")?.drawImage(sheet, column * width, row * height, width, height, 0, 0, width, height);
}

/** Lets a slider choose the epoch of each preview. */
export async function scrubPreviews() {
  for (const section of document.querySelectorAll(".previews")) {
    const { sheet: address, epochs, losses, first } = dataOf(section);
    const slider = /** @type {HTMLInputElement} */ (section.querySelector("input")),
      output = section.querySelector("output");
    const sheet = await loadSheet(address);
    const rows = /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll("[data-row]"));
    const draw = () => {
      const at = Number(slider.value);
      for (const row of rows) {
        const place = row.dataset.row === "output" ? first + at : Number(row.dataset.row);
        row.querySelectorAll("canvas").forEach((canvas, column) => drawTile(canvas, sheet, column, place));
      }
      const text = `epoch ${epochs[at].toLocaleString("en-US")}${
        losses[at] === null ? "" : `, loss ${losses[at]}`
      }`;
      if (output !== null) output.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    };
    slider.addEventListener("input", draw);
    draw();
    playPreview(section, slider);
  }
}

/**
 * @param {Element} section
 * @param {HTMLInputElement} slider
 */
function playPreview(section, slider) {
  const button = section.querySelector("button");
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    if (button !== null) button.textContent = "Play";
  };
  button?.addEventListener("click", () => {
    if (timer !== undefined) return stop();
    if (slider.value === slider.max) slider.value = "0";
    button.textContent = "Stop";
    timer = setInterval(() => {
      if (slider.value === slider.max) return stop();
      slider.value = String(Number(slider.value) + 1);
      slider.dispatchEvent(new Event("input"));
    }, 250);
  });
  slider.addEventListener("pointerdown", stop);
}
