/**
 * The chain of stages as a value.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { UsageError } from "../core/errors.ts";
import { unknownKey } from "./faults.ts";
import type { Stage } from "./stage.ts";

/** Options for a pipeline. */
export interface PipelineOptions {
  /** The seed of all its random numbers: an integer from 0 to 2^53 - 1. @default {42} */
  seed?: number;
  /** Whether runs write event files for TensorBoard into `tensorboard/` of their folders, as `--tensorboard` does. @default {false} */
  tensorboard?: boolean;
}

/** The compiler error for a stage whose input no earlier stage makes. */
export interface MissingInput<Name extends string> {
  /** Says which. */
  readonly missing: `this stage needs "${Name}", which no earlier stage makes`;
}

/** `unknown` when all inputs are available, else {@link MissingInput}. */
export type RequiresInputs<Have, Inputs> = [Exclude<keyof Inputs, keyof Have>] extends [never] ? unknown
  : MissingInput<Exclude<keyof Inputs, keyof Have> & string>;

/** A pipeline: a name, a seed and a chain of stages. Nothing runs when it is made. `Have` is what its stages make so far. */
export interface Pipeline<Have extends object> {
  /** Distinguishes it from other values. */
  readonly type: "pipeline";
  /** Names its folder under `runs/`. */
  readonly name: string;
  /** The seed of all its random numbers. */
  readonly seed: number;
  /** Whether its runs write event files for TensorBoard. @default {false} */
  readonly tensorboard?: boolean;
  /** Its stages, in order. */
  readonly stages: readonly Stage<never, object>[];
  /** The same pipeline with one more stage at its end. A stage whose input is missing does not type-check. */
  pipe<Inputs extends object, Outputs extends object>(
    stage: Stage<Inputs, Outputs> & RequiresInputs<Have, Inputs>,
  ): Pipeline<Have & Outputs>;
}

/** Any pipeline, whatever its stages make: what is checked and run. */
export type AnyPipeline = Omit<Pipeline<object>, "pipe">;

/**
 * Begins a pipeline.
 *
 * @example
 * ```ts
 * import { ae, evaluate, glyphs, load, pipeline, train } from "@hourglass/hourglass";
 *
 * const example = pipeline("letters", { seed: 7 })
 *   .pipe(load(glyphs()))
 *   .pipe(train(ae({ encoder: [35, 20], latent: 2, activation: "tanh" }), { epochs: 500 }))
 *   .pipe(evaluate());
 * ```
 *
 * @throws {UsageError} When an option is unknown.
 */
export function pipeline(name: string, options: PipelineOptions = {}): Pipeline<object> {
  const { seed = 42, tensorboard = false, ...unknown } = optionsOf("pipeline", options);
  for (const key of Object.keys(unknown)) {
    throw new UsageError(`pipeline: option ${key} ${unknownKey(key, ["seed", "tensorboard"])}`);
  }
  return chain({ name, seed, tensorboard }, []);
}

function chain<Have extends object>(
  head: Pick<Pipeline<object>, "name" | "seed" | "tensorboard">,
  stages: readonly Stage<never, object>[],
): Pipeline<Have> {
  return {
    type: "pipeline",
    ...head,
    stages,
    pipe: (stage) => chain(head, [...stages, stage as unknown as Stage<never, object>]),
  };
}

/** Whether a value is a pipeline: what a pipeline file must export. */
export function isPipeline(value: unknown): value is Pipeline<object> {
  return typeof value === "object" && value !== null && (value as { type?: unknown }).type === "pipeline" &&
    Array.isArray((value as { stages?: unknown }).stages);
}
