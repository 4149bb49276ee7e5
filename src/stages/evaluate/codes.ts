/** The use of the codes of a VQ-VAE as metrics. @module */
import { codeUsage } from "../../analysis/latent/code_usage.ts";
import { imageEncoder, splitFor } from "../../analysis/reconstruction/inference.ts";
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { codePositions, hasCodebook } from "../../models/codebook.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { metric, type MetricInfo, type Metrics } from "../../pipeline/metric.ts";

/** Of a VQ-VAE: how many of its codes the samples of a split use, and how evenly. */
export function codeMetrics(
  { engine, model, split }: { readonly engine: Engine; readonly model: TrainedModel; readonly split: Split },
  name: MetricInfo["split"],
): Metrics {
  const { spec } = model;
  if (!hasCodebook(spec)) return {};
  const positions = codePositions(spec), chosen = new Uint32Array(split.count * positions);
  const { program, forEachBatch } = imageEncoder(engine, spec, splitFor(model, split));
  program.parameters.set(model.parameters.subarray(0, program.parameters.length));
  const codes = program.output("codes");
  forEachBatch(split.count, (start, rows) => {
    for (let at = 0; at < rows * positions; at++) chosen[start * positions + at] = codes[at];
  });
  program.dispose();
  const { total, used, perplexity } = codeUsage(chosen, spec.codes);
  const info = { unit: "codes", split: name } as const;
  return {
    codePerplexity: metric(perplexity, { ...info, direction: "higher" }),
    usedCodes: metric(used, { ...info, direction: "higher" }),
    deadCodes: metric(total - used, { ...info, direction: "lower" }),
  };
}
