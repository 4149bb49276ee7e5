// deno-lint-ignore-file no-console -- a tool that prints.

/**
 * Draws `docs/dashboard.svg`: the dashboard of a run as it stood after an epoch, cell by cell as a terminal shows it.
 *
 *     deno task run pipelines/mnist-vae.ts
 *     deno run -A docs/draw_dashboard.ts runs/mnist-vae/ID 40
 *
 * @module
 */
import xterm from "@xterm/headless";
import { readEvents } from "../src/run/event_file.ts";
import { renderFrame } from "../src/ui/screens/dashboard.tsx";
import { initialView } from "../src/run/fold/fold.ts";
import { reduce } from "../src/ui/view/reduce.ts";

const COLUMNS = 100, ROWS = 33;
/** The size of a cell, and of the border, in pixels. */
const WIDTH = 8.4, HEIGHT = 17, BORDER = 12;
const FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace";
const BACKGROUND = "#14171d", FOREGROUND = "#d7dae0";
/** The 16 colours of a terminal. */
const PALETTE = [
  ...["#000000", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0"],
  ...["#7f848e", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff"],
];
/** The upper half of a cell in one colour, the lower in another. */
const HALF_BLOCK = "▀";

/** A cell as the terminal holds it. */
type Cell = NonNullable<ReturnType<NonNullable<ReturnType<xterm.IBuffer["getLine"]>>["getCell"]>>;

const [folder, epoch = "Infinity"] = Deno.args;
const events = await readEvents(folder);
const last = events.findLastIndex((event) => event.type === "epoch" && event.epoch <= Number(epoch));
const view = events.slice(0, last + 1).reduce(reduce, initialView());
const frame = renderFrame(view, {
  columns: COLUMNS,
  rows: ROWS,
  color: 3,
  now: view.at,
  situation: { attached: false, canDetach: true },
});
const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
await new Promise<void>((resolve) => terminal.write(frame.replaceAll("\n", "\r\n"), resolve));

/** A colour of a cell as CSS names it. */
function colorOf(cell: Cell, of: "Fg" | "Bg"): string | undefined {
  const number = of === "Fg" ? cell.getFgColor() : cell.getBgColor();
  if (of === "Fg" ? cell.isFgDefault() : cell.isBgDefault()) return undefined;
  if (of === "Fg" ? cell.isFgRGB() : cell.isBgRGB()) return `#${number.toString(16).padStart(6, "0")}`;
  if (number < PALETTE.length) return PALETTE[number];
  const grey = 8 + 10 * (number - 232);
  const level = (power: number) => [0, 95, 135, 175, 215, 255][Math.floor((number - 16) / power) % 6];
  const parts = number < 232 ? [level(36), level(6), level(1)] : [grey, grey, grey];
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Areas of one colour, a little larger than their cells so that no seams show. */
function area(column: number, y: number, height: number, fill: string | undefined): string {
  if (fill === undefined) return "";
  return `<rect x="${(column * WIDTH).toFixed(1)}" y="${y.toFixed(1)}" width="${(WIDTH + 0.3).toFixed(1)}" ` +
    `height="${(height + 0.3).toFixed(1)}" fill="${fill}"/>`;
}

/** A run of letters of one look. */
function letters(column: number, row: number, text: string, cell: Cell): string {
  if (text.trim() === "") return "";
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const weight = cell.isBold() ? ` font-weight="bold"` : "", faint = cell.isDim() ? ` opacity="0.6"` : "";
  return `<text x="${(column * WIDTH).toFixed(1)}" y="${row * HEIGHT + 13}" ` +
    `textLength="${(text.length * WIDTH).toFixed(1)}" xml:space="preserve" ` +
    `fill="${colorOf(cell, "Fg") ?? FOREGROUND}"${weight}${faint}>${escaped}</text>`;
}

/** What two cells must share to stand in one run of letters. */
const look = (cell: Cell) => `${colorOf(cell, "Fg")} ${cell.isBold()} ${cell.isDim()}`;

function drawRow(row: number): string {
  const line = terminal.buffer.active.getLine(row)!;
  const cells = Array.from({ length: COLUMNS }, (_, column) => line.getCell(column)!);
  const areas = cells.map((cell, column) => {
    const back = area(column, row * HEIGHT, HEIGHT, colorOf(cell, "Bg"));
    const isHalf = cell.getChars() === HALF_BLOCK;
    return isHalf ? back + area(column, row * HEIGHT, HEIGHT / 2, colorOf(cell, "Fg") ?? FOREGROUND) : back;
  });
  const texts: string[] = [];
  for (let start = 0; start < COLUMNS;) {
    let end = start + 1;
    while (end < COLUMNS && look(cells[end]) === look(cells[start])) end++;
    const text = cells.slice(start, end).map((cell) => cell.getChars() || " ").join("").replaceAll(
      HALF_BLOCK,
      " ",
    );
    texts.push(letters(start, row, text, cells[start]));
    start = end;
  }
  return areas.join("") + texts.join("");
}

const rows = Array.from({ length: frame.split("\n").length }, (_, row) => drawRow(row));
const [width, height] = [COLUMNS * WIDTH + 2 * BORDER, rows.length * HEIGHT + 2 * BORDER];
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
  `viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="13.5">` +
  `<title>The Hourglass dashboard</title><rect width="100%" height="100%" rx="10" fill="${BACKGROUND}"/>` +
  `<g transform="translate(${BORDER} ${BORDER})">${rows.join("")}</g></svg>\n`;
const target = new URL("dashboard.svg", import.meta.url);
await Deno.writeTextFile(target, svg);
console.log(`${target.pathname}: ${frame.split("\n").length} lines, ${(svg.length / 1000).toFixed(0)} kB`);
