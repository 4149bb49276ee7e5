/**
 * Noise and normal numbers, drawn by the kernels; the clear versions are in `../reference_steps.ts`.
 *
 * @module
 */
import { type DrawKey, STREAMS } from "../../core/random.ts";
import type { Corruption } from "../engine.ts";
import { DRAW, type Kernels } from "./kernels.ts";
import { SHARED_KERNELS } from "../threads/task.ts";
import type { WasmPlan } from "./plan.ts";
import type { Sharing } from "./sharing.ts";

const round = Math.fround;
const TWO_TO_32 = 4294967296;

/** The kernel's kind of draw for each corruption. */
const KINDS: Readonly<Record<Corruption["kind"], number>> = {
  gaussian: DRAW.gaussian,
  saltAndPepper: DRAW.switches,
  masking: DRAW.switches,
  flips: DRAW.flips,
  bernoulli: DRAW.bernoulli,
};

/** Copies rows and corrupts the copies. */
export function corrupt(
  kernels: Kernels,
  plan: WasmPlan,
  sharing: Sharing | undefined,
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
  draw(kernels, plan, sharing, KINDS[corruption.kind], from, to, order, rows, columns, key);
}

/** From this many numbers on, it pays to let the helper thread draw half of them. */
const MANY = 1024;

/** Bytes of scratch that a draw uses; the helper thread uses the ones after them. */
const SCRATCH = 64;

const CORRUPT_ROWS = SHARED_KERNELS.indexOf("corruptRows");

/** Fills rows with random numbers, or corrupts them. Takes plain arguments instead of an object, so that it allocates nothing. */
export function draw(
  kernels: Kernels,
  { scratch, settings }: WasmPlan,
  sharing: Sharing | undefined,
  kind: number,
  from: number,
  to: number,
  order: number,
  rows: number,
  columns: number,
  { seed, stream, epoch }: DrawKey,
): void {
  const low = seed | 0,
    high = Math.floor(seed / TWO_TO_32) | 0,
    key = STREAMS[stream],
    level = STREAMS.noiseLevel;
  const helper = sharing?.draws && rows * columns >= MANY && sharing.helper.isReady()
    ? sharing.helper
    : undefined;
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
    given[12] = settings;
    helper.ask(CORRUPT_ROWS);
  }
  kernels.corruptRows(
    kind,
    to,
    from,
    order,
    own,
    columns,
    scratch,
    epoch | 0,
    key,
    level,
    low,
    high,
    settings,
  );
  if (helper === undefined) return;
  if (helper.takeFirst()) corruptRest(kernels, helper.arguments);
  else helper.awaitLast();
}

/** The part that was requested of the helper thread. */
function corruptRest(kernels: Kernels, a: Int32Array): void {
  kernels.corruptRows(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
}
