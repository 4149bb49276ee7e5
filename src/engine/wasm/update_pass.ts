/**
 * The pass of an optimizer over a range of the parameters, as numbers that another thread can be handed.
 *
 * @module
 */
import type { Update } from "../engine.ts";
import type { Kernels } from "./kernels.ts";

/** The optimizers, as numbers. */
export const PASSES: Readonly<Record<Update["kind"], number>> = { sgd: 0, momentum: 1, rmsprop: 2, adam: 3 };

/** Where a pass works: addresses in bytes. */
export interface PassPlaces {
  readonly parameters: number;
  readonly gradients: number;
  readonly slots: readonly number[];
  readonly settings: number;
}

/** Runs a pass over `length` numbers (a multiple of four) from number `first` on. */
export function runPass(
  kernels: Kernels,
  { parameters, gradients, slots: [one, two], settings }: PassPlaces,
  pass: number,
  nesterov: number,
  first: number,
  length: number,
): void {
  const p = parameters + 4 * first, g = gradients + 4 * first, a = one + 4 * first, b = two + 4 * first;
  switch (pass) {
    case 0:
      return kernels.sgd(p, g, length, settings);
    case 1:
      return kernels.momentum(p, g, a, length, settings, nesterov);
    case 2:
      return kernels.rmsprop(p, g, a, length, settings);
    default:
      return kernels.adam(p, g, a, b, length, settings);
  }
}
