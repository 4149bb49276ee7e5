/** The stage that makes new images. @module */
import { z } from "zod";
import { pictureShape, sampleSize } from "../../core/shape.ts";
import { decodePoints } from "../../analysis/reconstruction/inference.ts";
import type { Fault } from "../../core/fault.ts";
import { drawPoints, quantileGrid } from "../../analysis/latent/latent_space.ts";
import { priorOf } from "../../analysis/latent/prior.ts";
import type { Dataset } from "../../data/dataset.ts";
import { encodePng } from "../../export/pictures.ts";
import { manifoldGrid, sheet } from "../../export/sheet.ts";
import { isConditional } from "../../models/condition.ts";
import type { ModelFamily } from "../../models/family.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { engineOf } from "../engine.ts";
import { modelTiles } from "../tiles.ts";
import { generateClasses } from "./classes.ts";
import { type PlanFacts, type Stage, stageOf } from "../../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  count: z.int().min(1).max(10000).default(64),
  spread: z.number().positive().default(1),
  shown: z.int().min(1).nullable().default(null),
  manifold: z.int().min(2).max(64).nullable().default(20),
  classes: z.array(z.string()).min(1).optional(),
});
type Options = z.infer<typeof Options>;

/** Options for {@link generate}. */
export interface GenerateOptions {
  /** The stage's name, also of its files. @default {"generate"} */
  name?: string;
  /** How many images. @default {64} */
  count?: number;
  /** What the standard deviation of the prior is multiplied by: below 1 more typical images, above 1 less typical ones. @default {1} */
  spread?: number;
  /** How many of them the picture shows, the first ones; `null`: all. @default {null} */
  shown?: number | null;
  /** Images on a side of the manifold grid, for two latent dimensions; `null`: no grid. @default {20} */
  manifold?: number | null;
  /** Of a conditional model: the classes of the images, in turn. @default {all classes of the train split} */
  classes?: string[];
}

/** Outputs of {@link generate}. */
export interface GenerateOutput {
  /** New samples [n, D] as the model makes them: scaled, pixels in [0, 1]. */
  generated: Float32Array;
}

const definition: ModelStageDefinition<Options, { dataset: Dataset; model: TrainedModel }, GenerateOutput> = {
  kind: "generate",
  version: 2,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
      "(it has no prior to draw codes from; exportRun() and evaluate() show reconstructions, a vae generates)",
    conditional: true,
  },
  inputs: ["dataset", "model"],
  outputs: ["generated"],
  schema: Options,
  plan: ({ count, manifold, classes }, facts) => ({
    lines: [
      `${count} images${classes === undefined ? "" : ` of ${classes.join(", ")} in turn`}${
        facts.latent === 2 && manifold !== null ? ` and a manifold of ${manifold}x${manifold}` : ""
      }`,
    ],
    faults: classFaults(classes, facts),
  }),
  async run({ dataset, model }, options, context) {
    const { count, spread, shown, manifold } = options;
    const engine = await engineOf(context);
    const { latent } = model.spec;
    const { mean, std, source } = priorOf(engine, model, dataset.train);
    const wide = { mean, std: std.map((value) => value * spread) };
    const key = { seed: context.seed, stream: "generation", epoch: 0 } as const;
    const points = drawPoints(count, wide, key);
    if (isConditional(model.spec)) {
      return await generateClasses({ engine, dataset, model, points, source, options }, context);
    }
    const generated = decodePoints(engine, model, points);
    const drawn = Math.min(count, shown ?? count);
    const picture = sheet(modelTiles(model, generated.subarray(0, drawn * sampleSize(model.shape))));
    const title = drawn < count
      ? `the first ${drawn} of ${count} drawn from ${source}`
      : `drawn from ${source}`;
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
    if (latent === 2 && manifold !== null) {
      const grid = modelTiles(model, decodePoints(engine, model, quantileGrid(manifold, wide)));
      const title = `the latent plane, ${manifold} x ${manifold} quantiles of ${source}`;
      await context.writeArtifact(
        `${context.name}-manifold.png`,
        title,
        await encodePng(manifoldGrid(grid, { gap: pictureShape(model.shape).width < 16 ? 4 : 0 })),
      );
    }
    return { outputs: { generated }, note: `${count} images from ${source}` };
  },
};

/** Why classes cannot be chosen, as far as the model is known. */
function classFaults(classes: readonly string[] | undefined, facts: PlanFacts): Fault[] {
  if (classes === undefined || facts.model === undefined) return [];
  if (facts.model !== ("conditional" satisfies ModelFamily)) {
    const message = `must be left out for a model without classes, got ${classes.join(", ")} ` +
      '(train vae({ condition: "label" }))';
    return [{ path: "classes", message }];
  }
  const names = facts.classes?.map(({ name }) => name);
  return classes.flatMap((name, at) =>
    names === undefined || names.includes(name)
      ? []
      : [{ path: `classes[${at}]`, message: `must be one of ${names.join(", ")}, got "${name}"` }]
  );
}

/**
 * Makes new images: decodes points drawn from the prior N(0, I) of a VAE (for an AE, from a Gaussian fitted to its training latents);
 * for two latent dimensions also the decoded plane, at even quantiles.
 *
 * Of a conditional model the images are of the given classes in turn, and the picture has a row for each class; in `<stage>-styles.png` the
 * images of a column have the same latent point. Numbers, where the images have labels: `classAccuracy`, the share of generated images
 * that their 5 nearest train images, pixel by pixel, predict the requested class, and `realClassAccuracy`, the share of test images
 * that they give their own. There is no manifold.
 */
export function generate(
  options: GenerateOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, GenerateOutput> {
  return stageOf(definition, options);
}
