/**
 * A sweep as a value: one pipeline under several settings and seeds, compared at the end.
 *
 * @module
 */
import { optionsOf } from "../../core/arguments.ts";
import { isPipeline, type Pipeline } from "../pipeline.ts";
import type { EarlyStopOptions } from "./early_stop.ts";
import type { SweepAxes } from "./axes.ts";

/** How the settings of a sweep are chosen. */
export type SamplerName = "grid" | "random" | "sobol" | "tpe";

/** All of them. */
export const SAMPLERS: readonly SamplerName[] = ["grid", "random", "sobol", "tpe"];

/** Options for a sweep. */
export interface SweepOptions {
  /** How many seeds each setting is run with: the pipeline's own and those that follow it. @default {1} */
  seeds?: number;
  /**
   * How many settings a sampler draws; each is run with every seed. A grid and a list of settings have as many as they list.
   * @default {none: every combination is run}
   */
  trials?: number;
  /**
   * How settings are chosen: `"grid"` runs every combination; `"random"` draws each by itself; `"sobol"` draws points that cover the ranges
   * evenly; `"tpe"` draws by the results so far. @default {"random" with `trials`, else "grid"}
   */
  sampler?: SamplerName;
  /**
   * The metric by which settings are ranked, as in `"evaluate.mse"`, better in the direction that the metric itself states. @default {the
   * first that is compared and has a direction}
   */
  metric?: string | null;
  /**
   * The rule by which trials are stopped whose training falls behind: `{ kind: "asha" }` or `{ kind: "median" }`, with options. They are
   * neither complete nor failed, and are not compared. @default {null: every trial trains to its end}
   */
  earlyStop?: EarlyStopOptions | null;
  /** What counts as a success, as in `"evaluate.worstWrongPixels <= 1"`: the comparison gives its rate over the seeds. @default {null} */
  success?: string | null;
  /** The metrics that are compared, as in `"evaluate.mse"`. @default {all numbers of stages called evaluate, and the epochs and seconds of trainings} */
  metrics?: string[];
  /**
   * The label of the setting that all others are compared with: for each metric the difference, seed by seed, with its interval and
   * whether that is better, worse or a tie. @default {null}
   */
  baseline?: string | null;
  /** Whether the table of results lists the numbers of all runs of a setting, too, and not only their means. @default {false} */
  each?: boolean;
}

/** A setting of a sweep that is no grid: several options changed together, under one name. */
export interface SweepSetting {
  /** What it is called. */
  readonly label: string;
  /** The paths of options, as `--set` takes them, to their values. @default {{}} */
  readonly set?: Readonly<Record<string, unknown>>;
}

/** A pipeline under several settings. Nothing runs when it is made. */
export interface Sweep {
  /** Distinguishes it from other values. */
  readonly type: "sweep";
  /** What is run. */
  readonly pipeline: Pipeline<object>;
  /** What varies: a grid, ranges to draw from, or a list of settings. */
  readonly axes: SweepAxes | readonly SweepSetting[];
  /** Its options. */
  readonly options: SweepOptions;
}

/**
 * Runs a pipeline under every combination of some settings (or under settings that are listed one by one, each with a label, or drawn from
 * ranges), each with several seeds, and compares them.
 *
 * @example Every combination of lists
 * ```ts
 * import { adam, ae, evaluate, glyphs, load, momentum, pipeline, sgd, sweep, train } from "@hourglass/hourglass";
 *
 * const letters = pipeline("letters")
 *   .pipe(load(glyphs()))
 *   .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh" }), { epochs: 500 }))
 *   .pipe(evaluate());
 *
 * const example = sweep(letters, { "train.optimizer": [sgd(), momentum(), adam()], seed: [1, 2, 3] }, {
 *   success: "evaluate.worstWrongPixels <= 1",
 * });
 * ```
 *
 * @example Settings that are drawn from ranges
 * ```ts
 * import { ae, evaluate, glyphs, load, logUniform, pipeline, sweep, train, uniform } from "@hourglass/hourglass";
 *
 * const letters = pipeline("letters")
 *   .pipe(load(glyphs()))
 *   .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh" }), { epochs: 500 }))
 *   .pipe(evaluate());
 *
 * const example = sweep(letters, {
 *   "train.optimizer.learningRate": logUniform(1e-4, 1e-1),
 *   "train.model.latent": uniform(1, 8, { integer: true }),
 *   "train.model.activation": ["tanh", "relu"],
 * }, { trials: 20, sampler: "sobol", metric: "evaluate.mse" });
 * ```
 */
export function sweep<Have extends object>(
  pipeline: Pipeline<Have>,
  axes: SweepAxes | readonly SweepSetting[],
  options: SweepOptions = {},
): Sweep {
  // The types of its outputs matter only for adding stages, which a sweep does not.
  return {
    type: "sweep",
    pipeline: pipeline as unknown as Pipeline<object>,
    axes,
    options: optionsOf("sweep", options),
  };
}

/** Whether a value is a sweep. */
export function isSweep(value: unknown): value is Sweep {
  return typeof value === "object" && value !== null && (value as { type?: unknown }).type === "sweep" &&
    isPipeline((value as Sweep).pipeline);
}

/** Whether the settings of a sweep are listed one by one. */
export function isListOfSettings(axes: Sweep["axes"]): axes is readonly SweepSetting[] {
  return Array.isArray(axes);
}

/** How the settings of a sweep are chosen. */
export function samplerOf({ options: { sampler, trials } }: Pick<Sweep, "axes" | "options">): SamplerName {
  return sampler ?? (trials === undefined ? "grid" : "random");
}
