// n = images, K = latent size; mu [n, K] = posterior means (an AE's latents), l [n, K] = log-variances; every block is row-major.

/**
 * Whether the latent dimensions of a model are used, and whether the posterior of a VAE matches its prior.
 *
 * @module
 */
import { isActive } from "../../core/active_units.ts";
import type { Split } from "../../data/dataset.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import type { ModelSpec } from "../../models/spec.ts";
import { codePositions, hasCodebook } from "../../models/codebook.ts";
import type { VectorQuantisedSpec } from "../../models/options.ts";
import type { KlPart } from "../../models/total_correlation.ts";
import { aggregateKlParts, mapParts } from "./kl_parts.ts";
import { type CodeUsage, codeUsage } from "./code_usage.ts";
import { imageEncoder } from "../reconstruction/inference.ts";

/** The most images that are measured: enough for two digits of a KL, and under 1 % of an epoch of MNIST. */
const MOST_IMAGES = 1000;
/** Draws by which the parts of a KL term are estimated: each is compared with all images. */
const DRAWS = 200;
/** Significant digits of reported numbers. */
const DIGITS = 6;

/** The latent dimensions over some images; each list has one entry a latent dimension. */
export interface LatentHealth {
  readonly images: number;
  /** `m = 1/n sum_i mu_i`. */
  readonly mean: number[];
  /** `sqrt(1/n sum_i (mu_i - m)^2)`. */
  readonly std: number[];
  /** Of a VAE: the mean variance of its posteriors, `1/n sum_i exp(l_i)`; `std^2 + variance` is that of all of them together. */
  readonly variance?: number[];
  /** Of a VAE: `1/n sum_i KL(N(mu_i, exp(l_i)) || N(0, 1))` in nats. */
  readonly kl?: number[];
  /** Of a VQ-VAE: the use of its codes; {@link mean} and {@link std} are then of the numbers of a code, over all positions. */
  readonly codes?: CodeUsage;
  /** Of a VAE whose KL term is split: its parts in nats, see {@link aggregateKlParts}. */
  readonly klParts?: Readonly<Record<KlPart, number>>;
  /** Of a VAE: latent dimensions with `std^2` above 0.01 (Burda et al. 2016, arXiv:1509.00519). */
  readonly activeUnits?: number;
}

/**
 * Sums up the latent dimensions of images, to six significant digits.
 *
 * `KL = 0.5 (mu^2 + exp(l) - 1 - l)`, Kingma and Welling 2014, App. B (arXiv:1312.6114), in nats, mean over images. The aggregate
 * posterior `1/n sum_i N(mu_i, exp(l_i))` has mean `m` and variance `std^2 + variance`; the prior has 0 and 1.
 *
 * @param means Shape [n, K].
 * @param logVariances Shape [n, K]; `undefined` for an AE.
 */
export function latentHealth(means: Floats, logVariances: Floats | undefined, latent: number): LatentHealth {
  const images = means.length / latent;
  const eachMean = (term: (at: number, k: number) => number): number[] =>
    Array.from({ length: latent }, (_, k) => {
      let sum = 0;
      for (let at = k; at < means.length; at += latent) sum += term(at, k);
      return sum / images;
    });
  const mean = eachMean((at) => means[at]);
  const spread = eachMean((at, k) => (means[at] - mean[k]) ** 2);
  const shared = { images, mean: mean.map(short), std: spread.map((variance) => short(Math.sqrt(variance))) };
  if (logVariances === undefined) return shared;
  const l = logVariances;
  return {
    ...shared,
    variance: eachMean((at) => Math.exp(l[at])).map(short),
    kl: eachMean((at) => 0.5 * (means[at] ** 2 + Math.exp(l[at]) - 1 - l[at])).map(short),
    activeUnits: spread.filter(isActive).length,
  };
}

function short(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** Prepares the health of a model in training, over the first images of a split as they are (without noise). Close it at the end. */
export function healthMeter(
  { engine, spec, split }: { engine: Engine; spec: ModelSpec; split: Split },
): { measure(parameters: Floats): LatentHealth; close(): void } {
  if (hasCodebook(spec)) return codeMeter(engine, spec, split);
  const { latent, kind } = spec;
  const { program, forEachBatch } = imageEncoder(engine, spec, split);
  const images = Math.min(MOST_IMAGES, split.count), names = ["latent", "logVariance"];
  const blocks = names.slice(0, kind === "vae" ? 2 : 1).map((name) => ({
    view: program.output(name),
    all: new Float32Array(images * latent),
  }));
  function measure(parameters: Floats): LatentHealth {
    program.parameters.set(parameters.subarray(0, program.parameters.length));
    forEachBatch(images, (start, rows) => {
      for (const { view, all } of blocks) all.set(view.subarray(0, rows * latent), start * latent);
    });
    const [means, logVariances] = blocks;
    const measured = latentHealth(means.all, logVariances?.all, latent);
    if (spec.kind !== "vae" || spec.totalCorrelation === undefined) return measured;
    const parts = aggregateKlParts({
      mean: means.all,
      logVariance: logVariances.all,
      latent,
      draws: DRAWS,
      key: { seed: 0, stream: "analysis", epoch: 0 },
    });
    return { ...measured, klParts: mapParts(parts, short) };
  }
  return { measure, close: () => program.dispose() };
}

/** The same of a VQ-VAE: the use of its codes. */
function codeMeter(
  engine: Engine,
  spec: VectorQuantisedSpec,
  split: Split,
): { measure(parameters: Floats): LatentHealth; close(): void } {
  const { program, forEachBatch } = imageEncoder(engine, spec, split);
  const images = Math.min(MOST_IMAGES, split.count), positions = codePositions(spec);
  const points = new Float32Array(images * spec.latent), chosen = new Uint32Array(images * positions);
  const latents = program.output("latent"), codes = program.output("codes");
  function measure(parameters: Floats): LatentHealth {
    program.parameters.set(parameters.subarray(0, program.parameters.length));
    forEachBatch(images, (start, rows) => {
      points.set(latents.subarray(0, rows * spec.latent), start * spec.latent);
      chosen.set(codes.subarray(0, rows * positions), start * positions);
    });
    const usage = codeUsage(chosen, spec.codes);
    return {
      ...latentHealth(points, undefined, spec.dimensions),
      images,
      codes: { ...usage, perplexity: short(usage.perplexity) },
    };
  }
  return { measure, close: () => program.dispose() };
}
