/** Every shipped stage that measures something, run on small data: all metrics that there are. @module */
import {
  ae,
  anomaly,
  arithmetic,
  clusters,
  evaluate,
  farthestSample,
  generate,
  hallucinate,
  latentSpace,
  novelty,
  sharpness,
  train,
} from "../../mod.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { pickFromSplit } from "../../src/data/parts.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import type { Stage } from "../../src/pipeline/stage.ts";
import { GLYPHS, modelOf } from "./fake_run.ts";
import { VECTORS } from "./vectors.ts";

/** A stage and its inputs. */
export interface MeasuringStage {
  readonly stage: Stage<never, object>;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Some of the glyphs with two classes by turns. */
function part(first: number, end: number, classOf: (at: number) => number): Split {
  const rows = Array.from({ length: end - first }, (_, at) => first + at);
  return { ...pickFromSplit(GLYPHS.train, 35, rows), labels: Uint16Array.from(rows, (_, at) => classOf(at)) };
}

/** 20 glyphs to train on and 12 others to test on, each half of one class; `one`: only the first class is trained on. */
function labelled(one = false): Dataset {
  const alternating = (at: number) => at % 2;
  return {
    ...GLYPHS,
    labelNames: ["even", "odd"],
    train: part(0, 20, one ? () => 0 : alternating),
    test: part(20, 32, alternating),
  };
}

const vae = modelOf({ kind: "vae", latent: 3, loss: "bce" });
const quantised = modelOf({ kind: "vqvae", codes: 4, dimensions: 2 } as object);
const disentangled = modelOf({ kind: "vae", latent: 3, loss: "bce", totalCorrelation: {} } as object);
const conditional = modelOf({
  kind: "vae",
  latent: 3,
  loss: "bce",
  condition: "label",
  classes: [{ name: "even", label: 0 }, { name: "odd", label: 1 }],
} as object);
const denoiser = modelOf({ outputActivation: "sigmoid", loss: "bce" });

const vectorSpec = ModelSpec.parse({
  kind: "vae",
  input: [5],
  encoder: [4],
  latent: 2,
  loss: "gaussian",
  outputActivation: "linear",
});
const vectorModel: TrainedModel = {
  spec: vectorSpec,
  parameters: initialParameters(vectorSpec, 1),
  shape: [5],
  scale: VECTORS.train.scale!,
};

/** A VAE of glyphs with a likelihood. */
function likelihoodModel(loss: "continuousBernoulli" | "discretisedLogistic"): TrainedModel {
  return modelOf({ kind: "vae", latent: 3, loss });
}

/** Every one of them. A stage that is missing here is missing from the table of metrics. */
export const MEASURING_STAGES: readonly MeasuringStage[] = [
  {
    stage: train(ae({ encoder: [35, 6], latent: 2 }), { epochs: 2, batchSize: 8 }),
    inputs: { dataset: GLYPHS },
  },
  { stage: evaluate({ importanceSamples: 3 }), inputs: { dataset: labelled(), model: vae } },
  { stage: evaluate(), inputs: { dataset: labelled(), model: disentangled } },
  { stage: evaluate(), inputs: { dataset: labelled(), model: quantised } },
  {
    stage: evaluate({ noise: [0.3], flips: [0.1], draws: 3, passes: 2 }),
    inputs: { dataset: GLYPHS, model: denoiser },
  },
  { stage: anomaly({ trainImages: 20 }), inputs: { dataset: labelled(true), model: vae } },
  { stage: evaluate({ splits: ["train"] }), inputs: { dataset: VECTORS, model: vectorModel } },
  { stage: anomaly(), inputs: { dataset: VECTORS, model: vectorModel } },
  {
    stage: evaluate({ importanceSamples: 3 }),
    inputs: { dataset: labelled(), model: likelihoodModel("discretisedLogistic") },
  },
  {
    stage: evaluate({ splits: ["test"] }),
    inputs: { dataset: labelled(), model: likelihoodModel("continuousBernoulli") },
  },
  { stage: arithmetic({ images: 6, k: 1 }), inputs: { dataset: labelled(), model: vae } },
  { stage: clusters({ of: "test", k: 2 }), inputs: { dataset: labelled(), model: vae } },
  { stage: farthestSample(), inputs: { dataset: GLYPHS, model: vae } },
  { stage: generate({ count: 6 }), inputs: { dataset: labelled(), model: conditional } },
  { stage: hallucinate({ count: 10 }), inputs: { dataset: labelled(), model: vae } },
  { stage: latentSpace({ paths: 4, k: 2 }), inputs: { dataset: labelled(), model: vae } },
  { stage: novelty({ count: 30, k: 2, cells: 2 }), inputs: { dataset: labelled(), model: vae } },
  { stage: sharpness(), inputs: { dataset: labelled(), model: vae } },
] as readonly MeasuringStage[];
