/** The trainings that are timed on several ranks. @module */
import { fitModel } from "../../src/models/fit_model.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { ae, vae } from "../../src/models/options.ts";
import { conv, dense } from "../../mod.ts";
import type { SampleShape } from "../../src/core/shape.ts";

/** A training. */
export interface RankCase {
  readonly model: ModelSpec;
  readonly shape: SampleShape;
  readonly batch: number;
  /** Steps of an epoch. */
  readonly steps: number;
}

/** What a process is to time; plain data. */
export interface TrainOrder {
  readonly name: CaseName;
  readonly epochs: number;
  readonly threads: number;
  /** `null`: in one piece. */
  readonly parts: number | null;
}

const DENSE = ae({ encoder: [784, 512, 256], latent: 20, activation: "relu" });
const CONV = vae({
  encoder: [conv(32, { kernel: 3, stride: 2 }), conv(64, { kernel: 3, stride: 2 }), dense(128)],
  latent: 20,
});

const CASES = {
  "dense 784-512-256-20, batch 128": () => caseFrom(DENSE, [784], 128, 40),
  "dense 784-512-256-20, batch 1024": () => caseFrom(DENSE, [784], 1024, 8),
  "conv VAE 28x28, 32 and 64 maps, batch 128": () => caseFrom(CONV, [28, 28, 1], 128, 8),
} satisfies Record<string, () => RankCase>;

/** The name of a case. */
export type CaseName = keyof typeof CASES;
/** All of them. */
export const CASE_NAMES = Object.keys(CASES) as CaseName[];

/** A case by its name. */
export function caseOf(name: CaseName): RankCase {
  return CASES[name]();
}

function caseFrom(options: unknown, shape: SampleShape, batch: number, steps: number): RankCase {
  return { model: fitModel(ModelSpec.parse(options), shape, []), shape, batch, steps };
}
