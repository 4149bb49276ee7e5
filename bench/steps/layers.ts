// h, w, c = height, width and channels of a map; every kernel is square and padded by 1, so that all peers mean the same.

/**
 * The layers of the steps that are timed: their weights, operations and graphs.
 *
 * @module
 */
import type { GraphBuilder } from "../../src/graph/builder.ts";
import { perSample, type Value } from "../../src/graph/graph.ts";
import { patchSize, type Window, windowOf } from "../../src/graph/window.ts";
import { outputSize } from "../../src/graph/window_loops.js";

/** What follows a layer's sum. */
export type LayerActivation = "tanh" | "relu" | "linear";

/** A dense layer by its sizes. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: LayerActivation;
}

/** A convolution of maps of `size` x `size` with some channels. */
export interface ConvLayer {
  readonly kind: "conv";
  readonly size: number;
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation: LayerActivation;
}

/** A transposed convolution to maps of `size` x `size` with some channels. */
export interface ConvTransposeLayer {
  readonly kind: "convTranspose";
  readonly size: number;
  readonly inputs: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation: LayerActivation;
}

/** `relu(x + conv(relu(conv(x))))`, both of stride 1 and as many channels. */
export interface ResidualLayer {
  readonly kind: "residual";
  readonly size: number;
  readonly channels: number;
  readonly kernel: number;
}

/** A layer of a step. */
export type Layer = DenseLayer | ConvLayer | ConvTransposeLayer | ResidualLayer;

/** A matrix and the row that is added to its products. */
interface Weights {
  readonly rows: number;
  readonly columns: number;
  /** Numbers of the row. */
  readonly bias: number;
  /** Rows that the matrix is multiplied by, for each sample. */
  readonly places: number;
}

/** How a kind of layer is computed. */
interface Kind<Described extends Layer> {
  weights(layer: Described): Weights[];
  /** The layer of a value [batch, ...] or [places batch, channels]; `parameters`: a weight and a bias for each of its matrices. */
  forward(build: GraphBuilder, layer: Described, x: Value, parameters: Value[]): Value;
}

const KINDS: { readonly [Name in Layer["kind"]]: Kind<Extract<Layer, { kind: Name }>> } = {
  dense: {
    weights: ({ inputs, outputs }) => [{ rows: inputs, columns: outputs, bias: outputs, places: 1 }],
    forward: (build, { inputs, activation }, x, [weight, bias]) =>
      activate(build, activation, build.add(build.matmul(build.reshape(x, ["batch", inputs]), weight), bias)),
  },
  conv: {
    weights(layer) {
      const window = windowFor(layer), { height, width } = outputSize(window), places = height * width;
      return [{ rows: patchSize(window), columns: layer.outputs, bias: layer.outputs, places }];
    },
    forward: (build, layer, x, [weight, bias]) =>
      activate(build, layer.activation, convolution(build, windowFor(layer), x, weight, bias)),
  },
  convTranspose: {
    weights(layer) {
      const window = windowFor(layer), { height, width } = outputSize(window), places = height * width;
      return [{ rows: patchSize(window), columns: layer.inputs, bias: layer.channels, places }];
    },
    forward(build, layer, x, [weight, bias]) {
      const window = windowFor(layer), { height, width } = outputSize(window);
      const map = build.reshape(x, [perSample(height * width), layer.inputs]);
      const folded = build.foldPatches(build.matmul(map, weight, { b: true }), window);
      return activate(build, layer.activation, build.add(folded, bias));
    },
  },
  residual: {
    weights: ({ size, channels, kernel }) =>
      [0, 1].map(() => ({
        rows: kernel * kernel * channels,
        columns: channels,
        bias: channels,
        places: size * size,
      })),
    forward(build, layer, x, [weight, bias, secondWeight, secondBias]) {
      const window = windowFor({ ...layer, stride: 1 });
      const hidden = build.relu(convolution(build, window, x, weight, bias));
      return build.relu(build.add(convolution(build, window, hidden, secondWeight, secondBias), x));
    },
  },
};

function kindOf(layer: Layer): Kind<Layer> {
  return KINDS[layer.kind] as Kind<Layer>;
}

/** The weights of a layer, in the order in which all engines and peers have them. */
export function weightsOf(layer: Layer): readonly Weights[] {
  return kindOf(layer).weights(layer);
}

/** Adds a layer to a graph; `parameter` makes the next of its parameters. */
export function forward(
  build: GraphBuilder,
  layer: Layer,
  x: Value,
  parameter: (rows: number, columns: number) => Value,
): Value {
  const parameters = weightsOf(layer).flatMap(({ rows, columns, bias }) => [
    parameter(rows, columns),
    parameter(1, bias),
  ]);
  return kindOf(layer).forward(build, layer, x, parameters);
}

/** Numbers of a layer's input. */
export function inputsOf(layer: Layer): number {
  return layer.kind === "dense" || layer.kind === "convTranspose"
    ? layer.inputs
    : layer.size * layer.size * layer.channels;
}

function windowFor(
  { size, channels, kernel, stride }: Pick<ConvLayer, "size" | "channels" | "kernel" | "stride">,
): Window {
  return windowOf({
    height: size,
    width: size,
    channels,
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: { top: 1, left: 1, bottom: 1, right: 1 },
  });
}

function convolution(build: GraphBuilder, window: Window, x: Value, weight: Value, bias: Value): Value {
  const map = build.reshape(x, [perSample(window.height * window.width), window.channels]);
  return build.add(build.matmul(build.patches(map, window), weight), bias);
}

function activate(build: GraphBuilder, activation: LayerActivation, x: Value): Value {
  return activation === "linear" ? x : build[activation](x);
}
