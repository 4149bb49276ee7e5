/**
 * Train samples that become the test split: to choose between settings without a look at the official test samples.
 *
 * @module
 */
import { z } from "zod";
import { RunError } from "../core/errors.ts";
import type { Split } from "./dataset.ts";
import { takeFrom } from "./split.ts";

/** Which samples of official train and test splits are used, as sources of both have them. */
export interface PartOptions {
  readonly offset: number;
  readonly limit?: number;
  readonly testLimit?: number;
  readonly heldOut?: number;
}

/** How many train samples, of `count`, become the test split. */
export function heldOutOption(count: number): z.ZodOptional<z.ZodInt> {
  return z.int().min(1).max(count - 1).optional();
}

/** What is wrong with `offset`, of `count` train samples; `undefined` when samples are left to train on. `noun`: `digits`. */
export function offsetFault({ offset, heldOut }: PartOptions, count: number, noun: string) {
  const rest = count - (heldOut ?? 0);
  if (offset < rest) return undefined;
  return `must be below ${rest.toLocaleString("en-US")}, the number of train ${noun}${
    heldOut === undefined ? "" : " that are not held out"
  }, got ${offset.toLocaleString("en-US")}`;
}

/** Refuses an `offset` that leaves nothing to train on: for `superRefine` of a source's schema. */
export function refuseOffset(count: number, noun: string) {
  return (spec: PartOptions, context: z.RefinementCtx): void => {
    const message = offsetFault(spec, count, noun);
    if (message !== undefined) context.addIssue({ code: "custom", path: ["offset"], message });
  };
}

/** How many of `count` samples are trained on: those from `offset` on that are not held out, at most `limit`. */
export function trainCount({ limit = Infinity, offset, heldOut = 0 }: PartOptions, count: number): number {
  return Math.min(limit, count - heldOut - offset);
}

/** How many samples are tested on: of those held out, or of the official test split, which has `count`. */
export function testCount({ testLimit = Infinity, heldOut }: PartOptions, count: number): number {
  return Math.min(testLimit, heldOut ?? count);
}

/**
 * The parts of the official splits that are used: with `heldOut`, the test split is the end of `train`, and `official` is not needed.
 * Throws a RunError when nothing is left to train on.
 */
export function takeParts(
  train: Split,
  official: Split | undefined,
  size: number,
  { source, noun, ...options }: PartOptions & { source: string; noun: string },
): { train: Split; test: Split } {
  const fault = offsetFault(options, train.count, noun);
  if (fault !== undefined) throw new RunError(`load.source.offset ${fault}`);
  const { offset, testLimit: limit, heldOut } = options;
  return {
    train: takeFrom(train, size, source, { offset, limit: trainCount(options, train.count) }),
    test: heldOut === undefined
      ? takeFrom(official!, size, source, { limit })
      : takeFrom(train, size, source, { offset: train.count - heldOut, limit }),
  };
}
