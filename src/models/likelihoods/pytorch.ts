/** What a likelihood adds to a module of PyTorch: its parameters, and the mean that the module returns. @module */
import type { LikelihoodName } from "./kinds.ts";
import { type HasLoss, likelihoodOf, spreadOf } from "./table.ts";

/** The parts of a module of PyTorch. */
export interface PytorchLikelihood {
  /** The line of the constructor that makes the parameters; `undefined` without any. */
  readonly members?: string;
  /** The lines of `decode` after the last hidden layer. */
  readonly decode: readonly string[];
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

/** How the mean of a distribution is computed. */
const MEANS: Readonly<Record<LikelihoodName, (model: PytorchModel) => readonly string[]>> = {
  mse: ({ location }) => [`return ${location}`],
  bce: ({ location }) => [`return ${location}`],
  gaussian: ({ location }) => [`return ${location}`],
  continuousBernoulli: ({ logits }) => [
    `x = ${logits}`,
    "near = x.abs() < 1",
    "far = torch.where(near, torch.ones_like(x), x)",
    "series = 0.5 + x / 12 - x**3 / 720 + x**5 / 30240 - x**7 / 1209600 + x**9 / 47900160",
    "return torch.where(near, series, 1 / (1 - torch.exp(-far)) - 1 / far)",
  ],
  discretisedLogistic: (model) => [
    `x = ${model.location}`,
    `scale = torch.exp(10 * torch.tanh(${rawScale(model)} / 10) + ${spreadOf(model)!.offset})`,
    "return scale * (F.softplus(x / scale) - F.softplus((x - 1) / scale))",
  ],
};

/** The scale before it is bounded, for each value of a sample. */
function rawScale(model: PytorchModel): string {
  const { per, name } = spreadOf(model)!, { size, channels, spread } = model;
  return per === "pixel" ? spread.value : `self.likelihood["${name}"].repeat(${size / channels})`;
}

/** The parts for a model. */
export function pytorchLikelihood(model: PytorchModel): PytorchLikelihood {
  const spread = spreadOf(model), decode = MEANS[likelihoodOf(model).kind](model);
  if (spread === undefined) return { decode };
  if (spread.per === "pixel") return { members: `self.likelihood = ${model.spread.module}`, decode };
  const count = { all: 1, feature: model.size, channel: model.channels }[spread.per];
  return {
    members: `self.likelihood = nn.ParameterDict({"${spread.name}": torch.zeros(${count})})`,
    decode,
  };
}
