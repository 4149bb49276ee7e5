/** Functions of a layer, by its kind. @module */
import { z } from "zod";
import type { SampleShape } from "../../core/shape.ts";
import type { Value } from "../../graph/graph.ts";
import type { Activation } from "../activations.ts";
import { dense, Units } from "./dense.ts";
import LAYERS, { type Layer, type LayerInput } from "./kinds.ts";
import type { ForwardLayer, LayerKind, LayerParameter } from "./layer.ts";

const SCHEMAS = Object.values(LAYERS).map(({ schema }) => schema);

/** The schema of an entry of a list of layers; a number stays a number, as in a pipeline's record. */
export const LayerEntry: z.ZodType<number | Layer, LayerInput> = z.union([
  Units,
  z.discriminatedUnion("kind", SCHEMAS as [typeof SCHEMAS[number]]),
]);

/** An entry of a list of layers as a layer. */
export function toLayer(entry: number | Layer): Layer {
  return typeof entry === "number" ? dense(entry) : entry;
}

/** The kind of a layer. The compiler does not know that a layer goes with the entry of its own kind. */
function kindOf(layer: Layer): LayerKind<Layer> {
  return LAYERS[layer.kind] as unknown as LayerKind<Layer>;
}

/** See {@link LayerKind.activation}. */
export function activationOf(layer: Layer): Activation | undefined | null {
  return kindOf(layer).activation(layer);
}

/** See {@link LayerKind.outputShape}. */
export function outputShapeOf(layer: Layer, input: SampleShape): SampleShape {
  return kindOf(layer).outputShape(layer, input);
}

/** See {@link LayerKind.parameters}. */
export function parametersOf(layer: Layer, input: SampleShape): readonly LayerParameter[] {
  return kindOf(layer).parameters(layer, input);
}

/** See {@link LayerKind.forward}. */
export function forwardOf(layer: ForwardLayer<Layer>): Value {
  return kindOf(layer.spec).forward(layer);
}

/** See {@link LayerKind.mirror}. */
export function mirrorOf(layer: Layer, input: SampleShape): Layer | undefined {
  return kindOf(layer).mirror(layer, input) as Layer | undefined;
}

/** See {@link LayerKind.describe}. */
export function describeLayer(layer: Layer): string {
  return kindOf(layer).describe(layer);
}
