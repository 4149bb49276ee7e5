// p = the parameter in turn, h = the step of the difference.

/** Compares a gradient with central differences. @module */
import { assertClose, type Tolerance } from "./close.ts";

/** Options for {@link gradcheck}. */
export interface GradcheckOptions extends Tolerance {
  /** What is checked, for the message. */
  label: string;
  /** The step of the difference, in units of the parameter. @default {1e-5} */
  step?: number;
}

/**
 * Fails unless each of `gradients` equals `(loss(p + h) - loss(p - h)) / 2h`.
 *
 * The error of the difference is about `h^2` of truncation and `1e-16 / h` of rounding: 1e-10 at the default step, far below the
 * default tolerance, so a failure is an error of the gradient.
 *
 * @param parameters What the loss reads; changed in turn and put back.
 * @param loss Computes the loss again, in double precision.
 */
export function gradcheck(
  parameters: Float64Array,
  loss: () => number,
  gradients: ArrayLike<number>,
  { label, step = 1e-5, absolute = 1e-7, relative = 1e-6 }: GradcheckOptions,
): void {
  const differences = parameters.map((kept, at) => {
    parameters[at] = kept + step;
    const above = loss();
    parameters[at] = kept - step;
    const below = loss();
    parameters[at] = kept;
    return (above - below) / (2 * step);
  });
  assertClose(gradients, differences, { absolute, relative }, label);
}
