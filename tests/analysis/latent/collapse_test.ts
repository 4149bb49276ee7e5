import { match, strictEqual as equal } from "node:assert/strict";
import { codebookCollapse, collapse, type TrainingPosition } from "../../../src/analysis/latent/collapse.ts";
import type { LatentHealth } from "../../../src/analysis/latent/health.ts";
import type {
  VariationalOptions,
  VariationalSpec,
  VectorQuantisedSpec,
} from "../../../src/models/options.ts";
import { ModelSpec } from "../../../src/models/spec.ts";

/** A latent of which so many numbers are active, each with so many nats. */
function healthOf(active: number, nats: number, all = 20): LatentHealth {
  const each = (used: number, unused: number) =>
    Array.from({ length: all }, (_, k) => k < active ? used : unused);
  return {
    images: 1000,
    mean: each(0, 0),
    std: each(1, 0.001),
    variance: each(0.1, 1),
    kl: each(nats, 0.0001),
    activeUnits: active,
  };
}

const modelWith = (options: Partial<VariationalOptions>) =>
  ModelSpec.parse({ kind: "vae", encoder: [784, 400], latent: 20, ...options }) as VariationalSpec;

const late = { epoch: 20, steps: 9380 };
const TABLE: {
  name: string;
  health?: LatentHealth;
  model?: Partial<VariationalOptions>;
  progress?: TrainingPosition;
  says: RegExp | undefined;
}[] = [
  { name: "is silent when the latent is used", health: healthOf(18, 1.4), says: undefined },
  {
    name: "names a latent without an active number, with its numbers and what helps",
    says:
      /^the posterior has collapsed onto the prior: 0 of 20 latent dimensions are active, and together they carry 0\.002 nats\/sample, so the decoder ignores them; try a warm-up \(klSchedule: klLinear\(\{ epochs: 10 \}\)\), freeBits \(for example 0\.1 nats per dimension\) or a weaker decoder$/,
  },
  {
    name: "names a latent that carries less than a bit",
    health: healthOf(1, 0.68),
    says: /: 1 of 20 latent dimensions is active, and together they carry 0\.682 nats\/sample/,
  },
  { name: "is silent from a bit on", health: healthOf(1, 0.7), says: undefined },
  {
    name: "takes a large latent that was pruned to what the images need for no collapse",
    health: healthOf(20, 1.2, 100),
    model: { latent: 100 },
    says: undefined,
  },
  {
    name: "names fewer than a quarter under a beta above 1, which did it",
    health: healthOf(4, 1.2),
    model: { beta: 50 },
    says: /^most of the posterior has collapsed .* 4 of 20 .*; try a smaller beta \(it is 50\), a warm-up /,
  },
  { name: "is silent at a quarter", health: healthOf(5, 1.2), model: { beta: 50 }, says: undefined },
  { name: "waits for the third epoch", progress: { epoch: 2, steps: 2000 }, says: undefined },
  { name: "waits for a thousand steps", progress: { epoch: 900, steps: 999 }, says: undefined },
  {
    name: "waits for the end of the warm-up",
    model: { klSchedule: { kind: "linear", epochs: 20 } },
    says: undefined,
  },
  {
    name: "offers no warm-up to a model that has one",
    model: { klSchedule: { kind: "linear", epochs: 19 }, freeBits: 0.05 },
    says: /; try a smaller beta \(it is 1\), more freeBits than 0\.05 or a weaker decoder$/,
  },
  {
    name: "waits for the full weight of a cycle",
    model: { klSchedule: { kind: "cyclic", cycleEpochs: 19, rampShare: 0.5 } },
    says: undefined,
  },
  {
    name: "waits until a capacity has grown",
    model: { klSchedule: { kind: "capacity", nats: 5, epochs: 21 } },
    says: undefined,
  },
  { name: "reports nothing without a KL term", model: { beta: 0 }, says: undefined },
  {
    name: "is reported at the end of a training, however short",
    progress: { epoch: 1, steps: 24, isEnd: true },
    says: /has collapsed .*; try a longer training \(this one took 24 steps\), a warm-up /,
  },
  {
    name: "is reported at the end of a training that is shorter than its warm-up",
    model: { klSchedule: { kind: "linear", epochs: 100 } },
    progress: { epoch: 20, steps: 9380, isEnd: true },
    says: /has collapsed .*; try a smaller beta \(it is 1\), freeBits /,
  },
  {
    name: "reports nothing at the end of a short training whose latent is used",
    health: healthOf(18, 1.4),
    progress: { epoch: 1, steps: 24, isEnd: true },
    says: undefined,
  },
];

for (const { name, health = healthOf(0, 0), model = {}, progress = late, says } of TABLE) {
  Deno.test(`collapse ${name}`, () => {
    const words = collapse(health, modelWith(model), progress);
    if (says === undefined) equal(words, undefined);
    else match(words!, says);
  });
}

/** The use of 16 codes by 100 samples of one position each. */
const usage = (used: number, perplexity: number, images = 100): LatentHealth => ({
  images,
  mean: [0, 0],
  std: [1, 1],
  codes: { total: 16, used, perplexity },
});

Deno.test("codebookCollapse() names a codebook of which one code is used, or fewer than a quarter, with what helps", () => {
  const model = (restart: number | null) =>
    ModelSpec.parse({
      kind: "vqvae",
      encoder: [9],
      latent: 2,
      codes: 16,
      dimensions: 2,
      restart,
    }) as VectorQuantisedSpec;
  equal(
    codebookCollapse(usage(1, 1), model(null), late),
    "the codebook has collapsed: 1 of 16 codes is used (perplexity 1), so the decoder sees the same latent of every " +
      "sample; try restarts of dead codes (restart: 0.01), a smaller learning rate, a smaller decay, or fewer codes (there are 16)",
  );
  equal(
    codebookCollapse(usage(3, 2.3456), model(0.01), { epoch: 2, steps: 14, isEnd: true }),
    "the codebook has collapsed: 3 of 16 codes are used (perplexity 2.35); try a longer training (this one took 14 steps), " +
      "a smaller learning rate, a smaller decay, or fewer codes (there are 16)",
  );
  equal(codebookCollapse(usage(4, 2), model(0.01), late), undefined);
  // Eight samples of one position use eight codes at most.
  equal(codebookCollapse(usage(2, 2, 8), model(0.01), late), undefined);
  equal(codebookCollapse(usage(1, 1), model(0.01), { epoch: 2, steps: 14 }), undefined);
});
