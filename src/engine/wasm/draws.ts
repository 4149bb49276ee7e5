/**
 * Noise and normal numbers, drawn by the kernels; the clear versions are in `../reference_steps.ts`.
 *
 * @module
 */
import { type DrawKey, STREAMS } from "../../core/random.ts";
import type { Corruption } from "../engine.ts";
import { DRAW, type Kernels } from "./kernels.ts";
import type { WasmPlan } from "./plan.ts";
import { SHARED_KERNELS, type Sharing } from "./sharing.ts";

const round = Math.fround;
const TWO_TO_32 = 4294967296;

/** Factors of the kernel where a corruption sets no other: no spread of levels, and no pixel on. */
const NO_SPREAD = 0, NEVER_ON = 2;

/** The kernel's kind of draw for each corruption, and its factors. */
const CORRUPTIONS: {
  readonly [Kind in Corruption["kind"]]: {
    readonly draw: number;
    set(settings: Float32Array, corruption: Extract<Corruption, { kind: Kind }>): void;
  };
} = {
  gaussian: {
    draw: DRAW.gaussian,
    set(settings, { std, maximumStd }) {
      settings[0] = std;
      settings[1] = Math.max(0, round(maximumStd) - settings[0]);
    },
  },
  saltAndPepper: {
    draw: DRAW.switches,
    set(settings, { share }) {
      settings[0] = share / 2;
      settings[2] = 1 - share / 2;
    },
  },
  masking: { draw: DRAW.switches, set: (settings, { share }) => void (settings[0] = share) },
  flips: { draw: DRAW.flips, set: (settings, { share }) => void (settings[0] = share) },
  bernoulli: { draw: DRAW.bernoulli, set() {} },
};

/** From this many numbers on, it pays to let the helper thread draw half of them. */
const MANY = 1024;

/** Bytes of scratch that a draw uses; the helper thread uses the ones after them. */
const SCRATCH = 64;

const CORRUPT_ROWS = SHARED_KERNELS.indexOf("corruptRows");

/** The program that draws. */
export interface Drawing {
  readonly kernels: Kernels;
  readonly layout: WasmPlan;
  /** The factors of the kernel, a view of the program's memory. */
  readonly settings: Float32Array;
  /** How the helper thread shares the draws. */
  readonly sharing?: Sharing;
}

/** Draws for a program. The functions take plain arguments instead of objects, so that they allocate nothing. */
export interface Drawer {
  /** Fills rows with random numbers. */
  fill(kind: number, at: number, order: number, rows: number, columns: number, key: DrawKey): void;
  /** Copies rows and corrupts the copies. */
  corrupt(
    corruption: Corruption,
    from: number,
    to: number,
    order: number,
    rows: number,
    columns: number,
    key: DrawKey,
  ): void;
}

/** Prepares the draws of a program. */
export function drawer(
  { kernels, layout: { scratch, settings: address }, settings, sharing }: Drawing,
): Drawer {
  function draw(
    kind: number,
    from: number,
    to: number,
    order: number,
    rows: number,
    columns: number,
    { seed, stream, epoch }: DrawKey,
  ): void {
    const low = seed | 0, high = Math.floor(seed / TWO_TO_32) | 0;
    const key = STREAMS[stream], level = STREAMS.noiseLevel;
    const isShared = sharing?.draws && rows * columns >= MANY && sharing.helper.isReady();
    const helper = isShared ? sharing.helper : undefined;
    const own = helper === undefined ? rows : Math.ceil(rows / 2);
    if (helper !== undefined) {
      const given = helper.arguments;
      given[0] = kind;
      given[1] = to + 4 * own * columns;
      given[2] = from + 4 * own * columns;
      given[3] = order + 4 * own;
      given[4] = rows - own;
      given[5] = columns;
      given[6] = scratch + SCRATCH;
      given[7] = epoch;
      given[8] = key;
      given[9] = level;
      given[10] = low;
      given[11] = high;
      given[12] = address;
      helper.ask(CORRUPT_ROWS);
    }
    const e = epoch | 0;
    kernels.corruptRows(kind, to, from, order, own, columns, scratch, e, key, level, low, high, address);
    if (helper === undefined) return;
    if (helper.takeFirst()) corruptRest(kernels, helper.arguments);
    else helper.awaitLast();
  }
  return {
    fill: (kind, at, order, rows, columns, key) => draw(kind, at, at, order, rows, columns, key),
    corrupt(corruption, from, to, order, rows, columns, key) {
      settings[1] = NO_SPREAD;
      settings[2] = NEVER_ON;
      const kind = CORRUPTIONS[corruption.kind];
      // The compiler does not know that a corruption goes with the entry of its own kind.
      kind.set(settings, corruption as never);
      draw(kind.draw, from, to, order, rows, columns, key);
    },
  };
}

/** The part that was requested of the helper thread. */
function corruptRest(kernels: Kernels, a: Int32Array): void {
  kernels.corruptRows(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
}
