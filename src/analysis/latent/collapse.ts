// e = epoch, counted from 1; K = latent size.

/**
 * When the posterior of a VAE has collapsed onto its prior, so that the decoder does without the latent (Bowman et al. 2016,
 * arXiv:1511.06349, section 3.1), when a VQ-VAE uses few of its codes, and what helps.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import { codePositions } from "../../models/codebook.ts";
import { klShare } from "../../models/kl_schedule.ts";
import type { VariationalSpec, VectorQuantisedSpec } from "../../models/options.ts";
import { importanceSamplesOf } from "../../models/spec.ts";
import type { LatentHealth } from "./health.ts";

/** While training runs, a latent that carries nothing before this many epochs and steps may only be slow to learn. */
const LEAST_EPOCHS = 3, LEAST_STEPS = 1000;
/** One bit, in nats: a latent cannot carry more information about an image than its KL (Hoffman and Johnson 2016, "ELBO surgery"). */
const BIT = Math.LN2;

/** How far a training is. */
export interface TrainingPosition {
  /** Counted from 1. */
  readonly epoch: number;
  /** Optimizer steps so far. */
  readonly steps: number;
  /** Whether the training has ended, so that there is no later epoch to wait for. @default {false} */
  readonly isEnd?: boolean;
}

/**
 * A message that says that the latent has collapsed, and what helps; `undefined` when it has not.
 *
 * It has when no latent dimension is active, or when all together carry less than one bit; under a beta above 1 also when fewer than a
 * quarter are active. At a beta of at most 1 that many inactive dimensions are no fault: a large latent is pruned to what the images need.
 * Before the end of a training, nothing is reported until it has learned for a while and the KL term has its full weight.
 */
export function collapse(
  health: LatentHealth,
  model: VariationalSpec,
  progress: TrainingPosition,
): string | undefined {
  const { kl, activeUnits: active } = health, { latent, beta } = model;
  if (kl === undefined || active === undefined || beta === 0) return undefined;
  if (progress.isEnd !== true && isEarly(model, progress)) return undefined;
  const nats = kl.reduce((sum, one) => sum + one, 0);
  const carried = `${active} of ${latent} latent dimensions ${
    active === 1 ? "is" : "are"
  } active, and together they carry ${Number(nats.toPrecision(3))} nats/sample`;
  const tries = `try ${remedy(model, progress)}`;
  if (active === 0 || nats < BIT) {
    return `the posterior has collapsed onto the prior: ${carried}, so the decoder ignores them; ${tries}`;
  }
  if (beta <= 1 || active >= latent / 4) return undefined;
  return `most of the posterior has collapsed onto the prior: ${carried}; ${tries}`;
}

/**
 * A message that says that a VQ-VAE uses few of its codes, and what helps; `undefined` when it does not.
 *
 * It does when all positions of all samples have the same code, or when fewer than a quarter of the codes are used that the measured samples could
 * use (they have no more codes than positions). Before the end of a training, nothing is reported until it has learned for a while.
 */
export function codebookCollapse(
  { images, codes }: LatentHealth,
  model: VectorQuantisedSpec,
  progress: TrainingPosition,
): string | undefined {
  if (codes === undefined || (progress.isEnd !== true && isShort(progress))) return undefined;
  const { used, total, perplexity } = codes, most = Math.min(total, images * codePositions(model));
  if (most < 2 || (used > 1 && used >= most / 4)) return undefined;
  return `the codebook has collapsed: ${used} of ${plural(total, "code")} ${
    used === 1 ? "is" : "are"
  } used (perplexity ${Number(perplexity.toPrecision(3))})${
    used === 1 ? ", so the decoder sees the same latent of every sample" : ""
  }; try ${codebookRemedy(model, progress)}`;
}

/** What brings more codes into use, as far as it has not been tried yet. */
function codebookRemedy({ restart, codes }: VectorQuantisedSpec, progress: TrainingPosition): string {
  return [
    ...longerTraining(progress),
    ...restart === null ? ["restarts of dead codes (restart: 0.01)"] : [],
    "a smaller learning rate, a smaller decay",
    ...codes > 2 ? [`or fewer codes (there are ${codes.toLocaleString("en-US")})`] : [],
  ].join(", ");
}

function isEarly(model: VariationalSpec, { epoch, steps }: TrainingPosition): boolean {
  return isShort({ epoch, steps }) || !hasFullWeight(model, epoch);
}

function isShort({ epoch, steps }: TrainingPosition): boolean {
  return epoch < LEAST_EPOCHS || steps < LEAST_STEPS;
}

function hasFullWeight({ klSchedule }: VariationalSpec, epoch: number): boolean {
  return klSchedule.kind === "capacity" ? epoch > klSchedule.epochs : klShare(klSchedule, epoch - 1) === 1;
}

/** A longer training, as a remedy of one that was short. */
function longerTraining(progress: TrainingPosition): string[] {
  return isShort(progress)
    ? [`a longer training (this one took ${progress.steps.toLocaleString("en-US")} steps)`]
    : [];
}

/** The remedies that have not been tried yet; a weaker decoder is the last. */
function remedy(model: VariationalSpec, progress: TrainingPosition): string {
  const { beta, freeBits, klSchedule } = model;
  const longer = longerTraining(progress);
  if (importanceSamplesOf(model) > 1) {
    // Its bound has no KL term that could be weighted.
    return [
      ...longer,
      "a training without importanceSamples, under a warm-up or freeBits, or a weaker decoder",
    ].join(", ");
  }
  const untried = [
    ...longer,
    ...(beta > 1 || klSchedule.kind !== "constant" ? [`a smaller beta (it is ${beta})`] : []),
    ...(klSchedule.kind === "constant" ? ["a warm-up (klSchedule: klLinear({ epochs: 10 }))"] : []),
    freeBits === 0 ? "freeBits (for example 0.1 nats per dimension)" : `more freeBits than ${freeBits}`,
  ];
  return `${untried.join(", ")} or a weaker decoder`;
}
