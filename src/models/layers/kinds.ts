/**
 * All kinds of layers that hold no others, and what a pipeline file makes them with. A new kind is one file, and its lines here; what is
 * missing does not compile.
 *
 * @module
 */
import { type ConvInput, convKind, type ConvLayer } from "./conv.ts";
import { type ConvTransposeInput, convTransposeKind, type ConvTransposeLayer } from "./conv_transpose.ts";
import { denseKind, type DenseLayer } from "./dense.ts";
import { dropoutKind, type DropoutLayer } from "./dropout.ts";
import { flattenKind, type FlattenLayer } from "./flatten.ts";
import { globalAveragePoolKind, type GlobalAveragePoolLayer } from "./global_average_pool.ts";
import { type GroupNormInput, groupNormKind, type GroupNormLayer } from "./group_norm.ts";
import type { LayerKind } from "./layer.ts";
import { type LayerNormInput, layerNormKind, type LayerNormLayer } from "./layer_norm.ts";
import { reshapeKind, type ReshapeLayer } from "./reshape.ts";
import { type UpsampleInput, upsampleKind, type UpsampleLayer } from "./upsample.ts";

export { conv, type ConvInput, type ConvLayer, type ConvOptions } from "./conv.ts";
export {
  convTranspose,
  type ConvTransposeInput,
  type ConvTransposeLayer,
  type ConvTransposeOptions,
} from "./conv_transpose.ts";
export type { AxisSizes, Convolution, PaddingOption } from "./convolution.ts";
export { dense, type DenseLayer, type DenseOptions } from "./dense.ts";
export { dropout, type DropoutLayer } from "./dropout.ts";
export { flatten, type FlattenLayer } from "./flatten.ts";
export { globalAveragePool, type GlobalAveragePoolLayer } from "./global_average_pool.ts";
export { groupNorm, type GroupNormInput, type GroupNormLayer, type GroupNormOptions } from "./group_norm.ts";
export { layerNorm, type LayerNormInput, type LayerNormLayer, type LayerNormOptions } from "./layer_norm.ts";
export { reshape, type ReshapeLayer } from "./reshape.ts";
export { upsample, type UpsampleInput, type UpsampleLayer, type UpsampleOptions } from "./upsample.ts";

/** A layer that holds no others, with all defaults filled in. */
export type PlainLayer =
  | DenseLayer
  | LayerNormLayer
  | ConvLayer
  | ConvTransposeLayer
  | UpsampleLayer
  | GroupNormLayer
  | DropoutLayer
  | GlobalAveragePoolLayer
  | ReshapeLayer
  | FlattenLayer;

/** A layer that holds no others as a pipeline file writes it: a number of units stands for a dense layer. */
export type PlainLayerInput =
  | number
  | DenseLayer
  | LayerNormInput
  | ConvInput
  | ConvTransposeInput
  | UpsampleInput
  | GroupNormInput
  | DropoutLayer
  | GlobalAveragePoolLayer
  | ReshapeLayer
  | FlattenLayer;

/** All these kinds by name: not for pipeline files, so it is the default export. */
export default {
  dense: denseKind,
  layerNorm: layerNormKind,
  conv: convKind,
  convTranspose: convTransposeKind,
  upsample: upsampleKind,
  groupNorm: groupNormKind,
  dropout: dropoutKind,
  globalAveragePool: globalAveragePoolKind,
  reshape: reshapeKind,
  flatten: flattenKind,
} satisfies { [Kind in PlainLayer["kind"]]: LayerKind<Extract<PlainLayer, { kind: Kind }>> };
