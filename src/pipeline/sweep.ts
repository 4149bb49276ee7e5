/**
 * A grid of runs as a value: one pipeline under several settings and seeds, compared at the end.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { UsageError } from "../core/errors.ts";
import { faultText } from "../core/fault.ts";
import { faultsOf } from "./faults.ts";
import { isPipeline, type Pipeline } from "./pipeline.ts";

/** Options for a sweep. */
export interface SweepOptions {
  /** How many seeds each setting is run with: the pipeline's own and those that follow it. @default {1} */
  seeds?: number;
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

/** The grid of a sweep: the path of an option, as `--set` takes it, to the values that it takes. */
export type SweepAxes = Readonly<Record<string, readonly unknown[]>>;

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
  /** What varies: a grid, or a list of settings. */
  readonly axes: SweepAxes | readonly SweepSetting[];
  /** Its options. */
  readonly options: SweepOptions;
}

/**
 * Runs a pipeline under every combination of some settings (or under settings that are listed one by one, each with a label), each with
 * several seeds, and compares them.
 *
 * @example
 * ```ts
 * import { adam, ae, evaluate, glyphs, load, momentum, pipeline, sgd, sweep, train } from "@hourglass/hourglass";
 *
 * const letters = pipeline("letters")
 *   .pipe(load(glyphs()))
 *   .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh" }), { epochs: 500 }))
 *   .pipe(evaluate());
 *
 * const example = sweep(letters, { "train.optimizer": [sgd(), momentum(), adam()] }, {
 *   seeds: 5,
 *   success: "evaluate.worstWrongPixels <= 1",
 * });
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

/** One run of a sweep. */
export interface SweepMember {
  /** Its settings, as `--set` takes them. */
  readonly overrides: readonly string[];
  readonly seed: number;
  /** The setting as text, without the seed: `optimizer adam, latent 2`. */
  readonly label: string;
}

/**
 * All runs of a sweep: every setting, of a grid every combination, the last axis changing soonest, and every seed of each.
 *
 * @throws {UsageError} When the sweep is not one, or would have more than {@link MOST_RUNS} runs: nothing is listed then.
 */
export function sweepMembers(sweep: Sweep, seed: number): SweepMember[] {
  checkSweep(sweep);
  const { axes, options } = sweep;
  const settings = isList(axes) ? axes.map(listed) : combinations(axes);
  const seeds = Array.from({ length: options.seeds ?? 1 }, (_, place) => seed + place);
  return settings.flatMap((setting) => seeds.map((seed) => ({ ...setting, seed })));
}

/** The most runs of a sweep: more than any machine gets through, and few enough to list. */
const MOST_RUNS = 10_000;

const Axes = z.union([
  z.array(z.strictObject({ label: z.string().min(1), set: z.record(z.string(), z.unknown()).optional() }))
    .min(1),
  z.record(z.string(), z.array(z.unknown()).min(1)),
], { error: "must be an object of lists, or a list of { label, set }" });

const Options = z.strictObject({
  seeds: z.int().min(1).optional(),
  success: z.string().nullish(),
  metrics: z.array(z.string()).optional(),
  baseline: z.string().nullish(),
  each: z.boolean().optional(),
});

function checkSweep({ axes, options }: Sweep): void {
  const faults = ([["axes", Axes, axes], ["options", Options, options]] as const).flatMap(
    ([path, schema, value]) => {
      const { error } = schema.safeParse(value);
      return error === undefined ? [] : faultsOf(error, schema, `sweep.${path}`, value);
    },
  );
  if (faults.length === 0) {
    const settings = isList(axes)
      ? axes.length
      : Object.values(axes).reduce((product, values) => product * values.length, 1);
    const { seeds = 1 } = options, runs = settings * seeds;
    if (runs > MOST_RUNS) {
      const message =
        `must have at most ${MOST_RUNS} runs, got ${runs} (${settings} settings with ${seeds} seeds)`;
      faults.push({ path: "sweep", message });
    }
  }
  if (faults.length === 0) return;
  throw new UsageError(faults.map(faultText).join("\n"));
}

const isList = (axes: Sweep["axes"]): axes is readonly SweepSetting[] => Array.isArray(axes);

type Labelled = Omit<SweepMember, "seed">;

function listed({ label, set = {} }: SweepSetting): Labelled {
  return { label, overrides: Object.entries(set).map(([path, value]) => `${path}=${JSON.stringify(value)}`) };
}

function combinations(axes: SweepAxes): Labelled[] {
  return Object.entries(axes).reduce<{ overrides: string[]; words: string[] }[]>(
    (before, [path, values]) =>
      before.flatMap(({ overrides, words }) =>
        values.map((value) => ({
          overrides: [...overrides, `${path}=${JSON.stringify(value)}`],
          words: [...words, `${path.split(".").at(-1)} ${valueWords(value)}`],
        }))
      ),
    [{ overrides: [], words: [] }],
  ).map(({ overrides, words }) => ({ overrides, label: words.join(", ") || "as it is" }));
}

/** A value as short text: a kind with its other options, a list with dashes. */
function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueWords).join("-");
  if (typeof value !== "object" || value === null) return String(value);
  const { kind, ...rest } = value as Record<string, unknown>;
  const details = Object.entries(rest).map(([name, detail]) => `${name} ${valueWords(detail)}`);
  return [...(kind === undefined ? [] : [String(kind)]), ...details].join(" ");
}
