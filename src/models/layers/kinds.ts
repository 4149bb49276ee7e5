/**
 * All kinds of layers, and what a pipeline file makes them with.
 *
 * @module
 */
import type { LayerKind } from "./layer.ts";
import { PLAIN_KINDS, type PlainLayer, type PlainLayerInput } from "./plain_kinds.ts";
import { type ResidualInput, residualKind, type ResidualLayer } from "./residual.ts";

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
export { residual, type ResidualInput, type ResidualLayer, type ResidualOptions } from "./residual.ts";
export { upsample, type UpsampleInput, type UpsampleLayer, type UpsampleOptions } from "./upsample.ts";
export type { PlainLayer, PlainLayerInput } from "./plain_kinds.ts";

/** A layer with all defaults filled in. */
export type Layer = PlainLayer | ResidualLayer;

/** A layer as a pipeline file writes it: a number of units stands for a dense layer. */
export type LayerInput = PlainLayerInput | ResidualInput;

/** All kinds of layers by name: not for pipeline files, so it is the default export. */
export default {
  ...PLAIN_KINDS,
  residual: residualKind,
} satisfies { [Kind in Layer["kind"]]: LayerKind<Extract<Layer, { kind: Kind }>, PlainLayer> };
