/** The stage that tests a model on inputs from another distribution. @module */
import { z } from "zod";
import { evaluator, reconstruct } from "../analysis/reconstruction/inference.ts";
import { exampleRows } from "../analysis/reconstruction/preview.ts";
import { reconstructionErrors } from "../analysis/reconstruction/reconstruction_errors.ts";
import { auroc } from "../analysis/anomaly/roc.ts";
import {
  constantImages,
  foreignImages,
  glyphImages,
  inUnitsOf,
  invertedImages,
  noiseImages,
} from "../analysis/anomaly/out_of_distribution.ts";
import { meanOf } from "../core/statistics.ts";
import { RunError } from "../core/errors.ts";
import { faultsAt } from "../core/fault.ts";
import { pictureShape, sampleSize } from "../core/shape.ts";
import type { Dataset, Split } from "../data/dataset.ts";
import { pickFromSplit } from "../data/parts.ts";
import { fingerprintSource, openSource, sourceFaults, type SourceInput, SourceSpec } from "../data/source.ts";
import type { Engine } from "../engine/engine.ts";
import { encodePng } from "../export/pictures.ts";
import { comparisonSheet } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import type { ModelStageDefinition } from "./model_stage.ts";
import { engineOf } from "./engine.ts";
import { areaMetric } from "./area_metric.ts";
import { type Metric, metric } from "../pipeline/metric.ts";
import { modelTiles } from "./tiles.ts";
import { type Stage, type StageContext, stageOf } from "../pipeline/stage.ts";

const KINDS = ["inverted", "glyphs", "noise", "constant"] as const;

const Options = z.strictObject({
  name: z.string().optional(),
  inputs: z.array(z.union([z.enum(KINDS), SourceSpec])).min(1).default([...KINDS]),
  count: z.int().min(1).max(100000).default(1000),
  shown: z.int().min(1).max(200).default(16),
});
type Options = z.infer<typeof Options>;
type Input = Options["inputs"][number];

/** Inputs that are made here. */
export type OutOfDistributionInput = "inverted" | "glyphs" | "noise" | "constant";

/** Options for {@link hallucinate}. */
export interface HallucinateOptions {
  /** The stage's name, also of its files. @default {"hallucinate"} */
  name?: string;
  /**
   * What to show: test images with black and white exchanged, the 32 glyphs, uniform noise, images of one grey, or the test images of
   * another source, scaled to fit. @default {["inverted", "glyphs", "noise", "constant"]}
   */
  inputs?: (OutOfDistributionInput | SourceInput)[];
  /** How many images of each kind at most. @default {1000} */
  count?: number;
  /** How many of them the picture shows. @default {16} */
  shown?: number;
}

/** Outputs of {@link hallucinate}. */
export interface HallucinateOutput {
  /** The squared error per pixel of each image, by what was shown; those of the test images under `test`. */
  hallucinated: Readonly<Record<string, Float64Array>>;
}

type Inputs = { dataset: Dataset; model: TrainedModel };

const definition: ModelStageDefinition<Options, Inputs, HallucinateOutput> = {
  kind: "hallucinate",
  version: 4,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: true,
    conditional:
      "must know no classes, of which inputs of another kind have none, got a conditional one (train one without condition)",
  },
  inputs: ["dataset", "model"],
  outputs: ["hallucinated"],
  schema: Options,
  contentHash: ({ inputs }) => fingerprintsOf(inputs),
  plan: ({ inputs, count }) => ({
    lines: [`${inputs.map(nameOf).join(", ")}: at most ${count} images each`],
    faults: inputs.flatMap((input, place) =>
      typeof input === "string" ? [] : faultsAt(`inputs.${place}`, sourceFaults(input))
    ),
  }),
  async run({ dataset, model }, options, context) {
    const engine = await engineOf(context);
    const test = checked(reconstructionErrors(engine, model, dataset.test), "test");
    const mse = meanOf(test), parts: string[] = [];
    const error = { unit: "squared error/pixel", direction: "lower" } as const,
      foreign = { direction: "none" } as const;
    const metrics: Record<string, Metric> = { mse: metric(mse, { ...error, split: "test" }) };
    const hallucinated: Record<string, Float64Array> = { test };
    for (const input of options.inputs) {
      if (context.signal.aborted) break;
      const name = unused(nameOf(input), hallucinated);
      const split = await imagesOf(input, dataset, options.count, context);
      const errors = checked(reconstructionErrors(engine, model, split), name);
      hallucinated[name] = errors;
      const ratio = meanOf(errors) / mse, area = auroc(test, errors);
      metrics[`${name}.mse`] = metric(meanOf(errors), { ...error, ...foreign });
      // Where test images are reconstructed without any error there is nothing to divide by.
      if (mse > 0) metrics[`${name}.ratio`] = metric(ratio, { unit: "ratio", ...foreign });
      metrics[`${name}.auroc`] = areaMetric(area, { split: "test", estimator: "by the squared error" });
      const times = mse > 0 ? `${ratio.toPrecision(3)} times` : `${meanOf(errors).toPrecision(3)} against 0`;
      parts.push(`${name} ${times} (AUROC ${area.value.toFixed(3)})`);
      await drawSheet({ engine, model, split, name, shown: options.shown }, context);
    }
    const note = `squared error against the test images': ${parts.join(", ") || "nothing was shown"}`;
    return { outputs: { hallucinated }, metrics, note };
  },
};

/** What stands for the data of other sources, whose files may change under the same options; `undefined` where there are none. */
async function fingerprintsOf(inputs: readonly Input[]): Promise<string | undefined> {
  const sources = inputs.filter((input) => typeof input !== "string");
  const texts = await Promise.all(sources.map((source) => fingerprintSource(source)));
  return texts.every((text) => text === "") ? undefined : JSON.stringify(texts);
}

function nameOf(input: Input): string {
  return typeof input === "string" ? input : input.source;
}

/** A name that nothing has yet: the second source of a kind is called `images2`. */
function unused(name: string, taken: object): string {
  for (let number = 1;; number++) {
    const tried = number === 1 ? name : `${name}${number}`;
    if (!(tried in taken)) return tried;
  }
}

async function imagesOf(
  input: Input,
  dataset: Dataset,
  count: number,
  context: StageContext,
): Promise<Split> {
  const pixels = sampleSize(dataset.shape), size = pictureShape(dataset.shape), { test } = dataset;
  if (typeof input !== "string") {
    const log = (message: string) => context.emit({ type: "log", message });
    const warn = (message: string) => context.emit({ type: "warning", message });
    const foreign = await openSource(input, { seed: context.seed, log, warn });
    return inUnitsOf(test, foreignImages(foreign, count, size));
  }
  const splits: Record<OutOfDistributionInput, () => Split> = {
    inverted: () => invertedImages(test, pixels, count),
    glyphs: () => inUnitsOf(test, glyphImages(size)),
    noise: () => inUnitsOf(test, noiseImages(pixels, count, context.seed)),
    constant: () => inUnitsOf(test, constantImages(pixels, Math.min(count, GREYS))),
  };
  return splits[input]();
}

const GREYS = 16;

function checked(errors: Float64Array, name: string): Float64Array {
  const wrong = errors.find((error) => !Number.isFinite(error));
  if (wrong === undefined) return errors;
  throw new RunError(
    `reconstruction errors must be finite numbers, got ${wrong} for ${name} images; ` +
      "the training has diverged",
  );
}

const TITLES: Readonly<Record<OutOfDistributionInput, string>> = {
  inverted: "inverted test images",
  glyphs: "glyphs",
  noise: "uniform noise",
  constant: "images of one grey",
};

async function drawSheet(
  { engine, model, split, name, shown }: Pick<Inputs, "model"> & {
    engine: Engine;
    split: Split;
    name: string;
    shown: number;
  },
  context: StageContext,
): Promise<void> {
  const evaluation = evaluator(
    engine,
    model,
    pickFromSplit(split, sampleSize(model.shape), exampleRows(split, shown)),
  );
  const { targets, outputs } = reconstruct(evaluation, Math.min(shown, split.count));
  evaluation.program.dispose();
  const reconstructed = modelTiles(model, outputs);
  const samples = modelTiles(model, targets).map((target, at) => ({
    target,
    output: reconstructed[at],
  }));
  await context.writeArtifact(
    `${context.name}-${name}.png`,
    `${
      TITLES[name as OutOfDistributionInput] ?? `images of ${name}`
    } above, what the model makes of them below`,
    await encodePng(comparisonSheet(samples, { threshold: null })),
  );
}

/**
 * Feeds a model inputs from another distribution, and compares the reconstruction errors with those of the test images: does it reconstruct, or does it see
 * what it was trained on?
 *
 * Numbers: `mse` of the test images (squared error/pixel, mean over images), and for each kind of input `KIND.mse`, `KIND.ratio` to
 * the test images' and `KIND.auroc`, the chance that such an image has a larger error than a test image: whether its error gives it
 * away. 0.5 is guessing, 1 is always; its 95 % interval is `KIND.aurocLow` to `KIND.aurocHigh` (Newcombe 2006 and DeLong et al. 1988). A VAE reconstructs through its posterior mean. One picture a kind.
 */
export function hallucinate(
  options: HallucinateOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, HallucinateOutput> {
  return stageOf(definition, options);
}
