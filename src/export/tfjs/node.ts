/** The layers of TensorFlow.js that a model's layer becomes. @module */
import type { SampleShape } from "../../core/shape.ts";

/** A layer of the model as TensorFlow.js names it, with the names of the layers that it reads. */
export interface Node {
  readonly type: string;
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly reads: readonly string[];
}

/** The numbers of a layer: `<layer>/<what TensorFlow.js calls them>`. */
export interface Weights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The output of a layer. */
export interface Made {
  readonly name: string;
  readonly shape: SampleShape;
}

/** A model as far as it is written. */
export interface NodeWriter {
  /** Adds layers one after the other; the first reads `x` unless it says what it reads. Returns the name of the last. */
  chain(
    x: string,
    ...nodes: readonly (Omit<Node, "reads"> & { readonly reads?: readonly string[] })[]
  ): string;
  weights(...weights: readonly Weights[]): void;
}
