// Q = queries, N = images, D = pixels; every block is row-major.

/**
 * The image of a split that is nearest to each of a few others, by an engine's matrix product.
 *
 * @module
 */
import { scaleOf, type Split } from "../../data/dataset.ts";
import { feedSamples, sampleOptions } from "../../data/feed.ts";
import { pickFromSplit } from "../../data/parts.ts";
import { scaledValues } from "../../data/scale.ts";
import type { Engine } from "../../engine/engine.ts";
import { graphBuilder } from "../../graph/builder.ts";

/** Rows of a batch. */
const CAPACITY = 512;

/** The images found, in the order of the queries, and how far each is. */
export interface NearestImages {
  readonly images: Split;
  /** Euclidean, over scaled values (pixels in [0, 1]). Length Q. */
  readonly distances: readonly number[];
}

/**
 * The nearest image of each query: the least `|x|^2 - 2 x.q`, in the engine's precision; its distance is then measured exactly. Of
 * images that are nearly as near as each other, the rounding of the product may choose either.
 */
export function nearestImages(engine: Engine, queries: Split, split: Split, pixels: number): NearestImages {
  const build = graphBuilder();
  const x = build.input("images", ["batch", pixels]);
  const q = build.parameter("queries", [queries.count, pixels]);
  const outputs = {
    products: build.matmul(x, q, { b: true }),
    norms: build.sumColumns(build.multiply(x, x)),
  };
  const samples = sampleOptions(split, pixels, CAPACITY), places = samples.capacity;
  const program = engine.compile(build.finish({ outputs }), { capacity: places, samples });
  program.parameters.set(Float32Array.from(scaledValues(queries)));
  const products = program.output("products"), norms = program.output("norms");
  const least = new Float64Array(queries.count).fill(Infinity), nearest = new Uint32Array(queries.count);
  const feed = feedSamples(split, pixels, program);
  for (let start = 0, rows = 0; start < split.count; start += rows) {
    rows = Math.min(places, split.count - start);
    for (let row = 0; row < rows; row++) program.order[row] = start + row;
    feed.load(start, rows);
    program.gather("images", 0, rows);
    program.run(rows);
    for (let row = 0; row < rows; row++) {
      for (let query = 0; query < queries.count; query++) {
        const distance = norms[row] - 2 * products[row * queries.count + query];
        if (distance >= least[query]) continue;
        least[query] = distance;
        nearest[query] = start + row;
      }
    }
  }
  feed.close();
  program.dispose();
  const images = pickFromSplit(split, pixels, nearest);
  return { images, distances: distancesOf(queries, images, pixels) };
}

/** The Euclidean distance of each image to the one at the same place, over scaled values. */
function distancesOf(queries: Split, images: Split, pixels: number): number[] {
  const a = queries.values, b = images.values, { divisor } = scaleOf(queries);
  // One divisor for all values is taken out of the sum: the squares of bytes are then exact.
  const [common, each] = divisor.length === 1 ? [divisor[0], [1]] : [1, divisor];
  return Array.from({ length: queries.count }, (_, row) => {
    let squares = 0;
    for (let d = 0, at = row * pixels; d < pixels; d++, at++) {
      squares += ((a[at] - b[at]) / each[d % each.length]) ** 2;
    }
    return Math.sqrt(squares) / common;
  });
}
