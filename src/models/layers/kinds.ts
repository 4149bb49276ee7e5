/**
 * All kinds of layers. A new kind is one file, its exports and types here, and its line in the table; what is missing does not
 * compile.
 *
 * @module
 */
import { denseKind, type DenseLayer } from "./dense.ts";
import type { LayerKind } from "./layer.ts";
import { type LayerNormInput, layerNormKind, type LayerNormLayer } from "./layer_norm.ts";

export { dense, type DenseLayer, type DenseOptions } from "./dense.ts";
export { layerNorm, type LayerNormInput, type LayerNormLayer, type LayerNormOptions } from "./layer_norm.ts";

/** A layer with all defaults filled in. */
export type Layer = DenseLayer | LayerNormLayer;

/** A layer as a pipeline file writes it: a number of units stands for a dense layer. */
export type LayerInput = number | DenseLayer | LayerNormInput;

/** All kinds of layers by name: not for pipeline files, so it is the default export. */
export default {
  dense: denseKind,
  layerNorm: layerNormKind,
} satisfies { [Kind in Layer["kind"]]: LayerKind<Extract<Layer, { kind: Kind }>> };
