/** Synthetic health of synthetic runs, the same each time. @module */
import type { EventOf } from "../../src/pipeline/events.ts";
import { START } from "./fake_run.ts";

/** A VAE of `all` latent dimensions: each third is not used, the others carry less and less; the first lies off the prior. */
export function digitHealth(epoch: number, all = 20): EventOf<"health"> {
  const numbers = Array.from({ length: all }, (_, k) => k);
  const kl = numbers.map((k) => k % 3 === 2 ? 0.004 / (k + 1) : 3.1 * Math.exp(-k / 9));
  return {
    type: "health",
    t: START + 99_000,
    stage: "train",
    epoch,
    images: 1000,
    split: "validation",
    mean: kl.map((_, k) => k === 0 ? 0.75 : 0.12 * Math.sin(k)),
    std: kl.map((nats, k) => k === 1 ? 1.9 : Math.sqrt(1 - Math.exp(-2 * nats))),
    variance: kl.map((nats) => Math.exp(-2 * nats)),
    kl,
    activeUnits: numbers.filter((k) => k % 3 !== 2).length,
  };
}

/** A VAE that makes nothing of its latent. */
export function collapsedHealth(epoch: number): EventOf<"health"> {
  const flat = (value: number) => new Array<number>(8).fill(value);
  return {
    ...digitHealth(epoch),
    mean: flat(0.001),
    std: flat(0.008),
    variance: flat(0.99),
    kl: flat(0.0005),
    activeUnits: 0,
    collapse:
      "the posterior has collapsed onto the prior: 0 of 8 latent dimensions are active, and all carry 0.004 nats of an image, so the decoder does without them; a smaller beta (it is 50), a warm-up (klSchedule: klLinear({ epochs: 10 })), freeBits (0.1 nats a latent dimension, say) or a weaker decoder helps",
  };
}

/** An autoencoder with four latent dimensions, of which one is dead and one is no number any more. */
export function glyphHealth(epoch: number): EventOf<"health"> {
  const { type, t, stage } = digitHealth(epoch);
  return {
    type,
    t,
    stage,
    epoch,
    images: 32,
    split: "train",
    mean: [3.25, -0.5, 0, null],
    std: [2.5, 4.125, 0, null],
  };
}

/** The end of a training that ran away. */
export const BROKEN: EventOf<"divergence"> = {
  type: "divergence",
  t: START + 99_500,
  stage: "train",
  epoch: 27,
  batch: 112,
  step: 10_970,
  tensor: "value",
  name: "encoder.1",
  message:
    "the first number that is not finite is in layer encoder.1 (Infinity from its matmul under weights up to 3.05e+19), for image 17 of the batch",
};
