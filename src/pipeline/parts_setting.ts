/** The settings that `--parts` stands for. @module */
import { UsageError } from "../core/errors.ts";
import { stageNames } from "./names.ts";
import type { AnyPipeline } from "./pipeline.ts";
import { isStage } from "./stage.ts";

/** The kind of the stages whose steps have parts. */
const TRAINING = "train";

/**
 * `--set` options that split every training step of a pipeline into `parts` parts. They come first, so later `--set` options override them.
 *
 * @throws {UsageError} When nothing is trained.
 */
export function partsSettings(pipeline: AnyPipeline, parts: number | undefined): string[] {
  if (parts === undefined || !pipeline.stages.every(isStage)) return [];
  const names = stageNames(pipeline).filter((_, at) => pipeline.stages[at].kind === TRAINING);
  if (names.length === 0) {
    throw new UsageError(`--parts ${parts} must be left out for a pipeline that trains nothing`);
  }
  return names.map((name) => `${name}.parts=${parts}`);
}
