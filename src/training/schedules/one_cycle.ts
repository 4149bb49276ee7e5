// x = epochs since the start of the first step; r, e = x at the peak and at the start of the last step.

/** The 1cycle policy: up to a large learning rate and down again within one training. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { cosineBetween, type Moment, type ScheduleKind } from "./schedule.ts";

/** Options for {@link oneCycle}. */
export interface OneCycleOptions {
  /** The learning rate at the peak, in place of the optimizer's. `null`: the optimizer's. @default {null} */
  maximum?: number | null;
  /** The share of the training in which the rate rises. @default {0.3} */
  riseShare?: number;
  /** The share of the peak rate that the first step has. @default {0.04} */
  startShare?: number;
  /** The share of the peak rate that the last step has. @default {4e-6} */
  finalShare?: number;
  /**
   * The momentum (`beta1` of Adam and its variants) at the peak, and that at the start and the end; it falls while the rate rises. `null`: the
   * optimizer's own throughout. Without effect on optimizers that have none, `sgd` and `rmsprop`.
   * @default {least 0.85, most 0.95}
   */
  momentum?: { least?: number; most?: number } | null;
}

const share = z.number().min(0).max(1), momentum = z.number().min(0).lt(1);
const schema = z.strictObject({
  kind: z.literal("oneCycle"),
  maximum: z.number().positive().nullable().default(null),
  riseShare: share.default(0.3),
  startShare: z.number().positive().max(1).default(0.04),
  finalShare: share.default(4e-6),
  momentum: z.strictObject({ least: momentum.default(0.85), most: momentum.default(0.95) })
    .refine(({ least, most }) => least <= most, {
      error: "must have a `least` that is at most its `most` (0.85 and 0.95 where they are not set)",
    })
    .nullable().prefault({}),
});
type OneCycle = z.infer<typeof schema>;

/**
 * The 1cycle policy (Smith and Topin 2018, arXiv:1708.07120): half a cosine up to the peak rate, another down to nearly 0, step by step.
 * Momentum moves inversely: it falls while the rate rises.
 *
 * The rates are those of PyTorch's `OneCycleLR(max_lr, total_steps, pct_start, div_factor = 1 / startShare,
 * final_div_factor = startShare / finalShare)` with its two phases, where all batches are whole; a shorter last batch counts as the part of
 * a step that it is. It ends with the last of the `epochs`, so a training under it cannot be resumed with more of them.
 */
export function oneCycle(options: OneCycleOptions = {}): { kind: "oneCycle" } & OneCycleOptions {
  return { kind: "oneCycle", ...optionsOf("oneCycle", options) };
}

/** From `start` to `peak` and on to `end` at a moment. */
function cycled(
  { riseShare }: OneCycle,
  { epochsDone, stepEpochs, epochs }: Moment,
  start: number,
  peak: number,
  end: number,
): number {
  const x = Math.max(0, epochsDone - stepEpochs),
    r = riseShare * epochs - stepEpochs,
    e = epochs - stepEpochs;
  if (x <= r) return cosineBetween(start, peak, r === 0 ? 1 : x / r);
  return cosineBetween(peak, end, e === r ? 1 : Math.min(1, (x - r) / (e - r)));
}

/** See {@link oneCycle}. */
export const oneCycleKind = {
  schema,
  endsWithEpochs: true,
  rate(spec, moment) {
    const { startShare, finalShare } = spec, peak = spec.maximum ?? moment.learningRate;
    return cycled(spec, moment, peak * startShare, peak, peak * finalShare);
  },
  momentum(spec, moment) {
    if (spec.momentum === null) return undefined;
    const { least, most } = spec.momentum;
    return cycled(spec, moment, most, least, most);
  },
  describe: ({ maximum, riseShare }) =>
    `one cycle${maximum === null ? "" : ` with its peak at ${maximum}`}, ${
      Math.round(100 * riseShare)
    } % of it rising`,
} satisfies ScheduleKind<OneCycle>;
