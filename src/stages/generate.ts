/** The stage that makes new images. @module */
import { z } from "zod";
import { pictureShape, sampleSize } from "../core/shape.ts";
import { decodePoints } from "../analysis/reconstruction/inference.ts";
import { drawPoints, quantileGrid } from "../analysis/latent/latent_space.ts";
import { priorOf } from "../analysis/latent/prior.ts";
import type { Dataset } from "../data/dataset.ts";
import { encodePng } from "../export/pictures.ts";
import { manifoldGrid, sheet } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import { engineOf } from "./engine.ts";
import { modelTiles } from "./tiles.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  count: z.int().min(1).max(10000).default(64),
  spread: z.number().positive().default(1),
  shown: z.int().min(1).nullable().default(null),
  manifold: z.int().min(2).max(64).nullable().default(20),
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
}

/** Outputs of {@link generate}. */
export interface GenerateOutput {
  /** New samples [n, D] as the model makes them: scaled, pixels in [0, 1]. */
  generated: Float32Array;
}

const definition: StageDefinition<Options, { dataset: Dataset; model: TrainedModel }, GenerateOutput> = {
  kind: "generate",
  version: 2,
  inputs: ["dataset", "model"],
  outputs: ["generated"],
  schema: Options,
  plan: ({ count, manifold }, { latent }) => ({
    lines: [
      `${count} images${
        latent === 2 && manifold !== null ? ` and a manifold of ${manifold}x${manifold}` : ""
      }`,
    ],
  }),
  async run({ dataset, model }, { count, spread, shown, manifold }, context) {
    const engine = await engineOf(context);
    const { latent } = model.spec;
    const { mean, std, source } = priorOf(engine, model, dataset.train);
    const wide = { mean, std: std.map((value) => value * spread) };
    const key = { seed: context.seed, stream: "generation", epoch: 0 } as const;
    const generated = decodePoints(engine, model, drawPoints(count, wide, key));
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

/**
 * Makes new images: decodes points drawn from the prior N(0, I) of a VAE (for an AE, from a Gaussian fitted to its training latents);
 * for two latent dimensions also the decoded plane, at even quantiles.
 */
export function generate(
  options: GenerateOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, GenerateOutput> {
  return stageOf(definition, options);
}
