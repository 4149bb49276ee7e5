// h, w = height and width of the input of a layer, H, W = of its output.

/** Each kind of layer as layers of TensorFlow.js. @module */
import { isSameShape, type SampleShape, sampleSize } from "../../core/shape.ts";
import type { Activation } from "../../models/activations.ts";
import type { ModelLayer } from "../../models/layers.ts";
import type { Layer } from "../../models/layers/kinds.ts";
import { windowOf as transposedWindow } from "../../models/layers/conv_transpose.ts";
import { axesOf } from "../../models/layers/convolution.ts";
import { activationNodes, ownActivation } from "./activations.ts";
import type { Made, NodeWriter, Weights } from "./node.ts";

/** What is needed to write a layer. */
interface Writing<Kind> {
  readonly write: NodeWriter;
  readonly layer: ModelLayer & { readonly layer: Kind };
  readonly x: Made;
  /** The numbers of a parameter of the layer. */
  tensor(parameter: string): Float32Array;
}

/** Adds a layer, without its activation unless `own` is given. Returns the name of what makes its output. */
type KindWriter<Kind> = (writing: Writing<Kind>, own: string) => string;

/** x under the shape of a layer's input. */
function shaped(write: NodeWriter, { name, shape }: Made, wanted: SampleShape, by: string): string {
  if (isSameShape(shape, wanted)) return name;
  return write.chain(name, { type: "Reshape", name: `${by}_reshape`, config: { target_shape: [...wanted] } });
}

function inputOf({ write, x, layer: { name, input } }: Writing<Layer>): string {
  return shaped(write, x, input, name);
}

function rowsOf({ write, x, layer: { name, input } }: Writing<Layer>): string {
  return shaped(write, x, [sampleSize(input)], name);
}

function weightsOf({ layer: { name, layer: { kind }, parameters }, tensor }: Writing<Layer>): Weights[] {
  return parameters.map((parameter) => ({
    name: `${name}/${NAMES[kind]?.[parameter.name] ?? parameter.name}`,
    shape: parameter.shape,
    data: tensor(parameter.name),
  }));
}

const KERNEL = { weight: "kernel" };

/** What TensorFlow.js calls parameters otherwise. */
const NAMES: Partial<Record<Layer["kind"], Readonly<Record<string, string>>>> = {
  dense: KERNEL,
  conv: KERNEL,
  convTranspose: KERNEL,
  layerNorm: { gain: "gamma", bias: "beta" },
};

const LAST = { data_format: "channels_last" };

const WRITERS: { readonly [Kind in Layer["kind"]]: KindWriter<Extract<Layer, { kind: Kind }>> } = {
  dense(writing, activation) {
    const { write, layer: { name, output } } = writing;
    write.weights(...weightsOf(writing));
    const config = { units: sampleSize(output), activation, use_bias: true };
    return write.chain(rowsOf(writing), { type: "Dense", name, config });
  },
  layerNorm(writing) {
    const { write, layer: { name, layer: { epsilon } } } = writing;
    write.weights(...weightsOf(writing));
    const config = { axis: -1, epsilon, center: true, scale: true };
    return write.chain(rowsOf(writing), { type: "LayerNormalization", name, config });
  },
  conv(writing, activation) {
    const { write, layer: { name, layer: { filters, kernel, stride, padding } } } = writing;
    write.weights(...weightsOf(writing));
    let x = inputOf(writing);
    if (typeof padding !== "string") {
      const config = { padding: axesOf(padding).map((zeros) => [zeros, zeros]), ...LAST };
      x = write.chain(x, { type: "ZeroPadding2D", name: `${name}_padding`, config });
    }
    const config = {
      filters,
      kernel_size: [...axesOf(kernel)],
      strides: [...axesOf(stride)],
      padding: typeof padding === "string" ? padding : "valid",
      activation,
      use_bias: true,
      ...LAST,
    };
    return write.chain(x, { type: "Conv2D", name, config });
  },
  convTranspose,
  upsample(writing) {
    const { write, layer: { name, layer: { factor, mode } } } = writing;
    if (mode === "bilinear") throw refusal(name, "no bilinear upsampling between the centres of pixels");
    const config = { size: [...axesOf(factor)], interpolation: "nearest", ...LAST };
    return write.chain(inputOf(writing), { type: "UpSampling2D", name, config });
  },
  groupNorm: ({ layer: { name } }) => {
    throw refusal(name, "no group normalisation");
  },
  dropout(writing) {
    const { write, x, layer: { name, layer: { rate } } } = writing;
    return write.chain(x.name, { type: "Dropout", name, config: { rate } });
  },
  globalAveragePool(writing) {
    const { write, layer: { name } } = writing;
    return write.chain(inputOf(writing), { type: "GlobalAveragePooling2D", name, config: LAST });
  },
  reshape: ({ write, x, layer: { name, output } }) => shaped(write, x, output, name),
  flatten: ({ write, x, layer: { name, output } }) => shaped(write, x, output, name),
  residual(writing) {
    const { write, x, layer: { name, layer: { layers }, inner, output } } = writing;
    const through = (part: readonly ModelLayer[]) =>
      part.reduce(
        (made, layer) => writeLayer(write, layer, made, (parameter) => writing.tensor(parameter)),
        x,
      );
    const made = shaped(write, through(inner.slice(0, layers.length)), output, `${name}_sum`);
    const shortcut = shaped(write, through(inner.slice(layers.length)), output, `${name}_shortcut`);
    // A layer may not read another twice.
    const copy = { type: "Rescaling", name: `${name}_copy`, config: { scale: 1, offset: 0 } };
    const other = made === shortcut ? write.chain(shortcut, copy) : shortcut;
    return write.chain(made, { type: "Add", name, reads: [made, other] });
  },
};

/**
 * With the padding `"same"` and the usual size, TensorFlow.js computes the same. Else it makes the sum of the whole patches, of which the
 * output is cut; zeros after the input make that as large as the output needs.
 */
function convTranspose(
  writing: Writing<Extract<Layer, { kind: "convTranspose" }>>,
  activation: string,
): string {
  const { write, layer: { name, layer: spec, input, output } } = writing;
  write.weights(...weightsOf(writing));
  const { kernel, stride, padding: { top, left } } = transposedWindow(spec, input);
  const isUsual = spec.padding === "same" &&
    [0, 1].every((axis) => output[axis] === input[axis] * stride[axis]);
  const config = (padding: string) => ({
    filters: spec.filters,
    kernel_size: [...kernel],
    strides: [...stride],
    padding,
    activation,
    use_bias: true,
    ...LAST,
  });
  const x = inputOf(writing);
  if (isUsual) return write.chain(x, { type: "Conv2DTranspose", name, config: config("same") });
  const whole = (axis: number, size: number) =>
    size * stride[axis] + Math.max(kernel[axis] - stride[axis], 0);
  const cuts = [top, left].map((before, axis) => {
    const wanted = before + output[axis], missing = Math.max(0, wanted - whole(axis, input[axis]));
    const more = Math.ceil(missing / stride[axis]);
    return { more, cut: [before, whole(axis, input[axis] + more) - wanted] };
  });
  const padding = { padding: cuts.map(({ more }) => [0, more]), ...LAST };
  const padded = cuts.some(({ more }) => more > 0)
    ? write.chain(x, { type: "ZeroPadding2D", name: `${name}_padding`, config: padding })
    : x;
  return write.chain(
    padded,
    { type: "Conv2DTranspose", name, config: config("valid") },
    { type: "Cropping2D", name: `${name}_crop`, config: { cropping: cuts.map(({ cut }) => cut), ...LAST } },
  );
}

function refusal(layer: string, what: string): RangeError {
  return new RangeError(
    `A TensorFlow.js layers model must have layers that TensorFlow.js has, got ${what} there for ${layer} ` +
      '(the format "onnx" has all)',
  );
}

/** The kinds that have their activation themselves. */
const WITH_ACTIVATION: ReadonlySet<Layer["kind"]> = new Set(["dense", "conv", "convTranspose"]);

/** Adds a layer that reads x; `tensor` has the numbers of a parameter by its full name. */
export function writeLayer(
  write: NodeWriter,
  layer: ModelLayer,
  x: Made,
  tensor: (name: string) => Float32Array,
): Made {
  const { name, layer: { kind }, activation, output } = layer;
  const { own, after } = WITH_ACTIVATION.has(kind)
    ? ownActivation(activation)
    : { own: "linear", after: activation };
  // The compiler does not know that a layer goes with the writer of its own kind.
  const writer = WRITERS[kind] as KindWriter<Layer>;
  const ofLayer = kind === "residual" ? tensor : (parameter: string) => tensor(`${name}.${parameter}`);
  const made = writer({ write, layer, x, tensor: ofLayer }, own);
  return {
    name: write.chain(made, ...activationNodes(after as Activation, made)),
    shape: shapeAfter(layer, x, output),
  };
}

/** A layer norm leaves rows, a dropout what it was given. */
function shapeAfter({ layer: { kind }, input }: ModelLayer, x: Made, output: SampleShape): SampleShape {
  if (kind === "dropout") return x.shape;
  return kind === "layerNorm" ? [sampleSize(input)] : output;
}
