/**
 * Noise and normal numbers, drawn by the kernels; the clear versions are in `../reference_steps.ts`.
 *
 * @module
 */
import { type DrawKey, STREAMS } from "../../core/random.ts";
import type { Corruption } from "../engine.ts";
import { DRAW, type Kernels } from "./kernels.ts";

const round = Math.fround;
const TWO_TO_32 = 4294967296;

/** Addresses in the program's memory. */
interface Places {
  readonly from: number;
  readonly to: number;
  /** The samples of the rows. */
  readonly order: number;
}

/** Copies rows and spoils them. */
export function corrupt(
  kernels: Kernels,
  scratch: number,
  { from, to, order }: Places,
  rows: number,
  columns: number,
  corruption: Corruption,
  { seed, stream, epoch }: DrawKey,
): void {
  let kind: number = DRAW.switches, level = 0, spread = 0, on = 2;
  if (corruption.kind === "gaussian") {
    kind = DRAW.gaussian;
    level = round(corruption.std);
    spread = Math.max(0, round(round(corruption.maximumStd) - level));
  } else if (corruption.kind === "masking") {
    level = round(corruption.share);
  } else {
    level = round(corruption.share / 2);
    on = round(1 - corruption.share / 2);
  }
  const low = seed >>> 0, high = Math.floor(seed / TWO_TO_32) >>> 0, key = STREAMS[stream];
  const { noiseLevel } = STREAMS;
  kernels.corruptRows(
    kind,
    to,
    from,
    order,
    rows,
    columns,
    scratch,
    epoch,
    key,
    noiseLevel,
    low,
    high,
    level,
    spread,
    on,
  );
}

/** Fills rows with standard normal numbers. */
export function drawNormal(
  kernels: Kernels,
  scratch: number,
  to: number,
  order: number,
  rows: number,
  columns: number,
  { seed, stream, epoch }: DrawKey,
): void {
  const low = seed >>> 0, high = Math.floor(seed / TWO_TO_32) >>> 0, key = STREAMS[stream];
  kernels.corruptRows(DRAW.normal, to, to, order, rows, columns, scratch, epoch, key, 0, low, high, 0, 0, 0);
}
