// I = inputs, O = outputs of a dense layer.

/**
 * A model for PyTorch: a module as text, and its `state_dict`.
 *
 * Names are those of our own files, but for what PyTorch calls otherwise: the weight of a dense layer is [O, I] where ours is [I, O], and the
 * gain of a layer normalisation is its `weight`.
 *
 * @module
 */
import type { NamedTensor } from "../core/safetensors.ts";
import { sampleSize } from "../core/shape.ts";
import type { Activation } from "./activations.ts";
import { isConditional } from "./condition.ts";
import { decoderLayers, encoderLayers, type ModelLayer } from "./layers.ts";
import { modelTensors } from "./tensors.ts";
import { inputSize, type ModelSpec } from "./spec.ts";
import type { TrainedModel } from "./trained.ts";

/** The name in a `state_dict` of a tensor. */
export function pytorchName(name: string): string {
  return name.replace(/\.gain$/, ".weight");
}

/** Whether PyTorch has a tensor transposed. */
export function isTransposed({ shape }: Pick<NamedTensor, "shape">): boolean {
  return shape.length === 2;
}

/** A matrix [rows, columns] with rows and columns swapped. */
export function transposed({ shape: [rows, columns], data }: Omit<NamedTensor, "name">): Float32Array {
  const swapped = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      swapped[column * rows + row] = data[row * columns + column];
    }
  }
  return swapped;
}

/** The `state_dict` of a model. */
export function pytorchTensors(model: TrainedModel): NamedTensor[] {
  return modelTensors(model).map((tensor) => ({
    name: pytorchName(tensor.name),
    shape: isTransposed(tensor) ? tensor.shape.toReversed() : tensor.shape,
    data: isTransposed(tensor) ? transposed(tensor) : tensor.data,
  }));
}

/** Each activation as a function of x. */
const FUNCTIONS: Readonly<Record<Activation, string>> = {
  relu: "F.relu",
  leakyRelu: "F.leaky_relu",
  tanh: "torch.tanh",
  sigmoid: "torch.sigmoid",
  gelu: 'partial(F.gelu, approximate="tanh")',
  silu: "F.silu",
  linear: "nn.Identity()",
};

/**
 * A module for PyTorch with the layers of a model, and a function that loads its weights from `weights`, next to it.
 *
 * @throws {RangeError} When a kind of layer has no counterpart there.
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
  const encoder = encoderLayers(spec), decoder = decoderLayers(spec), size = inputSize(spec);
  const [hidden, latent] = [encoder.slice(0, -1), encoder.at(-1)!];
  const [inner, output] = [decoder.slice(0, -1), decoder.at(-1)!];
  const list = (layers: readonly ModelLayer[]) => `nn.ModuleList([${layers.map(moduleOf).join(", ")}])`;
  const steps = (part: string, layers: readonly ModelLayer[], x: string) =>
    layers.map(({ activation }, at) => `        ${x} = ${FUNCTIONS[activation]}(self.${part}[${at}](${x}))\n`)
      .join("");
  const isVae = spec.kind === "vae";
  const shown = scale.shift.length === 1
    ? `(value - ${scale.shift[0]}) / ${scale.divisor[0]}`
    : "(value - shift) / divisor, see the metadata of model.safetensors";
  return `"""A trained autoencoder. x is [n, ${size}], scaled: ${shown}."""
from functools import partial
from pathlib import Path
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = ${list(hidden)}
        self.latent = ${moduleOf(latent)}
        self.decoder = ${list(inner)}
        self.output = ${moduleOf(output)}
${likelihood(spec, size)}
    def encode(self, x):
${steps("encoder", hidden, "x")}${
    isVae
      ? `        mean, raw = self.latent(x).chunk(2, dim=-1)
        return mean, 10 * torch.tanh(raw / 10)  # log-variances`
      : `        return ${FUNCTIONS[latent.activation]}(self.latent(x))`
  }

    def decode(self, z):
${steps("decoder", inner, "z")}        return ${FUNCTIONS[output.activation]}(self.output(z))

    def forward(self, x):
        return self.decode(self.encode(x)${isVae ? "[0]" : ""})


def load(file=Path(__file__).with_name("${weights}")):
    model = Autoencoder()
    model.load_state_dict(load_file(file))
    return model.eval()
`;
}

/** The log-variances of the loss \`gaussian\`, before they are bounded as those of the latent are. */
function likelihood({ loss }: ModelSpec, size: number): string {
  if (loss !== "gaussian") return "";
  return `        self.likelihood = nn.ParameterDict({"logVariance": torch.zeros(${size})})\n`;
}

function moduleOf({ name, layer, input, output }: ModelLayer): string {
  const inputs = sampleSize(input), outputs = sampleSize(output);
  if (layer.kind === "dense") return `nn.Linear(${inputs}, ${outputs})`;
  if (layer.kind === "layerNorm") return `nn.LayerNorm(${inputs}, eps=${layer.epsilon})`;
  throw new RangeError(
    `A PyTorch module can hold dense and layerNorm layers, got ${
      (layer as { kind: string }).kind
    } as ${name}`,
  );
}
