/** One-line drawings: a bar, and a mean with its spread on an axis. @module */
import type { Latent } from "./latent_dimensions.ts";
import { brief } from "../text/text.ts";

/** A bar with a resolution of an eighth of a cell. */
export function barText(share: number, cells: number): string {
  const eighths = Math.round(8 * cells * Math.min(1, Math.max(0, share)));
  return "█".repeat(eighths >> 3) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths & 7];
}

/** From `-reach` to `reach`, with ticks. */
export interface Axis {
  readonly cells: number;
  readonly reach: number;
  readonly ticks: readonly number[];
}

/** The cell of a value; outside the axis for a value beyond its reach. */
function placeOn({ cells, reach }: Axis, value: number): number {
  return Math.round((value / reach + 1) / 2 * (cells - 1));
}

/** Labels of the ends of the axis, or of the ticks if there are two. */
export function axisText(axis: Axis): string {
  const line = new Array<string>(axis.cells).fill(" ");
  const put = (text: string, at: number) => [...text].forEach((letter, index) => line[at + index] = letter);
  if (axis.ticks.length > 1) {
    axis.ticks.forEach((tick) => put(`${tick}`, placeOn(axis, tick) - Number(tick < 0)));
  } else {
    const end = brief(Number(axis.reach.toPrecision(2)));
    put(`-${end}`, 0);
    put(end, axis.cells - end.length);
  }
  put("0", placeOn(axis, 0));
  return line.join("");
}

/** `├──●──┤` from a spread below the mean to one above; `‹` and `›` if it extends beyond the axis. */
export function markText({ mean, spread }: Pick<Latent, "mean" | "spread">, axis: Axis): string {
  const line = new Array<string>(axis.cells).fill(" ");
  for (const tick of axis.ticks) line[placeOn(axis, tick)] = "┊";
  if (mean === null || spread === null) return line.join("");
  const last = axis.cells - 1, inside = (place: number) => Math.min(last, Math.max(0, place));
  const low = placeOn(axis, mean - spread), high = placeOn(axis, mean + spread);
  for (let at = inside(low); at <= inside(high); at++) line[at] = "─";
  const end = (place: number, sign: string) => place < 0 ? "‹" : place > last ? "›" : sign;
  line[inside(low)] = end(low, "├");
  line[inside(high)] = end(high, "┤");
  const middle = placeOn(axis, mean);
  if (middle >= 0 && middle <= last) line[middle] = "●";
  return line.join("");
}
