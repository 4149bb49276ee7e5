/**
 * The state of an explorer: immutable plain data.
 *
 * @module
 */
import type { ExplorerModel, ExplorerSamples, PathName } from "./model.ts";

/** A point with its name. */
export interface Spot {
  readonly point: readonly number[];
  /** `test image 12 (7)`, `label 3`; empty for a point reached with the arrow keys. */
  readonly name: string;
  /** The image with this latent vector; `null` for any other point. */
  readonly sample: number | null;
}

/** A morph from mark A to mark B. */
export interface Morph {
  readonly points: readonly (readonly number[])[];
  /** The current step. */
  readonly step: number;
  /** 1 towards B, -1 back. */
  readonly direction: 1 | -1;
  readonly playing: boolean;
}

/** The current text input. */
export interface TextInput {
  readonly what: "sample" | "label";
  readonly text: string;
}

/** The state that keys change. */
export interface ExplorerState {
  readonly here: Spot;
  /** The dimensions along which the arrows move, from 0: across and up. The same twice in a space of one. */
  readonly axes: readonly [across: number, up: number];
  /** The step of an arrow key: 1, 2 or 5 times a power of ten. */
  readonly step: number;
  readonly marks: { readonly a: Spot | null; readonly b: Spot | null };
  readonly path: PathName;
  readonly morph: Morph | null;
  readonly entry: TextInput | null;
  /** The last image, class and draw; -1 if none yet. */
  readonly last: { readonly sample: number; readonly label: number; readonly draw: number };
  readonly help: boolean;
  /** Whether all coordinates replace the plane. */
  readonly coordinates: boolean;
  readonly notice: { readonly text: string; readonly bad: boolean } | null;
  /** The written files. */
  readonly written: readonly string[];
}

/** Actions of keys and of the timer of a morph. */
export type Action =
  /** Moves by a number of steps along the two axes. */
  | { readonly type: "move"; readonly across: number; readonly up: number }
  /** Larger or smaller steps. */
  | { readonly type: "step"; readonly by: 1 | -1 }
  /** Another dimension for an axis: 0 across, 1 up. */
  | { readonly type: "axis"; readonly axis: 0 | 1; readonly by: 1 | -1 }
  | { readonly type: "origin" }
  /** The next or previous image, class or random point. */
  | { readonly type: "next"; readonly what: "sample" | "label" | "draw"; readonly by: 1 | -1 }
  | { readonly type: "mark"; readonly which: "a" | "b" }
  /** Switches between the two kinds of path. */
  | { readonly type: "path" }
  /** Plays or pauses the morph. */
  | { readonly type: "morph" }
  /** The next step of a morph that plays. */
  | { readonly type: "tick" }
  /** Starts the input of an image's number or a class. */
  | { readonly type: "ask"; readonly what: TextInput["what"] }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "erase" }
  | { readonly type: "submit" }
  | { readonly type: "escape" }
  | { readonly type: "toggle"; readonly what: "help" | "coordinates" }
  | { readonly type: "wrote"; readonly file: string }
  | { readonly type: "notice"; readonly text: string; readonly bad: boolean };

/**
 * The state at the start: in the plane of the two most informative dimensions, at the first sample (the origin may be far from all
 * of them), with steps of about a tenth of the space's unit.
 */
export function initialState({ latent, unit, notice, order, samples }: ExplorerModel): ExplorerState {
  return {
    here: samples === null ? originOf(latent) : sampleSpot(samples, 0),
    axes: latent === 2 ? [0, 1] : [order[0], order[1] ?? order[0]],
    step: roundStep(unit / 10),
    marks: { a: null, b: null },
    path: "linear",
    morph: null,
    entry: null,
    last: { sample: samples === null ? -1 : 0, label: -1, draw: -1 },
    help: false,
    coordinates: false,
    notice: notice === null ? null : { text: notice, bad: true },
    written: [],
  };
}

/** The origin of a space. */
export function originOf(latent: number): Spot {
  return { point: new Array<number>(latent).fill(0), name: "origin", sample: null };
}

/** The position of an image. */
export function sampleSpot(samples: ExplorerSamples, sample: number): Spot {
  return { point: samples.point(sample), name: sampleName(samples, sample), sample };
}

/** `test image 12 (7)` */
export function sampleName({ noun, caption }: ExplorerSamples, sample: number): string {
  const text = caption(sample);
  return `${noun} ${sample}${text === "" ? "" : ` (${text})`}`;
}

const LADDER = [1, 2, 5] as const;

/** The index in 1, 2, 5, 10, 20, ... of the step that is nearest to a size, by ratio. */
function rungOf(size: number): number {
  const power = Math.floor(Math.log10(size) + 1e-9), rest = size / 10 ** power;
  const nearest = [...LADDER, 10].map((rung) => Math.abs(Math.log(rest / rung)));
  return 3 * power + nearest.indexOf(Math.min(...nearest));
}

function sizeOf(rung: number): number {
  const power = Math.floor(rung / 3);
  return Number(`${LADDER[rung - 3 * power]}e${power}`);
}

/** A step of 1, 2 or 5 times a power of ten near a size. */
export function roundStep(size: number): number {
  return size > 0 && Number.isFinite(size) ? sizeOf(rungOf(size)) : 0.1;
}

/** The step one rung up or down, from a thousandth to a thousand. */
export function otherStep(step: number, by: 1 | -1): number {
  return sizeOf(Math.min(9, Math.max(-9, rungOf(step) + by)));
}
