/** The work of the stage novelty, which is loaded when it runs. @module */
import { auditImages } from "../../analysis/novelty/audit.ts";
import { decodePoints } from "../../analysis/reconstruction/inference.ts";
import { drawPoints } from "../../analysis/latent/latent_space.ts";
import { priorOf } from "../../analysis/latent/prior.ts";
import { fillUniform } from "../../core/random.ts";
import { RunError } from "../../core/errors.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { classIndices, conditionsOf, isConditional } from "../../models/condition.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { engineOf } from "../engine.ts";
import { auditJson, noveltyMetrics, noveltyNote, writeGalleries } from "./report.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
import type { NoveltyOutput, NoveltySettings } from "./settings.ts";

/** Audits what a model generates; see `novelty`. */
export async function runNovelty(
  { dataset, model }: { dataset: Dataset; model: TrainedModel },
  options: NoveltySettings,
  context: StageContext,
): Promise<StageResult<NoveltyOutput>> {
  const { seed } = context, { count, spread } = options;
  if (dataset.train.count < 2) {
    throw new RunError(
      `train split must have at least 2 images, got ${dataset.train.count}`,
    );
  }
  const engine = await engineOf(context);
  const { mean, std, source } = priorOf(engine, model, dataset.train);
  const wide = { mean, std: std.map((value) => value * spread) };
  // The draws of the stage generate, so that its sheet shows the first of the audited images.
  const points = drawPoints(count, wide, { seed, stream: "generation", epoch: 0 });
  const generated = decodePoints(engine, model, points, drawnConditions(model, dataset, count, seed));
  checkFinite(generated, sampleSize(dataset.shape));
  const audit = auditImages({ engine, dataset, generated, settings: options, seed });
  await writeGalleries({ audit, dataset, model, generated, shown: options.shown }, context);
  const title = "the distances behind the audit of novelty";
  await context.writeArtifact(`${context.name}.json`, title, auditJson(audit));
  return { outputs: { audit }, metrics: noveltyMetrics(audit), note: noveltyNote(audit, source, options) };
}

/** Of a conditional model: classes drawn as often as the train split has them. */
function drawnConditions(
  { spec }: TrainedModel,
  { train }: Dataset,
  count: number,
  seed: number,
): Float32Array | undefined {
  if (!isConditional(spec)) return undefined;
  const indices = classIndices(spec, train.labels), draws = new Float32Array(count);
  fillUniform(draws, count, 1, Array.from(draws.keys()), { seed, stream: "generation", epoch: 2 });
  return conditionsOf(spec, draws.map((draw) => indices[Math.floor(draw * indices.length)]));
}

function checkFinite(images: Float32Array, pixels: number): void {
  const wrong = images.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RunError(
    `generated images must be finite numbers, got image ${Math.floor(wrong / pixels)} with ${
      images[wrong]
    }; the training has diverged`,
  );
}
