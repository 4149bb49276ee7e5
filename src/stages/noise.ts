/** The stage that decides how inputs are corrupted. @module */
import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import type { Corruption } from "../engine/engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const level = z.number().min(0);
const Options = z.strictObject({
  name: z.string().optional(),
  kind: z.enum(["gaussian", "saltAndPepper", "masking", "flips"]).default("gaussian"),
  std: z.union([level, z.tuple([level, level])]).default(0.1),
  share: z.number().min(0).max(1).default(0.1),
  everyEpoch: z.boolean().default(true),
}).refine(({ std }) => typeof std === "number" || std[0] <= std[1], {
  path: ["std"],
  error: "must be a range from the smaller to the larger",
});
type Options = z.infer<typeof Options>;

/** Options for {@link noise}. */
export interface NoiseOptions {
  /** The stage's name. @default {"noise"} */
  name?: string;
  /** Adds normal numbers, sets pixels to 0 or 1, sets pixels to 0, or flips them (x becomes 1 - x). @default {"gaussian"} */
  kind?: "gaussian" | "saltAndPepper" | "masking" | "flips";
  /** Gaussian: the standard deviation in pixel units (0 is off, 1 is on), or a range: each sample draws its own. @default {0.1} */
  std?: number | [number, number];
  /** Salt and pepper, masking, flips: the share of the pixels (of colour: of their channels) that are corrupted. @default {0.1} */
  share?: number;
  /** Whether every epoch draws new noise; `false` keeps that of the first. @default {true} */
  everyEpoch?: boolean;
}

/** How inputs are corrupted; `corruption` is missing at a level of 0. */
export interface NoiseSetting {
  /** What is done to an input. */
  readonly corruption?: Corruption;
  /** Whether each epoch draws new noise. */
  readonly everyEpoch: boolean;
}

/** Outputs of {@link noise}. */
export interface NoiseOutput {
  /** How later stages corrupt their inputs. */
  noise: NoiseSetting;
}

/** The corruption that some options mean; `undefined` when nothing is corrupted. */
function corruptionOf(
  { kind, std, share }: Pick<Options, "kind" | "std" | "share">,
): Corruption | undefined {
  if (kind !== "gaussian") return share === 0 ? undefined : { kind, share };
  const [low, high] = typeof std === "number" ? [std, std] : std;
  return high === 0 ? undefined : { kind, std: low, maximumStd: high };
}

const definition: StageDefinition<Options, { dataset: Dataset }, NoiseOutput> = {
  kind: "noise",
  version: 2,
  inputs: ["dataset"],
  outputs: ["noise"],
  schema: Options,
  fingerprint: () => Promise.resolve(""),
  plan: (options) => ({ lines: [describe(options)], facts: { noisy: corruptionOf(options) !== undefined } }),
  run(_input, options) {
    const setting = { corruption: corruptionOf(options), everyEpoch: options.everyEpoch };
    return Promise.resolve({ outputs: { noise: setting }, note: describe(options) });
  },
};

function describe(options: Options): string {
  const { kind, std, share, everyEpoch } = options;
  if (corruptionOf(options) === undefined) return "none: the model sees its target";
  const amount = kind === "gaussian"
    ? `std ${typeof std === "number" ? std : std.join(" to ")}`
    : `share ${share}`;
  const name =
    { gaussian: "Gaussian", saltAndPepper: "salt and pepper", masking: "masking", flips: "flips" }[kind];
  return `${name}, ${amount}, ${everyEpoch ? "fresh each epoch" : "the same each epoch"}`;
}

/**
 * Corrupts what models see; the target stays clean. Gaussian: `input = target + std * eps`, `eps ~ N(0, 1)` for each value (of colour: for
 * each channel of a pixel), not cut off. The noise of a sample is a function of (seed, epoch, sample), not of the batch or the engine.
 */
export function noise(options: NoiseOptions = {}): Stage<{ dataset: Dataset }, NoiseOutput> {
  return stageOf(definition, options);
}
