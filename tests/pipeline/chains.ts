/** Pipelines to check, and what is said of them. @module */
import { UsageError } from "../../src/core/errors.ts";
import type { ModelOptions } from "../../src/models/options.ts";
import type { AnyPipeline } from "../../src/pipeline/pipeline.ts";
import { type ResolvedPipeline, resolvePipeline, type Settings } from "../../src/pipeline/resolve.ts";
import { ae, evaluate, glyphs, load, noise, pipeline, train, type TrainOptions } from "../../mod.ts";

/** What a file that was never type-checked may hold. */
export const unchecked = <Type>(value: unknown): Type => value as Type;

/** A model of the glyphs. */
export const MODEL = ae({ encoder: [35, 9], latent: 2 });

/** A plain pipeline: load, noise, train, evaluate. */
export function plain(options: object = {}, model: object = MODEL): AnyPipeline {
  return pipeline("test")
    .pipe(load(glyphs()))
    .pipe(noise())
    .pipe(train(unchecked<ModelOptions>(model), unchecked<TrainOptions>(options)))
    .pipe(evaluate());
}

/** A pipeline of stages that the compiler was not asked about. */
export function chain(...stages: readonly object[]): AnyPipeline {
  return { ...pipeline("test"), stages: unchecked(stages) };
}

/** The faults that a pipeline is refused for, a line each; none when it is taken. */
export function faultsIn(pipeline: AnyPipeline, settings: Settings = {}): string[] {
  try {
    resolvePipeline(pipeline, settings);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    return thrown.message.split("\n").slice(1).map((line) => line.replace(/^ {2}✖ /, ""));
  }
}

/** The complete options of one stage. */
export function optionsOf(resolved: ResolvedPipeline, name: string): Record<string, unknown> {
  return { ...resolved.stages.find((stage) => stage.name === name)!.options };
}
