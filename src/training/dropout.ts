/** The draws of dropout layers in a training step. @module */
import type { DrawKey } from "../core/random.ts";
import type { Corruption, Program } from "../engine/engine.ts";
import { dropoutMasksOf } from "../models/coder.ts";
import type { ModelSpec } from "../models/spec.ts";

/** Draws the masks of all dropout layers. */
export interface DropoutMasks {
  /** Sets the draws of an epoch. `epochs`: those before it. */
  beginEpoch(epochs: number): void;
  /** Fills the masks for `rows` samples of the program's order, from row `at` on. Allocates nothing. */
  draw(start: number, rows: number, at: number): void;
}

/** Prepares the masks of a training program. Those of one sample in one epoch differ from layer to layer. */
export function dropoutMasks(program: Program, model: ModelSpec, seed: number): DropoutMasks {
  const masks = dropoutMasksOf(model).map(({ input, rate }, layer) => {
    const key = { seed, stream: "dropout", epoch: 0 } satisfies DrawKey;
    const zeros: Corruption = { kind: "masking", share: rate };
    return { input, values: program.input(input), key, zeros, layer };
  });
  return {
    beginEpoch(epochs) {
      for (const { key, layer } of masks) key.epoch = epochs * masks.length + layer;
    },
    draw(start, rows, at) {
      for (const { input, values, key, zeros } of masks) {
        // Those of all parts of a batch; the first part begins at row 0.
        if (at === 0) values.fill(1);
        program.corrupt(input, input, zeros, key, start, rows, at);
      }
    },
  };
}
