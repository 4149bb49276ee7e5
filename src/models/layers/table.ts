/**
 * All kinds of layers: those of `kinds.ts`, and the residual block, which holds some of them and so comes after them.
 *
 * @module
 */
import type { z } from "zod";
import { entryOf } from "./entry.ts";
import { type LayerFunctions, layerFunctions } from "./functions.ts";
import PLAIN_KINDS, { type PlainLayer, type PlainLayerInput } from "./kinds.ts";
import type { LayerKind } from "./layer.ts";
import { type ResidualInput, residualKind, type ResidualLayer } from "./residual.ts";

export { residual, type ResidualInput, type ResidualLayer, type ResidualOptions } from "./residual.ts";

/** A layer with all defaults filled in. */
export type Layer = PlainLayer | ResidualLayer;

/** A layer as a pipeline file writes it: a number of units stands for a dense layer. */
export type LayerInput = PlainLayerInput | ResidualInput;

const KINDS = {
  ...PLAIN_KINDS,
  residual: residualKind,
} satisfies { [Kind in Layer["kind"]]: LayerKind<Extract<Layer, { kind: Kind }>, PlainLayer> };

/** The schema of an entry of a list of layers; a number stays a number, as in a pipeline's record. */
export const LayerEntry: z.ZodType<number | Layer, LayerInput> = entryOf(KINDS);

/** The functions of a layer. */
export const layers: LayerFunctions<Layer> = layerFunctions<Layer>(KINDS);

export default KINDS;
