// P = all parameters together.

/**
 * An optimizer's rule for engines: a small graph that computes one parameter's next value, run for all of them.
 *
 * @module
 */
import type { Graph } from "../graph/graph.ts";

/** The rule of one optimizer update. */
export interface UpdateRule {
  /** Its name. An engine may have a faster implementation for a name, which its tests compare with {@link graph}. */
  readonly name: string;
  /** Blocks of state, each of length P. */
  readonly slots: number;
  /** How many numbers an update reads besides parameters, gradients and slots: rates, shares, corrections. */
  readonly scalars: number;
  /**
   * Inputs `parameter`, `gradient`, `slot0`, ... ["batch", 1] and `scalar0`, ... [1, 1]; outputs `parameter` and `slot0`, ...
   * ["batch", 1]. It is elementwise, so it can be run for any part of the parameters.
   */
  readonly graph: Graph;
  /**
   * The rule that this one extends by a moving average of the parameters: afterwards, the last slot a becomes `a + share (parameter - a)`,
   * and the share is the last scalar. @default {it has no average}
   */
  readonly averages?: UpdateRule;
}

/** The names of the inputs and outputs of {@link UpdateRule.graph}. */
export const UPDATE = {
  parameter: "parameter",
  gradient: "gradient",
  slot: (slot: number) => `slot${slot}`,
  scalar: (scalar: number) => `scalar${scalar}`,
};

/** The blocks of an update (views or addresses) by the names of a rule's graph. */
export function updateBlocks<Block>(
  { parameters, gradients, slots }: { parameters: Block; gradients: Block; slots: readonly Block[] },
): Map<string, Block> {
  return new Map([
    [UPDATE.parameter, parameters],
    [UPDATE.gradient, gradients],
    ...slots.map((slot, at): [string, Block] => [UPDATE.slot(at), slot]),
  ]);
}
