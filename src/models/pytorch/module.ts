// h, w, c = height, width and channels of a map.

/**
 * A model as the text of a module for PyTorch.
 *
 * Its samples are rows of values, as ours are: [n, h w c]. Layers of maps compute on PyTorch's [n, c, h, w], so the module converts between
 * the two wherever one follows the other, and dense layers take the values of a map in the order that they have here.
 *
 * @module
 */
import { isPicture, sampleSize } from "../../core/shape.ts";
import { graphBuilder } from "../../graph/builder.ts";
import { type Activation, ACTIVATIONS } from "../activations.ts";
import { hasCodebook } from "../codebook.ts";
import { isConditional } from "../condition.ts";
import { decoderLayers, encoderLayers, type ModelLayer, spreadLayer } from "../layers.ts";
import {
  asPythonRows,
  type Expression,
  type InnerModule,
  type PytorchLayer,
  rowsModule,
} from "../layers/pytorch.ts";
import { type Layer, layers as table } from "../layers/table.ts";
import { inputShape, inputSize, type ModelSpec } from "../spec.ts";
import type { TrainedModel } from "../trained.ts";
import { type PythonDefinitions, pythonDefinitions } from "./definitions.ts";
import { derivedModule } from "./derived.ts";
import { GRAPH_FUNCTIONS, pythonOf } from "./graph.ts";
import { type PytorchLikelihood, pytorchLikelihood } from "./likelihood.ts";

/** Layers as texts of Python. */
interface LayerWriter {
  /** The module that holds the parameters of a layer. */
  moduleOf(layer: ModelLayer): string;
  /** What a layer makes of x, with its activation. */
  callOf(x: Expression, self: string, layer: ModelLayer): Expression;
}

function layerWriter(definitions: PythonDefinitions): LayerWriter {
  const innerOf = ({ name, inner }: ModelLayer): InnerModule[] =>
    inner.map((layer) => ({
      name: layer.name.slice(name.length + 1),
      module: moduleOf(layer),
      call: (x, self) => callOf(x, self, layer),
    }));
  const placeOf = (layer: ModelLayer) => ({ ...layer, spec: layer.layer, inner: innerOf(layer) });
  function kindOf(layer: ModelLayer): PytorchLayer<Layer> {
    return table.pytorchOf(layer.layer) ??
      rowsModule(({ inner }) => derivedModule(layer, inner, definitions));
  }
  function moduleOf(layer: ModelLayer): string {
    return kindOf(layer).module(placeOf(layer));
  }
  function callOf(x: Expression, self: string, layer: ModelLayer): Expression {
    const { text, isMap } = kindOf(layer).call(x, self, placeOf(layer));
    return { text: activated(layer.activation, text, definitions), isMap };
  }
  return { moduleOf, callOf };
}

/** An activation of x. */
function activated(activation: Activation, x: string, definitions: PythonDefinitions): string {
  const { pytorch, apply } = ACTIVATIONS[activation];
  if (pytorch !== undefined) return `${pytorch}(${x})`;
  const build = graphBuilder(), input = build.input("x", ["batch", 1]), value = apply(build, input);
  if (value === input) return x;
  const { lines, outputs } = pythonOf(build.finish({ outputs: { value } }), "x", () => "x");
  return `${definitions.functionOf(activation, ["x"], [...lines, `return ${outputs.get("value")}`])}(${x})`;
}

/** A line for each layer, and x after them. */
function steps(
  { callOf }: LayerWriter,
  layers: readonly ModelLayer[],
  part: string,
  name: string,
): { lines: string; x: Expression } {
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
 * @throws {RangeError} When the model is given classes, or has a codebook.
 */
export function pytorchModule(
  { spec, scale }: Pick<TrainedModel, "spec" | "scale">,
  weights: string,
): string {
  refuse(spec);
  const definitions = pythonDefinitions(), size = inputSize(spec), isVae = spec.kind === "vae";
  const { members, body } = partsOf(spec, definitions);
  const shown = scale.shift.length === 1
    ? `(value - ${scale.shift[0]}) / ${scale.divisor[0]}`
    : "(value - shift) / divisor, see the metadata of model.safetensors";
  const classes = `${definitions.texts().map((text) => `\n${text}`).join("")}

class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
${members.map((line) => `        ${line}\n`).join("")}
${body}
    def forward(self, x):
        return self.decode(self.encode(x)${isVae ? "[0]" : ""})
`;
  const functions = Object.entries(FUNCTIONS).filter(([name]) => new RegExp(`\\b${name}\\(`).test(classes));
  return `"""A trained autoencoder. x is [n, ${size}], scaled: ${shown}."""
from functools import partial
from pathlib import Path
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn
${functions.map(([, text]) => `\n${text}`).join("")}${classes}

def load(file=Path(__file__).with_name("${weights}")):
    model = Autoencoder()
    model.load_state_dict(load_file(file))
    return model.eval()
`;
}

/** @throws {RangeError} When a module of one input and a stack of layers cannot hold a model. */
function refuse(spec: ModelSpec): void {
  if (isConditional(spec)) {
    throw new RangeError(
      "A PyTorch module can hold models of one input only, got one that is given a class (use the format onnx)",
    );
  }
  if (hasCodebook(spec)) {
    throw new RangeError("A PyTorch module can hold no codebook, got a vqvae (use the format onnx)");
  }
}

/** The members of a module, and its functions `encode` and `decode`. */
function partsOf(spec: ModelSpec, definitions: PythonDefinitions): { members: string[]; body: string } {
  const writer = layerWriter(definitions), { moduleOf, callOf } = writer;
  const encoder = encoderLayers(spec), decoder = decoderLayers(spec);
  const [hidden, latent] = [encoder.slice(0, -1), encoder.at(-1)!];
  const [inner, output] = [decoder.slice(0, -1), decoder.at(-1)!];
  const encoding = steps(writer, hidden, "encoder", "x"), decoding = steps(writer, inner, "decoder", "z");
  const { members, mean } = likelihoodOf(spec, decoding.x, output, writer, definitions);
  const listOf = (layers: readonly ModelLayer[]) => `nn.ModuleList([${layers.map(moduleOf).join(", ")}])`;
  const encoded = callOf(encoding.x, "self.latent", latent), half = { text: "half", isMap: true };
  const halves = encoded.isMap
    ? `(${asPythonRows(half)} for half in ${encoded.text}.chunk(2, dim=1))`
    : `${encoded.text}.chunk(2, dim=-1)`;
  const code = spec.kind === "vae"
    ? `mean, raw = ${halves}
        return mean, 10 * torch.tanh(raw / 10)  # log-variances`
    : `return ${asPythonRows(encoded)}`;
  return {
    members: [
      `self.encoder = ${listOf(hidden)}`,
      `self.latent = ${moduleOf(latent)}`,
      `self.decoder = ${listOf(inner)}`,
      `self.output = ${moduleOf(output)}`,
      ...members === undefined ? [] : [members],
    ],
    body: `    def encode(self, x):
${encoding.lines}        ${code}

    def decode(self, z):
${decoding.lines}        return ${mean}
`,
  };
}

/** The functions of Python that a module may call, by their names. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  maps: `
def maps(x, height, width, channels):  # rows [n, values], pixel by pixel, as maps
    return x.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
`,
  rows: `
def rows(x):  # maps [n, channels, height, width] as rows, pixel by pixel
    return x.permute(0, 2, 3, 1).flatten(1)
`,
  ...GRAPH_FUNCTIONS,
};

/** What the likelihood of a model adds, given what the output layer reads. */
function likelihoodOf(
  spec: ModelSpec,
  x: Expression,
  output: ModelLayer,
  { moduleOf, callOf }: LayerWriter,
  definitions: PythonDefinitions,
): PytorchLikelihood {
  const value = (name: string, layer: ModelLayer) => asPythonRows(callOf(x, `self.${name}`, layer));
  const shape = inputShape(spec), second = spreadLayer(spec);
  return pytorchLikelihood({
    loss: spec.loss,
    size: sampleSize(shape),
    channels: isPicture(shape) ? shape[2] : 1,
    logits: value("output", { ...output, activation: "linear" }),
    location: value("output", output),
    spread: { module: moduleOf(second), value: value("likelihood", second) },
  }, definitions);
}
