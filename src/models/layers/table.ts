/** The schema of a list of layers, and the functions of a layer by its kind. @module */
import type { z } from "zod";
import { type LayerFunctions, layerFunctions } from "./functions.ts";
import LAYERS, { type Layer, type LayerInput } from "./kinds.ts";
import { entryOf } from "./plain_kinds.ts";

export { toLayer } from "./plain_kinds.ts";

/** The schema of an entry of a list of layers; a number stays a number, as in a pipeline's record. */
export const LayerEntry: z.ZodType<number | Layer, LayerInput> = entryOf(LAYERS);

/** The functions of a layer. */
export const layers: LayerFunctions<Layer> = layerFunctions<Layer>(LAYERS);
