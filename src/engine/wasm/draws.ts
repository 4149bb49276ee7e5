/**
 * Noise and normal numbers, drawn by the kernels; the clear versions are in `../reference_steps.ts`.
 *
 * @module
 */
import { type DrawKey, STREAMS } from "../../core/random.ts";
import type { Corruption } from "../engine.ts";
import { DRAW, type Kernels } from "./kernels.ts";
import type { Plan } from "./plan.ts";

const round = Math.fround;
const TWO_TO_32 = 4294967296;

/** What the kernels do for each kind of corruption. */
const KINDS: Readonly<Record<Corruption["kind"], number>> = {
  gaussian: DRAW.gaussian,
  saltAndPepper: DRAW.switches,
  masking: DRAW.switches,
  flips: DRAW.flips,
  bernoulli: DRAW.bernoulli,
};

/** Copies rows and spoils them. */
export function corrupt(
  kernels: Kernels,
  plan: Plan,
  settings: Float32Array,
  from: number,
  to: number,
  order: number,
  rows: number,
  columns: number,
  corruption: Corruption,
  key: DrawKey,
): void {
  settings[1] = 0;
  settings[2] = 2;
  if (corruption.kind === "gaussian") {
    settings[0] = corruption.std;
    settings[1] = Math.max(0, round(corruption.maximumStd) - settings[0]);
  } else if (corruption.kind === "masking" || corruption.kind === "flips") {
    settings[0] = corruption.share;
  } else if (corruption.kind === "saltAndPepper") {
    settings[0] = corruption.share / 2;
    settings[2] = 1 - corruption.share / 2;
  }
  draw(kernels, plan, KINDS[corruption.kind], from, to, order, rows, columns, key);
}

/** Fills rows with the numbers of a kind, or spoils them; nothing is allocated, so all is passed by itself. */
export function draw(
  kernels: Kernels,
  { scratch, settings }: Plan,
  kind: number,
  from: number,
  to: number,
  order: number,
  rows: number,
  columns: number,
  { seed, stream, epoch }: DrawKey,
): void {
  const low = seed | 0, high = Math.floor(seed / TWO_TO_32) | 0, key = STREAMS[stream];
  const { noiseLevel } = STREAMS;
  kernels.corruptRows(
    kind,
    to,
    from,
    order,
    rows,
    columns,
    scratch,
    epoch | 0,
    key,
    noiseLevel,
    low,
    high,
    settings,
  );
}
