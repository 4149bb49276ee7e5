// X_i = N real images, Y_j = M generated ones, r_i = the distance of X_i to its k-th nearest other real image, L = neighbours kept.

/**
 * Intervals of density and coverage by resampling both sets.
 *
 * Both are functions of two samples: which images were generated, and which real ones were held out (they are counted, and their
 * distances to each other are the radii). An interval over the generated images alone, or over the real ones alone, leaves half of that
 * out. A bootstrap would not do: an image that is drawn twice is its own nearest neighbour. So each replicate takes half of both sets
 * without replacement and computes everything again from these; its variance is that of the whole (the delete-d jackknife with d = n / 2,
 * Shao and Wu 1989, Annals of Statistics 17:1176, where the factor `(n - d) / d` is 1).
 *
 * @module
 */
import { varianceOf } from "../../core/statistics.ts";
import { type DrawKey, permutation } from "../../core/random.ts";
import { type Estimate, wilson, Z_95 } from "../statistics/intervals.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import { forEachPairBlock, roundingShare } from "../points/pairs.ts";
import type { Points } from "../points/points.ts";
import type { Engine } from "../../engine/engine.ts";

/** How often both sets are halved: the standard deviation is then known to 5 %. */
const REPLICATES = 200;
/** Neighbours kept, for each that makes a ball: that fewer than k = 5 of 30 lie in a half has a chance of 3e-5. */
const KEPT = 6;

/** What to measure on. */
export interface FillingOptions {
  readonly engine: Engine;
  readonly real: Points;
  readonly generated: Points;
  readonly k: number;
  /** The draws of the halves. */
  readonly key: Omit<DrawKey, "epoch">;
}

/** Density and coverage of two sets or of halves of them. */
interface Filled {
  readonly density: number;
  readonly coverage: number;
}

/**
 * The 95 % intervals of a density and a coverage that were measured on these sets. Density has `value -+ 1.96 sd`, not below 0, and none
 * where all halves agree; coverage is a share and has Wilson's interval for as many trials as its variance says,
 * `p (1 - p) / sd^2` (Kish 1965). Without an interval for sets whose halves have not more than k images.
 */
export function fillingIntervals(
  measured: Filled,
  options: FillingOptions,
): { readonly density: Estimate; readonly coverage: Estimate } {
  const { real, generated, k } = options;
  const plain = { density: { value: measured.density }, coverage: { value: measured.coverage } };
  if (real.count < 2 * (k + 1) || generated.count < 2) return plain;
  const halves = halvesOf(options);
  const sd = (values: number[]) => Math.sqrt(varianceOf(values));
  const spread = sd(halves.map(({ density }) => density)), half = Z_95 * spread;
  const { value } = plain.density;
  const trials = effectiveTrials(measured.coverage, sd(halves.map(({ coverage }) => coverage)), real.count);
  return {
    density: spread === 0 ? { value } : { value, low: Math.max(0, value - half), high: value + half },
    coverage: { ...wilson(measured.coverage * trials, trials)!, value: measured.coverage },
  };
}

/** Where no half differs, or the share is 0 or 1, all that is known is how many there are. */
function effectiveTrials(share: number, sd: number, count: number): number {
  const variance = share * (1 - share);
  return sd === 0 || variance === 0 ? count : Math.max(1, variance / sd ** 2);
}

/** Density and coverage of random halves of both sets. */
function halvesOf(options: FillingOptions): Filled[] {
  const { real, generated, k, key } = options;
  const nearby = nearbyImages(options);
  const [N, M] = [real.count, generated.count].map((count) => Math.floor(count / 2));
  return Array.from({ length: REPLICATES }, (_, epoch) => {
    const half = (count: number, chosen: number, round: number) => {
      const mask = new Uint8Array(count);
      const order = permutation(count, { ...key, epoch }, undefined, round);
      for (let at = 0; at < chosen; at++) mask[order[at]] = 1;
      return mask;
    };
    return fillingOf(nearby, { real: half(real.count, N, 0), generated: half(generated.count, M, 1), k });
  });
}

/** Each real image's nearest real and generated images, as far as a half may need them. */
interface Nearby {
  readonly kept: number;
  readonly positions: Uint32Array;
  readonly squares: Float64Array;
  /** For each real image the generated ones within its farthest kept neighbour, and their squared distances. */
  readonly generated: readonly { readonly positions: number[]; readonly squares: number[] }[];
}

function nearbyImages({ engine, real, generated, k }: FillingOptions): Nearby {
  const kept = Math.min(real.count - 1, KEPT * k);
  const self = Uint32Array.from({ length: real.count }, (_, position) => position);
  const { distances, positions } = nearestNeighbours({
    engine,
    queries: real,
    points: real,
    k: kept,
    except: self,
  });
  const squares = distances.map((distance) => distance ** 2);
  const found = Array.from({ length: real.count }, () => ({
    positions: [] as number[],
    squares: [] as number[],
  }));
  const sure = 1 - roundingShare(real.dimensions);
  forEachPairBlock({ engine, queries: generated, points: real }, (block) => {
    const { queryStart, queryCount, queryNorms, pointStart, pointCount, pointNorms, products, stride } =
      block;
    for (let point = 0; point < pointCount; point++) {
      const farthest = squares[(pointStart + point) * kept + kept - 1], own = found[pointStart + point];
      for (let query = 0; query < queryCount; query++) {
        const norms = pointNorms[point] + queryNorms[query];
        if (sure * norms - 2 * products[point * stride + query] >= farthest) continue;
        const square = block.exact(query, point);
        if (square >= farthest) continue;
        own.positions.push(queryStart + query);
        own.squares.push(square);
      }
    }
  });
  return { kept, positions, squares, generated: found };
}

/** Density and coverage of the images that masks choose. */
function fillingOf(
  nearby: Nearby,
  { real, generated, k }: { real: Uint8Array; generated: Uint8Array; k: number },
): Filled {
  const count = (mask: Uint8Array) => mask.reduce((sum, one) => sum + one, 0);
  let inside = 0, covered = 0;
  for (let i = 0; i < real.length; i++) {
    if (real[i] === 0) continue;
    const square = radiusOf(nearby, real, i, k), own = nearby.generated[i];
    let here = 0;
    for (let at = 0; at < own.positions.length; at++) {
      here += own.squares[at] < square ? generated[own.positions[at]] : 0;
    }
    inside += here;
    if (here > 0) covered++;
  }
  return { density: inside / (k * count(generated)), coverage: covered / count(real) };
}

/** The squared distance to the k-th nearest real image of a half; to the last that was kept, should there be fewer. */
function radiusOf({ kept, positions, squares }: Nearby, real: Uint8Array, i: number, k: number): number {
  let seen = 0;
  for (let at = i * kept; at < (i + 1) * kept; at++) {
    if (real[positions[at]] === 1 && ++seen === k) return squares[at];
  }
  return squares[(i + 1) * kept - 1];
}
