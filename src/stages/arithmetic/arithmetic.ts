/** The stage that adds attributes to images in the latent space. @module */
import { z } from "zod";
import { attributeText } from "../../analysis/latent/arithmetic.ts";
import { RunError } from "../../core/errors.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { encodePng } from "../../export/pictures.ts";
import { sheet } from "../../export/sheet.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { classifierAccuracy, settingOf, tryAttribute } from "./attempt.ts";
import { metricsOf, noteOf, type Tried } from "./report.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { engineOf } from "../engine.ts";
import { modelTiles } from "../tiles.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";
import { metricValues } from "../../pipeline/metric.ts";

const Attribute = z.union([z.string(), z.strictObject({ from: z.string(), to: z.string() })]);

const Options = z.strictObject({
  name: z.string().optional(),
  attributes: z.array(Attribute).min(1).max(100).nullable().default(null),
  strength: z.number().positive().default(1),
  images: z.int().min(1).max(10_000).default(100),
  k: z.int().min(1).max(100).default(5),
  trainImages: z.int().min(1).default(5000),
  shown: z.int().min(1).max(50).default(8),
});
type Options = z.infer<typeof Options>;

/** Options for {@link arithmetic}. */
export interface ArithmeticOptions {
  /** The stage's name, also of its file. @default {"arithmetic"} */
  name?: string;
  /**
   * What is added: a label (its mean latent minus that of all other images, to images of the others), or one label in place of another
   * (`{ from: "3", to: "8" }`, to images of the first). `null`: every label. @default {null}
   */
  attributes?: (string | { from: string; to: string })[] | null;
  /** What the vector is multiplied by. @default {1} */
  strength?: number;
  /** Test images that are changed for each attribute, from the first on. @default {100} */
  images?: number;
  /** Neighbours that vote for the class of a changed image. @default {5} */
  k?: number;
  /** Train images that the vectors and the classifier are made of, from the first on. @default {5000} */
  trainImages?: number;
  /** Images of each attribute that are shown. @default {8} */
  shown?: number;
}

/** Outputs of {@link arithmetic}. */
export interface ArithmeticOutput {
  /** Each attribute as text to its vector. */
  attributeVectors: Readonly<Record<string, readonly number[]>>;
}

const definition: ModelStageDefinition<Options, { dataset: Dataset; model: TrainedModel }, ArithmeticOutput> =
  {
    kind: "arithmetic",
    version: 1,
    models: {
      autoencoder: true,
      variational: true,
      vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
        "(encode writes the codes of samples, a vae has a space of vectors)",
      conditional: "must know no classes to add one as a vector, got a conditional one " +
        "(generate({ classes }) and interpolate({ class }) set the class itself)",
    },
    inputs: ["dataset", "model"],
    outputs: ["attributeVectors"],
    schema: Options,
    plan: ({ attributes, images, strength }) => ({
      lines: [
        `${
          attributes === null ? "every label" : attributes.map(attributeText).join(", ")
        } on ${images} images ` +
        `each, at strength ${strength}`,
      ],
    }),
    async run({ dataset, model }, options, context) {
      const setting = settingOf(await engineOf(context), model, dataset, options);
      const tried: Tried[] = [], left: string[] = [];
      for (const attribute of options.attributes ?? dataset.labelNames ?? []) {
        if (context.signal.aborted) break;
        const one = tryAttribute(setting, attribute);
        if (one === undefined) left.push(attributeText(attribute));
        else tried.push(one);
      }
      for (const text of left) {
        context.emit({
          type: "warning",
          message: `"${text}" is left out: a class has no images in the split`,
        });
      }
      if (tried.length === 0) {
        if (context.signal.aborted) return { outputs: { attributeVectors: {} }, note: "stopped" };
        throw new RunError(
          `attributes must include one that has images with and without it, got ${left.join(", ")}`,
        );
      }
      const rows = tried.flatMap(({ shown }) => shown);
      const columns = options.shown, D = sampleSize(model.shape);
      const filled = rows.flatMap((row) => [...row, ...new Float32Array(columns * D - row.length)]);
      const picture = sheet(modelTiles(model, filled), { columns });
      const title = `test images and what they become: ${tried.map(({ text }) => text).join(", ")}`;
      await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
      const metrics = metricsOf(tried, classifierAccuracy(setting));
      const attributeVectors = Object.fromEntries(tried.map(({ text, vector }) => [text, vector]));
      return { outputs: { attributeVectors }, metrics, note: noteOf(metricValues(metrics)) };
    },
  };

/**
 * Adds attributes in the latent space: the mean latent of train images with a label minus that of those without is added to the latents
 * of test images without it, and what the decoder makes of them is shown next to the originals. A classifier of k nearest train images,
 * by pixels, says how many got the wanted class: `share` with its 95 % interval `shareLow` to `shareHigh` (Wilson 1927), `shareBefore`
 * of the same images reconstructed unchanged, each also by attribute (`share.7`, `share.3 to 8`), and `classifierAccuracy` on real images.
 */
export function arithmetic(
  options: ArithmeticOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, ArithmeticOutput> {
  return stageOf(definition, options);
}
