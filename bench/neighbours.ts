// deno-lint-ignore-file no-console -- a bench prints.

/**
 * How long the nearest training images of 1,000 samples among the 60,000 MNIST digits take to find, and their 64 principal components,
 * on each given engine, compared with the plain loop, whose time is estimated from a part.
 *
 *     deno run -A bench/neighbours.ts [rounds] [engine...]      # default: 3, native and wasm
 *
 * @module
 */
import { nearestNeighbours } from "../src/analysis/points/neighbours.ts";
import { principalComponents } from "../src/analysis/points/pca.ts";
import { imagePoints } from "../src/analysis/points/points.ts";
import { sliceSplit } from "../src/data/parts.ts";
import { openSource } from "../src/data/source.ts";
import type { EngineName } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/load.ts";

const PIXELS = 784, SAMPLES = 1000;
const rounds = Number(Deno.args[0] ?? 3), engines = Deno.args.slice(1);

const { train, test } = await openSource({ source: "mnist", offset: 0 }, { seed: 1, log: console.log });
const points = imagePoints(train, PIXELS),
  queries = imagePoints(sliceSplit(test, PIXELS, 0, SAMPLES), PIXELS);

/** The plain loop over bytes: the nearest of all points, the first of equally near ones. */
function nearestPlainly(samples: number): number[] {
  return Array.from({ length: samples }, (_, sample) => {
    let best = Infinity, found = -1;
    for (let image = 0; image < train.count; image++) {
      let sum = 0;
      for (let d = 0, at = image * PIXELS, from = sample * PIXELS; d < PIXELS; d++) {
        const difference = train.values[at++] - test.values[from++];
        sum += difference * difference;
      }
      if (sum < best) [best, found] = [sum, image];
    }
    return found;
  });
}

function timed<Result>(work: () => Result): { result: Result; seconds: number } {
  const started = performance.now();
  const result = work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const PLAIN = 20;
const plain = timed(() => nearestPlainly(PLAIN));
console.log(
  `plain loop: ${(plain.seconds * SAMPLES / PLAIN).toFixed(1)} s by ${PLAIN} of ${SAMPLES} samples`,
);
for (
  const [name, threads] of [["native", 1], ["native", 2], ["wasm", null]] as [EngineName, number | null][]
) {
  if (engines.length > 0 && !engines.includes(name)) continue;
  const engine = await loadEngine(name, { threads });
  const looked: number[] = [], split: number[] = [];
  let right = 0;
  for (let round = 0; round < rounds; round++) {
    const { result, seconds } = timed(() => nearestNeighbours({ engine, queries, points }));
    looked.push(seconds);
    right = plain.result.filter((position, sample) => position === result.positions[sample]).length;
    split.push(timed(() => principalComponents({ engine, points, components: 64, seed: 1 })).seconds);
  }
  console.log(
    `${name}, ${threads ?? 1} threads: neighbours ${median(looked).toFixed(2)} s, ` +
      `64 principal components ${
        median(split).toFixed(2)
      } s; ${right} of ${PLAIN} as the plain loop found them`,
  );
}
