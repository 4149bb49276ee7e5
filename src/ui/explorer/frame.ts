/**
 * The explorer's frame: a function of its state, its model and the size of the terminal.
 *
 * @module
 */
import { keysLine } from "../panels/keys_text.ts";
import { pictureLines } from "../drawing/raster.ts";
import { cut, displayWidth } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import { type ExplorerLayout, explorerLayout } from "./layout.ts";
import type { ExplorerModel } from "./model.ts";
import { neighbour, planeLines } from "./plane.ts";
import type { ExplorerState } from "./state.ts";
import {
  axesLine,
  coordinateLines,
  explorerHeader,
  explorerHelp,
  explorerKeys,
  explorerNotice,
  placeLines,
} from "./format.ts";

/** Maximum share of the plane's lines for the coordinates below it. */
const COORDINATES_SHARE = 1 / 3;

/** The lines of one frame, one fewer than the terminal has rows, none wider than it. */
export function explorerLines(
  state: ExplorerState,
  model: ExplorerModel,
  { columns, rows, level }: { columns: number; rows: number; level: ColorLevel },
): string[] {
  const layout = explorerLayout(model, columns, rows);
  const { width, height, body, margin } = layout, style = { width, level };
  const middle = state.help
    ? explorerHelp(style)
    : besides(planePanel(state, model, layout, level), sidePanel(state, model, layout, level), layout);
  const lines = [
    explorerHeader(model, style),
    explorerNotice(state, model, style),
    ...Array.from({ length: body }, (_, line) => middle[line] ?? ""),
    keysLine(explorerKeys(state, model), style),
  ];
  // In a terminal of few rows, the picture has priority over the keys.
  return lines.slice(0, height).map((line) => line === "" ? "" : " ".repeat(margin) + line);
}

function besides(
  left: readonly string[],
  right: readonly string[],
  { plane, body }: ExplorerLayout,
): string[] {
  if (plane === undefined) return [...right];
  return Array.from({ length: body }, (_, line) => {
    const text = left[line] ?? "", other = right[line] ?? "";
    return other === "" ? text : `${text}${" ".repeat(plane.width + 2 - displayWidth(text))}${other}`;
  });
}

/** The plane with its title, and the other coordinates. */
function planePanel(
  state: ExplorerState,
  model: ExplorerModel,
  { plane }: ExplorerLayout,
  level: ColorLevel,
): string[] {
  if (plane === undefined) return [];
  const style = { width: plane.width, level }, title = axesLine(state, style);
  if (state.coordinates) return [title, ...coordinateLines(state, { ...style, height: plane.height })];
  const most = model.latent > 2 ? Math.floor(plane.height * COORDINATES_SHARE) : 0;
  const coordinates = coordinateLines(state, { ...style, height: most });
  const height = plane.height - coordinates.length;
  return [title, ...planeLines(state, model, { width: plane.width, height }, level), ...coordinates];
}

/** The decoded picture, the nearest sample next to it, and text below. */
function sidePanel(
  state: ExplorerState,
  model: ExplorerModel,
  { picture, hasNeighbour, side, body, plane }: ExplorerLayout,
  level: ColorLevel,
): string[] {
  const style = { width: side, level };
  const words = [
    ...(plane === undefined ? [axesLine(state, style)] : []),
    ...placeLines(state, model, style),
  ];
  if (picture === undefined) return words;
  const { height, width, channels } = model;
  const draw = (pixels: Uint8Array) =>
    pictureLines(pixels, null, { height, width, channels, scale: picture.scale, level });
  const decoded = draw(model.decode(state.here.point)),
    near = hasNeighbour ? neighbour(state, model) : undefined;
  const name = cut(state.here.name || "decoded", side), title = paint(level, "strong", name);
  if (near === undefined) return [title, ...decoded, ...words].slice(0, body);
  const other = draw(model.samples!.image(near.index));
  const caption = state.here.sample === null ? "nearest" : "original";
  const gap = picture.width + 2 - displayWidth(name), fits = gap > 1 && caption.length <= picture.width;
  return [
    fits ? `${title}${" ".repeat(gap)}${caption}` : title,
    ...decoded.map((line, row) => `${line}  ${other[row]}`),
    ...words,
  ].slice(0, body);
}
