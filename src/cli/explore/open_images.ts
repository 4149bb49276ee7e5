/** The images of a recorded run. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import { isSameShape, sampleShapeText } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { bytesOf, MemoryText } from "../../data/memory.ts";
import { openSource, SourceSpec } from "../../data/source.ts";
import type { RunRecord } from "../../run/record.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { type ModelRun, stagesOf } from "./find_run.ts";

/** The dataset of a run, or why there is none. */
export interface OpenedImages {
  readonly dataset: Dataset | null;
  readonly problem: string | null;
}

/** Opens the data source of a run's load stage, for a model. Never throws: the explorer works without images. */
export async function openImages(
  { record }: ModelRun,
  { shape }: Pick<TrainedModel, "shape">,
): Promise<OpenedImages> {
  try {
    const { source, memory } = loadOptions(record);
    const dataset = await openSource(source, { seed: record.seed, memory, log() {} });
    if (isSameShape(dataset.shape, shape) && dataset.test.count > 0) return { dataset, problem: null };
    const [found, expected] = [dataset.shape, shape].map(sampleShapeText);
    return { dataset: null, problem: `no images: they are ${found} now, the model has ${expected}` };
  } catch (thrown) {
    return { dataset: null, problem: `no images: ${messageOf(thrown)}` };
  }
}

function loadOptions(record: RunRecord): { source: SourceSpec; memory: number } {
  const load = stagesOf(record).find(({ kind }) => kind === "load");
  if (load === undefined) throw new RunError("the run has no load stage");
  const { source, memory } = load.options as { source?: unknown; memory?: unknown };
  const { data, error } = SourceSpec.safeParse(source);
  if (error !== undefined) {
    const { source: kind } = source as { source?: unknown };
    throw new RunError(
      `the source ${JSON.stringify(kind)} is not one of this version, or is defined in the pipeline file`,
    );
  }
  return { source: data, memory: bytesOf(MemoryText.default("256MB").parse(memory)) };
}
