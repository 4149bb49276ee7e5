/** The images of a recorded run, or only their size. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { bytesOf, MemoryText } from "../../data/memory.ts";
import { type ImageShape, openSource, sourceShape, SourceSpec } from "../../data/source.ts";
import type { RunRecord } from "../../run/record.ts";
import { type ModelRun, stagesOf } from "./find_run.ts";

/** The dataset of a run, or why there is none. */
export interface OpenedImages {
  readonly dataset: Dataset | null;
  /** The size of the images, if it is known without loading them. */
  readonly shape: ImageShape | undefined;
  readonly problem: string | null;
}

/** Opens the data source of a run's load stage. Never throws: the explorer works without images. */
export async function openImages({ record }: ModelRun, pixels: number): Promise<OpenedImages> {
  let shape: ImageShape | undefined;
  try {
    const { source, memory } = loadOptions(record);
    shape = sourceShape(source);
    const dataset = await openSource(source, { seed: record.seed, memory, log() {} });
    if (dataset.height * dataset.width === pixels && dataset.test.count > 0) {
      return { dataset, shape: dataset, problem: null };
    }
    const size = `${dataset.height}x${dataset.width}`;
    return {
      dataset: null,
      shape,
      problem: `no images: they are ${size} now, the model has ${pixels} pixels`,
    };
  } catch (thrown) {
    return { dataset: null, shape, problem: `no images: ${messageOf(thrown)}` };
  }
}

function loadOptions(record: RunRecord): { source: SourceSpec; memory: number } {
  const load = stagesOf(record).find(({ kind }) => kind === "load");
  if (load === undefined) throw new RunError("the run has no load stage");
  const { source, memory } = load.options as { source?: unknown; memory?: unknown };
  return { source: SourceSpec.parse(source), memory: bytesOf(MemoryText.default("256MB").parse(memory)) };
}

/**
 * The height and width of a model's pictures: from the images, the recorded source, a preview event of the run, or a square.
 *
 * @throws {RunError} When none of these fits the model's pixels.
 */
export function pictureShape(folder: string, pixels: number, { shape }: OpenedImages): ImageShape {
  const side = Math.sqrt(pixels);
  const candidates = [shape, previewShape(folder), { height: side, width: side }];
  const found = candidates.find((one) =>
    one !== undefined && one.height * one.width === pixels && Number.isInteger(one.height)
  );
  if (found !== undefined) return found;
  throw new RunError(
    `"${folder}" must contain the height and width of its pictures to be explored, got a model with ${pixels} pixels and ` +
      "no size in the dataset or in a preview of events.jsonl",
  );
}

function previewShape(folder: string): ImageShape | undefined {
  try {
    const line = Deno.readTextFileSync(`${folder}/events.jsonl`).split("\n")
      .find((line) => line.includes('"type":"preview"'));
    const { height, width } = JSON.parse(line ?? "{}");
    return Number.isInteger(height) && Number.isInteger(width) ? { height, width } : undefined;
  } catch {
    return undefined;
  }
}
