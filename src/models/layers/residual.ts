// x = input of the block, f = its layers one after the other, P = the projection, or the identity.

/** The residual connection of He et al. 2016. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { isSameShape, type SampleShape, sampleShapeText } from "../../core/shape.ts";
import { type Activation, ActivationName } from "../activations.ts";
import { dense } from "./dense.ts";
import { entryOf, toLayer } from "./entry.ts";
import { atLayer, LayerFault } from "./fault.ts";
import { layerFunctions } from "./functions.ts";
import type { InnerLayer, LayerKind } from "./layer.ts";
import { mirrorsOf, stepsOf, withMaps } from "./mirror.ts";
import KINDS, { type PlainLayer, type PlainLayerInput } from "./kinds.ts";
import { asPythonMap, asPythonRows, type Expression } from "./pytorch.ts";
import { asRows } from "./sample_rows.ts";
import { shapedTfjs, type TfjsValue } from "./tfjs.ts";

const plainLayers = layerFunctions<PlainLayer>(KINDS);

/** A residual block with its options as a pipeline's record holds them. */
export interface ResidualLayer {
  /** Which kind. */
  kind: "residual";
  /** The layers whose outputs are added to the input. */
  layers: (number | PlainLayer)[];
  /** The activation of the sum; the model's own when it is left out. */
  activation?: Activation | undefined;
}

/** Options for {@link residual}. */
export interface ResidualOptions {
  /** The activation of the sum. @default {the model's `activation`} */
  activation?: Activation;
}

/** A residual block as a pipeline file writes it. */
export type ResidualInput = { kind: "residual"; layers: PlainLayerInput[] } & ResidualOptions;

/**
 * A residual block (He et al. 2016, arXiv:1512.03385, eq. 1 and 2): `activation(f(x) + P x)` of layers f. Where they keep the shape, P is
 * the identity; where they change it, P is a learned projection: dense for vectors, a convolution of 1x1 pixels with the stride of the block
 * for maps that become smaller or change their channels, and a transposed convolution whose kernel is its stride for maps that become larger.
 * The last layer of f is linear unless it names an activation; the other layers have the model's. As linear layers begin near 0 where the
 * model's initialiser is "auto", a block begins near P, which has `xavier` weights then.
 *
 * Its layers are named `<block>.layers.0`, ..., and `<block>.projection`.
 *
 * @example
 * ```ts
 * import { conv, residual, vae } from "@hourglass/hourglass";
 * const model = vae({
 *   encoder: [conv(32, { stride: 2 }), residual([conv(32), conv(32)]), residual([conv(64, { stride: 2 }), conv(64)])],
 *   latent: 16,
 * });
 * ```
 */
export function residual(layers: PlainLayerInput[], options: ResidualOptions = {}): ResidualInput {
  return { kind: "residual", layers, ...optionsOf("residual", options) };
}

/** The layers at their positions, and the shape after the last. */
function placed({ layers }: ResidualLayer, input: SampleShape) {
  let shape = input;
  const found = layers.map((entry, position): InnerLayer<PlainLayer> => {
    const layer = toLayer(entry), before = shape, isLast = position === layers.length - 1;
    shape = atLayer(["layers", position], () => plainLayers.outputShapeOf(layer, before));
    const name = `layers.${position}`;
    return { name, layer, input: before, ...(isLast ? { activation: "linear" as const } : {}) };
  });
  return { layers: found, output: shape };
}

/** What leads from the input to the shape after the layers; `undefined` where that is the same. */
function projectionOf(input: SampleShape, output: SampleShape): PlainLayer | undefined {
  if (isSameShape(input, output)) return undefined;
  if (output.length === 1) return dense(output[0], { activation: "linear" });
  if (input.length === 3) {
    const [height, width, filters] = output;
    const down = [strideOf(input[0], height), strideOf(input[1], width)];
    const stride = down.every((each) => each !== undefined) ? down as [number, number] : undefined;
    if (stride !== undefined) {
      return { kind: "conv", filters, kernel: 1, stride, padding: "same", activation: "linear" };
    }
    const up = [strideOf(height, input[0]), strideOf(width, input[1])];
    if (up.every((each) => each !== undefined)) {
      const kernel = up as [number, number], outputSize: [number, number] = [height, width];
      return {
        kind: "convTranspose",
        filters,
        kernel,
        stride: kernel,
        padding: "same",
        outputSize,
        activation: "linear",
      };
    }
  }
  const must =
    `must lead from ${sampleShapeText(input)} to the same shape, or to one that a stride leads to, ` +
    `got ${sampleShapeText(output)} (with the padding "same" they do)`;
  throw new LayerFault(["layers"], must);
}

/** The stride with which the padding `"same"` leads from one size to a smaller one. */
function strideOf(from: number, to: number): number | undefined {
  const stride = Math.ceil(from / to);
  return Math.ceil(from / stride) === to ? stride : undefined;
}

/** See {@link residual}. */
export const residualKind = {
  schema: z.strictObject({
    kind: z.literal("residual"),
    layers: z.array(entryOf<PlainLayer, PlainLayerInput>(KINDS)).min(1),
    activation: ActivationName.optional(),
  }),
  activation: ({ activation }) => activation,
  outputShape(spec, input) {
    const { output } = placed(spec, input);
    projectionOf(input, output);
    return output;
  },
  parameters: () => [],
  inner(spec, input) {
    const { layers, output } = placed(spec, input), projection = projectionOf(input, output);
    if (projection === undefined) return layers;
    // A linear layer would begin near 0, and the block with it.
    return [...layers, { name: "projection", layer: projection, input, initialiser: "xavier" }];
  },
  forward({ build, spec, input, x, inner }) {
    const count = spec.layers.length, projection = inner.at(count), { output } = placed(spec, input);
    const made = inner.slice(0, count).reduce((value, layer) => layer(value), x);
    const shortcut = projection === undefined ? x : projection(x);
    return isSameMatrix(made, shortcut)
      ? build.add(made, shortcut)
      : build.add(asRows(build, made, output), asRows(build, shortcut, output));
  },
  /** Its layers mirrored. No projection leads from a vector to a map, so a block that ends a path of maps in a vector has no mirror. */
  mirror({ layers }, input) {
    const steps = stepsOf(plainLayers, layers.map(toLayer<PlainLayer>), input), { output } = steps.at(-1)!;
    const mirror: ResidualLayer = {
      kind: "residual",
      layers: withMaps(plainLayers, mirrorsOf(plainLayers, steps)),
    };
    if (output.length === 1 && placed(mirror, output).output.length === 3) {
      const must = `must lead to a map where the decoder is left out and mirrors the block, ` +
        `got a vector of ${output[0]} (put dense and flatten behind the block, or write the decoder)`;
      throw new LayerFault(["layers"], must);
    }
    return mirror;
  },
  describe({ layers }) {
    return `residual(${layers.map((entry) => plainLayers.describeLayer(toLayer(entry))).join("-")})`;
  },
  pytorch: {
    module({ spec: { layers }, inner }) {
      const list = inner.slice(0, layers.length).map(({ module }) => module).join(", ");
      const projection = inner.slice(layers.length).map(({ module }) => `, "projection": ${module}`);
      return `nn.ModuleDict({"layers": nn.ModuleList([${list}])${projection.join("")}})`;
    },
    call(x, self, { spec: { layers }, inner, output }) {
      const through = (part: typeof inner, module: (at: number) => string) =>
        part.reduce((value: Expression, { call }, at) => call(value, module(at)), x);
      const made = through(inner.slice(0, layers.length), (at) => `${self}.layers[${at}]`);
      const shortcut = through(inner.slice(layers.length), () => `${self}.projection`);
      const isMap = output.length === 3;
      const [left, right] = [made, shortcut].map((value) =>
        isMap ? asPythonMap(value, output) : asPythonRows(value)
      );
      return { text: `(${left} + ${right})`, isMap };
    },
  },
  tfjs: {
    write(place) {
      const { name, spec: { layers }, x, output, inner, chain } = place;
      const through = (part: typeof inner) => part.reduce((value: TfjsValue, add) => add(value), x);
      const made = shapedTfjs(place, through(inner.slice(0, layers.length)), output, `${name}_sum`);
      const shortcut = shapedTfjs(place, through(inner.slice(layers.length)), output, `${name}_shortcut`);
      // A layer may not read another twice.
      const copy = { type: "Rescaling", name: `${name}_copy`, config: { scale: 1, offset: 0 } };
      const other = made === shortcut ? chain(shortcut, copy) : shortcut;
      return { name: chain(made, { type: "Add", name, reads: [made, other] }), shape: output };
    },
  },
} satisfies LayerKind<ResidualLayer, PlainLayer>;

function isSameMatrix(a: { shape: readonly unknown[] }, b: { shape: readonly unknown[] }): boolean {
  return a.shape.every((size, axis) => size === b.shape[axis]);
}
