/**
 * The texts of the explorer: each function returns lines, coloured and cut to the width.
 *
 * @module
 */
import { cut, displayWidth, fitWidth } from "../text/text.ts";
import type { LineStyle } from "../panels/panels.ts";
import { paint, type Role } from "../terminal/theme.ts";
import type { ExplorerModel } from "./model.ts";
import { neighbour } from "./plane.ts";
import { type ExplorerState, sampleName, type Spot } from "./state.ts";

/** A coordinate in six cells: `-1.234`, `12.345`, `-123.4`. */
function coordinate(value: number): string {
  const size = Math.abs(value);
  const text = size < 9.9995
    ? value.toFixed(3)
    : size < 99.995
    ? value.toFixed(2)
    : size < 999.95
    ? value.toFixed(1)
    : value.toExponential(0);
  return text.replace(/^-(0\.0+)$/, "$1").padStart(6);
}

/** The point as text: its first coordinates. */
function pointText(point: readonly number[]): string {
  const shown = point.slice(0, 4).map((value) => coordinate(value).trim());
  return `(${shown.join(", ")}${point.length > 4 ? ", …" : ""})`;
}

/** The title of the model, as many parts of it as fit. */
export function explorerHeader({ title }: ExplorerModel, { width, level }: LineStyle): string {
  const [first = "", ...rest] = title;
  const shown = [...rest];
  const text = () => [first, ...shown].join("   ");
  while (shown.length > 0 && displayWidth(text()) > width) shown.pop();
  const name = cut(first, width);
  return paint(level, "strong", name) + text().slice(first.length);
}

/** The current input, or the last notice. */
export function explorerNotice(
  state: ExplorerState,
  { samples }: ExplorerModel,
  { width, level }: LineStyle,
): string {
  const { entry, notice } = state;
  if (entry === null) {
    return notice === null ? "" : paint(level, notice.bad ? "bad" : "good", cut(notice.text, width));
  }
  const names = samples!.labelNames.filter((_, label) => samples!.means[label] !== null);
  const choice = entry.what === "sample" ? `0 to ${samples!.count - 1}` : names.join(" ");
  const asked = `${entry.what === "sample" ? samples!.noun : "label"}: ${entry.text}`;
  const hint = cut(`  (${choice}; Enter to go, Esc to cancel)`, Math.max(0, width - displayWidth(asked) - 1));
  return `${cut(asked, width - 1)}${paint(level, "accent", "▏")}${paint(level, "faint", hint)}`;
}

/** What the arrows do: `→ z1  0.300   ↑ z2 -1.200`. */
export function axesLine({ axes, here: { point } }: ExplorerState, { width, level }: LineStyle): string {
  const name = (arrow: string, axis: number) => `${arrow} z${axis + 1} ${coordinate(point[axis])}`;
  const up = axes[0] === axes[1] ? "" : `   ${name("↑", axes[1])}`;
  return paint(level, "strong", cut(name("→", axes[0]) + up, width));
}

/** The nearest image, the step, the marks and the state of the morph. */
export function placeLines(
  state: ExplorerState,
  model: ExplorerModel,
  { width, level }: LineStyle,
): string[] {
  const { marks, step, path, morph } = state;
  const lines: [text: string, role: Role | null][] = [
    ...nearestLine(state, model, width),
    [`step ${Number(step.toPrecision(3))}`, "faint"],
    ...markLines("A", marks.a),
    ...markLines("B", marks.b),
  ];
  if (marks.a !== null && marks.b !== null) {
    const doing = morph === null ? "m morphs" : morph.playing ? "m pauses" : "m resumes";
    lines.push([`${path} path, ${doing}`, "faint"]);
  }
  return lines.map(([text, role]) => role === null ? cut(text, width) : paint(level, role, cut(text, width)));
}

/** The nearest image, shortened to fit; nothing at an image itself. */
function nearestLine(state: ExplorerState, model: ExplorerModel, width: number): [string, null][] {
  const near = neighbour(state, model);
  if (near === undefined || state.here.sample !== null) return [];
  const name = sampleName(model.samples!, near.index), distance = coordinate(near.distance).trim();
  const short = name.slice(model.samples!.noun.length + 1);
  const texts = [
    `nearest ${name}, ${distance} away`,
    `nearest ${short}, ${distance} away`,
    `nearest ${short}`,
  ];
  return [[texts.find((text) => displayWidth(text) <= width) ?? texts[2], null]];
}

function markLines(letter: string, spot: Spot | null): [string, null][] {
  return spot === null ? [] : [[`${letter} ${spotName(spot)}`, null]];
}

/** The name of a spot; its coordinates if it has none. */
function spotName({ name, point }: Spot): string {
  return name === "" ? pointText(point) : name;
}

/** Cells of a coordinate with its name and a gap. */
const CELL_GAP = 2;

/** All coordinates, in columns; if they do not fit, those around the horizontal axis. */
export function coordinateLines(
  { axes, here: { point } }: ExplorerState,
  { width, level, height }: LineStyle & { height: number },
): string[] {
  const digits = String(point.length).length, cell = 2 + 1 + digits + 1 + 6;
  const across = Math.max(1, Math.floor((width + CELL_GAP) / (cell + CELL_GAP)));
  const down = Math.min(height, Math.ceil(point.length / across)),
    shown = Math.min(point.length, across * down);
  const first = Math.max(0, Math.min(axes[0] - (shown >> 1), point.length - shown));
  return Array.from({ length: Math.max(0, down) }, (_, row) => {
    const cells = Array.from({ length: across }, (_, column) => first + column * down + row)
      .filter((axis) => axis < first + shown)
      .map((axis) => {
        const arrow = axis === axes[0] ? "→" : axis === axes[1] ? "↑" : " ";
        const text = fitWidth(
          `${arrow} z${String(axis + 1).padEnd(digits)} ${coordinate(point[axis])}`,
          cell,
        );
        return arrow === " " ? text : paint(level, "strong", text);
      });
    return width < cell ? "" : cells.join(" ".repeat(CELL_GAP));
  });
}

/** The available keys, the most useful first. */
export function explorerKeys(
  state: ExplorerState,
  { latent, samples }: ExplorerModel,
): [key: string, what: string][] {
  if (state.entry !== null) return [["Enter", "go"], ["Esc", "cancel"]];
  const both = state.marks.a !== null && state.marks.b !== null;
  return [
    ["?", state.help ? "close help" : "help"],
    ["q", "quit"],
    [latent === 1 ? "← →" : "← → ↑ ↓", "move"],
    ...(samples === null ? [] : [["n p", samples.noun] as [string, string]]),
    ...(samples === null || samples.means.length === 0 ? [] : [["l", "label"] as [string, string]]),
    ["a b", "mark"],
    ...(both ? [["m", "morph"] as [string, string]] : []),
    ["w", "write"],
    ["r", "random"],
    ...(latent > 2 ? [["x y", "axes"] as [string, string]] : []),
    ["+ -", "step"],
  ];
}

const HELP: readonly (readonly [keys: string, meaning: string])[] = [
  ["← → ↑ ↓", "move through the latent space; with Shift five steps at once"],
  ["+ -", "larger or smaller steps"],
  ["x y", "another dimension for ← → or for ↑ ↓ (X Y: the one before)"],
  ["c", "all coordinates, or the plane"],
  ["n p", "next or previous image; a number and Enter goes to that one"],
  ["l", "a label: the mean of its images; Tab, Shift-Tab: next, previous"],
  ["r R", "another random point, or the one before"],
  ["o", "back to the origin"],
  ["a b", "mark A or B here"],
  ["m", "morph from A to B and back, or pause"],
  ["s", "linear or spherical path from A to B"],
  ["w", "write this picture as PNG"],
  ["v", "write the morph from A to B as GIF"],
  ["Esc", "close what is open, end a morph"],
  ["q, Ctrl-C", "quit"],
];

/** The help: all keys. */
export function explorerHelp({ width, level }: LineStyle): string[] {
  return HELP.map(([keys, meaning]) =>
    paint(level, "strong", cut(keys.padEnd(11), width)) + cut(meaning, Math.max(0, width - 11))
  );
}
