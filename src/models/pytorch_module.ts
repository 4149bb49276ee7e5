// h, w, c = height, width and channels of a map.

/**
 * A model as the text of a module for PyTorch.
 *
 * Its samples are rows of values, as ours are: [n, h w c]. Layers of maps compute on PyTorch's [n, c, h, w], so the module converts between
 * the two wherever one follows the other, and dense layers take the values of a map in the order that they have here.
 *
 * @module
 */
import { isPicture, type SampleShape, sampleSize } from "../core/shape.ts";
import type { Activation } from "./activations.ts";
import { hasCodebook } from "./codebook.ts";
import { isConditional } from "./condition.ts";
import { decoderLayers, encoderLayers, type ModelLayer, spreadLayer } from "./layers.ts";
import type { Layer } from "./layers/kinds.ts";
import { windowOf as convWindow } from "./layers/conv.ts";
import { windowOf as transposedWindow } from "./layers/conv_transpose.ts";
import { axesOf, type AxisSizes } from "./layers/convolution.ts";
import { type PytorchLikelihood, pytorchLikelihood } from "./likelihoods/pytorch.ts";
import { inputShape, inputSize, type ModelSpec } from "./spec.ts";
import type { TrainedModel } from "./trained.ts";

/** Each activation as a function of x; `undefined`: x itself. */
const FUNCTIONS: Readonly<Record<Activation, string | undefined>> = {
  relu: "F.relu",
  leakyRelu: "F.leaky_relu",
  tanh: "torch.tanh",
  sigmoid: "torch.sigmoid",
  gelu: 'partial(F.gelu, approximate="tanh")',
  silu: "F.silu",
  linear: undefined,
};

function activated(activation: Activation, x: string): string {
  const name = FUNCTIONS[activation];
  return name === undefined ? x : `${name}(${x})`;
}

/** An expression of Python, and whether its value is a map [n, c, h, w] rather than rows [n, values]. */
interface Expression {
  readonly text: string;
  readonly isMap: boolean;
}

/** A layer in PyTorch. */
interface PytorchKind<Spec> {
  /** The module that holds its parameters. */
  module(spec: Spec, layer: ModelLayer): string;
  /** Its value of x. `self` is the module. */
  call(x: Expression, self: string, layer: ModelLayer & { readonly layer: Spec }): Expression;
}

/** x as rows, whatever its shape. */
function rows({ text, isMap }: Expression): string {
  return isMap ? `rows(${text})` : text;
}

/** x as a map. */
function map({ text, isMap }: Expression, [height, width, channels]: SampleShape): string {
  return isMap ? text : `maps(${text}, ${height}, ${width}, ${channels})`;
}

function ofRows(module: PytorchKind<never>["module"]) {
  return {
    module,
    call: (x: Expression, self: string): Expression => ({ text: `${self}(${rows(x)})`, isMap: false }),
  };
}

/** A layer without parameters that leaves the order of values as it is in rows. */
const VIEW = {
  module: () => "nn.Identity()",
  call: (x: Expression): Expression => ({ text: rows(x), isMap: false }),
};

/** A size as an argument: `3`, `(3, 2)`. */
function sizes(given: AxisSizes | readonly [number, number]): string {
  const [height, width] = axesOf(given as AxisSizes);
  return height === width ? `${height}` : `(${height}, ${width})`;
}

function convArguments(
  layer: ModelLayer,
  { kernel, stride }: { kernel: AxisSizes; stride: AxisSizes },
): string {
  return `${layer.input[2]}, ${layer.output[2]}, ${sizes(kernel)}, stride=${sizes(stride)}`;
}

const KINDS: { readonly [Kind in Layer["kind"]]: PytorchKind<Extract<Layer, { kind: Kind }>> } = {
  dense: ofRows((_spec, { input, output }) => `nn.Linear(${sampleSize(input)}, ${sampleSize(output)})`),
  layerNorm: ofRows(({ epsilon }: { epsilon: number }, { input }) =>
    `nn.LayerNorm(${sampleSize(input)}, eps=${epsilon})`
  ),
  conv: {
    module: (spec, layer) => `nn.Conv2d(${convArguments(layer, spec)})`,
    call(x, self, { layer, input }) {
      const { top, left, bottom, right } = convWindow(layer, input).padding, given = map(x, input);
      const isPadded = top + left + bottom + right > 0;
      const padded = isPadded ? `F.pad(${given}, (${left}, ${right}, ${top}, ${bottom}))` : given;
      return { text: `${self}(${padded})`, isMap: true };
    },
  },
  convTranspose: {
    module(spec, layer) {
      const { missing } = cropOf(spec, layer.input);
      const padding = missing.some((size) => size > 0) ? `, output_padding=${sizes(missing)}` : "";
      return `nn.ConvTranspose2d(${convArguments(layer, spec)}${padding})`;
    },
    call(x, self, { layer, input, output: [height, width] }) {
      const { top, left, isCut } = cropOf(layer, input);
      const cut = isCut ? `[:, :, ${top}:${top + height}, ${left}:${left + width}]` : "";
      return { text: `${self}(${map(x, input)})${cut}`, isMap: true };
    },
  },
  upsample: {
    module({ factor, mode }) {
      const corners = mode === "bilinear" ? ", align_corners=False" : "";
      return `nn.Upsample(scale_factor=${sizes(factor)}, mode="${mode}"${corners})`;
    },
    call: (x, self, { input }) => ({ text: `${self}(${map(x, input)})`, isMap: true }),
  },
  groupNorm: {
    module: ({ groups, epsilon }, { input }) => `nn.GroupNorm(${groups}, ${input.at(-1)}, eps=${epsilon})`,
    call: (x, self, { input }) =>
      input.length === 3
        ? { text: `${self}(${map(x, input)})`, isMap: true }
        : { text: `${self}(${rows(x)})`, isMap: false },
  },
  dropout: {
    module: ({ rate }) => `nn.Dropout(${rate})`,
    call: ({ text, isMap }, self) => ({ text: `${self}(${text})`, isMap }),
  },
  globalAveragePool: {
    module: () => "nn.Identity()",
    call: (x, _self, { input }) => ({ text: `${map(x, input)}.mean((2, 3))`, isMap: false }),
  },
  reshape: VIEW,
  flatten: VIEW,
  residual: {
    module({ layers }, { inner }) {
      const projection = inner.slice(layers.length).map((layer) => `, "projection": ${moduleOf(layer)}`);
      return `nn.ModuleDict({"layers": ${moduleList(inner.slice(0, layers.length))}${projection.join("")}})`;
    },
    call(x, self, { layer: { layers }, inner, output }) {
      const made = inner.slice(0, layers.length).reduce(
        (value, layer, at) => callOf(value, `${self}.layers[${at}]`, layer),
        x,
      );
      const shortcut = inner.slice(layers.length).reduce(
        (value, layer) => callOf(value, `${self}.projection`, layer),
        x,
      );
      const isMap = output.length === 3, both = [made, shortcut];
      const [left, right] = both.map((value) => isMap ? map(value, output) : rows(value));
      return { text: `(${left} + ${right})`, isMap };
    },
  },
};

/** Where the output of a transposed convolution lies in what PyTorch makes of its whole patches, and what is missing there. */
function cropOf(spec: Extract<Layer, { kind: "convTranspose" }>, input: SampleShape) {
  const { height, width, kernel, stride, padding: { top, left } } = transposedWindow(spec, input);
  const full = [0, 1].map((axis) => (input[axis] - 1) * stride[axis] + kernel[axis]);
  const missing = [Math.max(0, top + height - full[0]), Math.max(0, left + width - full[1])] as [
    number,
    number,
  ];
  const isCut = full[0] + missing[0] > height || full[1] + missing[1] > width;
  return { top, left, missing, isCut };
}

/** The compiler does not know that a layer goes with the entry of its own kind. */
function kindOf({ layer }: ModelLayer): PytorchKind<Layer> {
  return KINDS[layer.kind] as unknown as PytorchKind<Layer>;
}

function moduleOf(layer: ModelLayer): string {
  return kindOf(layer).module(layer.layer, layer);
}

function moduleList(layers: readonly ModelLayer[]): string {
  return `nn.ModuleList([${layers.map(moduleOf).join(", ")}])`;
}

/** What a layer makes of x, with its activation. */
function callOf(x: Expression, self: string, layer: ModelLayer): Expression {
  const { text, isMap } = kindOf(layer).call(x, self, layer);
  return { text: activated(layer.activation, text), isMap };
}

/** A line for each layer, and x after them. */
function steps(layers: readonly ModelLayer[], part: string, name: string): { lines: string; x: Expression } {
  let x: Expression = { text: name, isMap: false }, lines = "";
  layers.forEach((layer, at) => {
    const { text, isMap } = callOf(x, `self.${part}[${at}]`, layer);
    if (text !== name) lines += `        ${name} = ${text}\n`;
    x = { text: name, isMap };
  });
  return { lines, x };
}

/**
 * A module for PyTorch with the layers of a model, and a function that loads its weights from `weights`, next to it.
 *
 * @throws {RangeError} When the model is given classes.
 */
export function pytorchModule(
  { spec, scale }: Pick<TrainedModel, "spec" | "scale">,
  weights: string,
): string {
  if (isConditional(spec)) {
    throw new RangeError(
      "A PyTorch module can hold models of one input only, got one that is given a class (use the format onnx)",
    );
  }
  if (hasCodebook(spec)) {
    throw new RangeError("A PyTorch module can hold no codebook, got a vqvae (use the format onnx)");
  }
  const encoder = encoderLayers(spec), decoder = decoderLayers(spec), size = inputSize(spec);
  const [hidden, latent] = [encoder.slice(0, -1), encoder.at(-1)!];
  const [inner, output] = [decoder.slice(0, -1), decoder.at(-1)!];
  const encoding = steps(hidden, "encoder", "x"), decoding = steps(inner, "decoder", "z");
  const { members, decode } = likelihoodOf(spec, decoding.x, output);
  const isVae = spec.kind === "vae";
  const code = isVae
    ? `mean, raw = self.latent(${rows(encoding.x)}).chunk(2, dim=-1)
        return mean, 10 * torch.tanh(raw / 10)  # log-variances`
    : `return ${rows(callOf(encoding.x, "self.latent", latent))}`;
  const shown = scale.shift.length === 1
    ? `(value - ${scale.shift[0]}) / ${scale.divisor[0]}`
    : "(value - shift) / divisor, see the metadata of model.safetensors";
  const body = `    def encode(self, x):
${encoding.lines}        ${code}

    def decode(self, z):
${decoding.lines}${decode.map((line) => `        ${line}\n`).join("")}`;
  return `"""A trained autoencoder. x is [n, ${size}], scaled: ${shown}."""
from functools import partial
from pathlib import Path
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn
${MAPS.filter(({ name }) => body.includes(`${name}(`)).map(({ text }) => text).join("")}

class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = ${moduleList(hidden)}
        self.latent = ${moduleOf(latent)}
        self.decoder = ${moduleList(inner)}
        self.output = ${moduleOf(output)}
${members === undefined ? "" : `        ${members}\n`}
${body}
    def forward(self, x):
        return self.decode(self.encode(x)${isVae ? "[0]" : ""})


def load(file=Path(__file__).with_name("${weights}")):
    model = Autoencoder()
    model.load_state_dict(load_file(file))
    return model.eval()
`;
}

/** The functions between rows and maps, where they are needed. */
const MAPS = [
  {
    name: "maps",
    text: `

def maps(x, height, width, channels):  # rows [n, values], pixel by pixel, as maps
    return x.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
`,
  },
  {
    name: "rows",
    text: `

def rows(x):  # maps [n, channels, height, width] as rows, pixel by pixel
    return x.permute(0, 2, 3, 1).flatten(1)
`,
  },
];

/** What the likelihood of a model adds, given what the output layer reads. */
function likelihoodOf(spec: ModelSpec, x: Expression, output: ModelLayer): PytorchLikelihood {
  const value = (name: string, layer: ModelLayer) => rows(callOf(x, `self.${name}`, layer));
  const shape = inputShape(spec), second = spreadLayer(spec);
  return pytorchLikelihood({
    loss: spec.loss,
    size: sampleSize(shape),
    channels: isPicture(shape) ? shape[2] : 1,
    logits: value("output", { ...output, activation: "linear" }),
    location: value("output", output),
    spread: { module: moduleOf(second), value: value("likelihood", second) },
  });
}
