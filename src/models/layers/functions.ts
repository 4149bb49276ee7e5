/** Functions of a layer, by its kind, for a table of kinds. @module */
import type { SampleShape } from "../../core/shape.ts";
import type { Value } from "../../graph/graph.ts";
import type { Activation } from "../activations.ts";
import type { ForwardLayer, InnerLayer, LayerKind, LayerParameter } from "./layer.ts";
import type { PytorchLayer } from "./pytorch.ts";
import type { TfjsLayer } from "./tfjs.ts";

/** What can be asked about a layer; each function is explained at {@link LayerKind}. */
export interface LayerFunctions<Layer> {
  activationOf(layer: Layer): Activation | undefined | null;
  outputShapeOf(layer: Layer, input: SampleShape): SampleShape;
  parametersOf(layer: Layer, input: SampleShape): readonly LayerParameter[];
  innerOf(layer: Layer, input: SampleShape): readonly InnerLayer<Layer>[];
  forwardOf(layer: ForwardLayer<Layer>): Value;
  mirrorOf(layer: Layer, input: SampleShape): Layer | undefined;
  describeLayer(layer: Layer): string;
  dropRateOf(layer: Layer): number | undefined;
  pytorchOf(layer: Layer): PytorchLayer<Layer> | undefined;
  tfjsOf(layer: Layer): TfjsLayer<Layer> | undefined;
}

/** The functions of the layers of some kinds. */
export function layerFunctions<Layer extends { readonly kind: string }>(
  kinds: { readonly [Kind in Layer["kind"]]: unknown },
): LayerFunctions<Layer> {
  // The compiler does not know that a layer goes with the entry of its own kind.
  const of = ({ kind }: Layer) => kinds[kind as Layer["kind"]] as LayerKind<Layer, Layer>;
  return {
    activationOf: (layer) => of(layer).activation(layer),
    outputShapeOf: (layer, input) => of(layer).outputShape(layer, input),
    parametersOf: (layer, input) => of(layer).parameters(layer, input),
    innerOf: (layer, input) => of(layer).inner?.(layer, input) ?? [],
    forwardOf: (layer) => of(layer.spec).forward(layer),
    mirrorOf: (layer, input) => of(layer).mirror(layer, input) as Layer | undefined,
    describeLayer: (layer) => of(layer).describe(layer),
    dropRateOf: (layer) => of(layer).dropRate?.(layer),
    pytorchOf: (layer) => of(layer).pytorch,
    tfjsOf: (layer) => of(layer).tfjs,
  };
}
