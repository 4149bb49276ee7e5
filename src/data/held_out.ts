/**
 * Training samples that become the test split, so that settings can be chosen without the official test samples.
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

/** How many train samples become the test split. */
export const heldOutOption: z.ZodOptional<z.ZodInt> = z.int().min(1).optional();

/** What is wrong with `heldOut` or `offset`, of `count` train samples; `undefined` when samples are left to train on. `noun`: `digits`. */
function partFault({ offset, heldOut = 0 }: PartOptions, count: number, noun: string) {
  const fault = (path: "heldOut" | "offset", most: number, what: string, found: number) => ({
    path,
    message: `must be below ${most.toLocaleString("en-US")}, the number of train ${noun}${what}, got ${
      found.toLocaleString("en-US")
    }`,
  });
  if (heldOut >= count) return fault("heldOut", count, "", heldOut);
  const rest = count - heldOut;
  return offset < rest
    ? undefined
    : fault("offset", rest, heldOut === 0 ? "" : " that are not held out", offset);
}

/** Refuses options that leave nothing to train on: for `superRefine` of a source's schema. */
export function refuseParts(count: number, noun: string) {
  return (spec: PartOptions, context: z.RefinementCtx): void => {
    const fault = partFault(spec, count, noun);
    if (fault !== undefined) {
      context.addIssue({ code: "custom", path: [fault.path], message: fault.message });
    }
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
  const fault = partFault(options, train.count, noun);
  if (fault !== undefined) throw new RunError(`load.source.${fault.path} ${fault.message}`);
  const { offset, testLimit: limit, heldOut } = options;
  return {
    train: takeFrom(train, size, source, { offset, limit: trainCount(options, train.count) }),
    test: heldOut === undefined
      ? takeFrom(official!, size, source, { limit })
      : takeFrom(train, size, source, { offset: train.count - heldOut, limit }),
  };
}
