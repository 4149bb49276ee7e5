/** What a likelihood adds to a module of PyTorch: its parameters, and the mean that the module returns. @module */
import { graphBuilder } from "../../graph/builder.ts";
import { nameOf } from "../../graph/graph.ts";
import { boundedSpread } from "../coder.ts";
import { type HasLoss, likelihoodMean, showsLocation, spreadOf } from "../likelihoods/table.ts";
import { pythonOf } from "./graph.ts";
import type { PythonDefinitions } from "./definitions.ts";

/** The parts of a module of PyTorch. */
export interface PytorchLikelihood {
  /** The line of the constructor that makes the parameters; `undefined` without any. */
  readonly members?: string;
  /** The mean, after the last hidden layer. */
  readonly mean: string;
}

/** A model with the expressions of Python for its parts. */
interface PytorchModel extends HasLoss {
  /** Values of a sample. */
  readonly size: number;
  /** Channels of a picture; 1 of vectors. */
  readonly channels: number;
  /** The output layer before and after its activation. */
  readonly logits: string;
  readonly location: string;
  /** A second output layer: the module that holds its parameters, and its value. */
  readonly spread: { readonly module: string; readonly value: string };
}

/** The mean as a function of what it depends on, generated from its graph. */
function meanOf(model: PytorchModel, definitions: PythonDefinitions): string {
  if (showsLocation(model)) return model.location;
  const build = graphBuilder(), spread = spreadOf(model), shape = ["batch", model.size] as const;
  const logSpread = spread && { logSpread: boundedSpread(build, build.input("raw", shape), spread.offset) };
  const decoded = {
    logits: build.input("logits", shape),
    location: build.input("location", shape),
    ...logSpread,
  };
  const graph = build.finish({ outputs: { mean: likelihoodMean(build, model, decoded) } });
  const texts = { logits: model.logits, location: model.location, raw: rawSpread(model) };
  const names = [...graph.inputs.keys()] as (keyof typeof texts)[];
  const { lines, outputs } = pythonOf(graph, names[0], nameOf);
  const mean = definitions.functionOf("likelihood_mean", names, [...lines, `return ${outputs.get("mean")}`]);
  return `${mean}(${names.map((name) => texts[name]).join(", ")})`;
}

/** The spread before it is bounded, for each value of a sample. */
function rawSpread(model: PytorchModel): string {
  const found = spreadOf(model);
  if (found === undefined) return "";
  const { per, name } = found, { size, channels, spread } = model;
  const count = { all: 1, feature: size, channel: channels };
  return per === "pixel" ? spread.value : `self.likelihood["${name}"].repeat(${size / count[per]})`;
}

/** The parts for a model. */
export function pytorchLikelihood(model: PytorchModel, definitions: PythonDefinitions): PytorchLikelihood {
  const spread = spreadOf(model), mean = meanOf(model, definitions);
  if (spread === undefined) return { mean };
  if (spread.per === "pixel") return { members: `self.likelihood = ${model.spread.module}`, mean };
  const count = { all: 1, feature: model.size, channel: model.channels }[spread.per];
  return {
    members: `self.likelihood = nn.ParameterDict({"${spread.name}": torch.zeros(${count})})`,
    mean,
  };
}
