/**
 * All kinds of layers that hold no others. A new kind is one file, its types here and its line in the table; what is missing does not
 * compile.
 *
 * @module
 */
import { z } from "zod";
import { type ConvInput, convKind, type ConvLayer } from "./conv.ts";
import { type ConvTransposeInput, convTransposeKind, type ConvTransposeLayer } from "./conv_transpose.ts";
import { dense, denseKind, type DenseLayer, Units } from "./dense.ts";
import { dropoutKind, type DropoutLayer } from "./dropout.ts";
import { flattenKind, type FlattenLayer } from "./flatten.ts";
import { type LayerFunctions, layerFunctions } from "./functions.ts";
import { globalAveragePoolKind, type GlobalAveragePoolLayer } from "./global_average_pool.ts";
import { type GroupNormInput, groupNormKind, type GroupNormLayer } from "./group_norm.ts";
import type { LayerKind } from "./layer.ts";
import { type LayerNormInput, layerNormKind, type LayerNormLayer } from "./layer_norm.ts";
import { reshapeKind, type ReshapeLayer } from "./reshape.ts";
import { type UpsampleInput, upsampleKind, type UpsampleLayer } from "./upsample.ts";

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

/** All these kinds by name. */
export const PLAIN_KINDS = {
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

/** The functions of these layers. */
export const plainLayers: LayerFunctions<PlainLayer> = layerFunctions<PlainLayer>(PLAIN_KINDS);

/** The schema of a list's entry for some kinds of layers; a number stays a number, as in a pipeline's record. */
export function entryOf<Layer, Input>(
  kinds: Readonly<Record<string, { schema: z.ZodObject }>>,
): z.ZodType<number | Layer, Input> {
  const schemas = Object.values(kinds).map(({ schema }) => schema);
  const layer = z.discriminatedUnion("kind", schemas as [typeof schemas[number]], {
    error: ({ input }) => refusalOf(input),
  });
  return z.union([Units, layer]) as unknown as z.ZodType<number | Layer, Input>;
}

/** What other libraries call batch normalisation. */
const BATCH_NORM = /^batch_?norm/i;

/**
 * Why there is no batch normalisation: the outputs of a sample would depend on the others of its batch, and its averages are neither
 * parameters nor state of an optimizer. `undefined` for all else.
 */
function refusalOf(entry: unknown): string | undefined {
  const kind = typeof entry === "object" && entry !== null && "kind" in entry ? String(entry.kind) : "";
  if (!BATCH_NORM.test(kind)) return undefined;
  return `must not be a batch normalisation, which couples the samples of a batch, got "${kind}" (use groupNorm)`;
}

/** The schema of an entry of a list of these layers. */
export const PlainEntry: z.ZodType<number | PlainLayer, PlainLayerInput> = entryOf(PLAIN_KINDS);

/** An entry of a list of layers as a layer. */
export function toLayer<Layer>(entry: number | Layer): Layer | DenseLayer {
  return typeof entry === "number" ? dense(entry) : entry;
}
