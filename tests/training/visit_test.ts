import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { ALONE, type Collective } from "../../src/core/collective.ts";
import type { DrawKey } from "../../src/core/random.ts";
import {
  checkSameModel,
  epochsOfStep,
  epochVisits,
  shardSeed,
  type Visit,
} from "../../src/training/visit.ts";

/** A rank among others, whose numbers are known. */
function rankOf(rank: number, numbers: readonly number[]): Collective {
  return {
    ...ALONE,
    rank,
    size: numbers.length,
    total(all) {
      equal(all[rank], numbers[rank], "this rank's own number");
      all.set(numbers);
    },
  };
}

const KEY: DrawKey = { seed: 3, stream: "shuffle", epoch: 0 };
const visit = (fields: Partial<Visit>): Visit => ({
  feed: { load() {}, close() {} },
  order: new Uint32Array(100),
  samples: 100,
  block: 100,
  batchSize: 10,
  seed: 3,
  ...fields,
});

Deno.test("epochVisits() without shards visits all samples, block by block", () => {
  const { samples, blocks } = epochVisits(visit({ block: 30 }), KEY);
  equal(samples, 100);
  deepEqual(blocks.map(({ at }) => at), blocks.map(({ first }) => first));
  equal(blocks.reduce((sum, { visited }) => sum + visited, 0), 100);
});

Deno.test("epochVisits() of shards takes whole batches, as many as the rank with the fewest has", () => {
  // 95 samples are 9 batches; another rank has 7.
  const one = epochVisits(visit({ samples: 95, block: 95, shards: rankOf(0, [9, 7]) }), KEY);
  deepEqual([one.samples, one.blocks], [70, [{ first: 0, count: 95, round: 0, at: 0, visited: 70 }]]);
  const other = epochVisits(visit({ samples: 78, block: 78, shards: rankOf(1, [9, 7]) }), KEY);
  equal(other.samples, 70);
});

Deno.test("epochVisits() of shards in a file takes whole batches of each block", () => {
  const alone = epochVisits(visit({ block: 25 }), KEY).blocks.map(({ count }) => Math.floor(count / 10));
  const batches = alone.reduce((sum, count) => sum + count, 0);
  const { samples, blocks } = epochVisits(visit({ block: 25, shards: rankOf(0, [batches, 100]) }), KEY);
  equal(samples, 10 * batches);
  deepEqual(blocks.map(({ visited }) => visited), alone.map((count) => 10 * count));
  let at = 0;
  for (const block of blocks) {
    equal(block.at, at);
    at += block.visited;
  }
});

Deno.test("epochVisits() refuses shards of which one has less than its share of a batch, on every rank", () => {
  const message = "each rank must have at least 10 samples, its share of a batch, got fewer on one";
  throws(() => epochVisits(visit({ shards: rankOf(0, [10, 0]) }), KEY), { name: "RangeError", message });
});

Deno.test("epochsOfStep() of shards is that of the rank with the fewest batches, on every rank", () => {
  equal(epochsOfStep({ samples: 95, batchSize: 10 }), 10 / 95);
  equal(epochsOfStep({ samples: 95, batchSize: 10, shards: rankOf(0, [9, 7]) }), 1 / 7);
  equal(epochsOfStep({ samples: 78, batchSize: 10, shards: rankOf(1, [9, 7]) }), 1 / 7);
});

Deno.test("shardSeed() is another one for each seed, rank and number of ranks", () => {
  const seeds = [[1, 0, 2], [1, 1, 2], [1, 0, 4], [2, 0, 2]].map(([seed, rank, size]) =>
    shardSeed(seed, { ...ALONE, rank, size })
  );
  equal(new Set(seeds).size, seeds.length);
  ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
  notDeepEqual(seeds[0], 1);
  equal(seeds[0], shardSeed(1, { ...ALONE, rank: 0, size: 2 }));
});

Deno.test("checkSameModel() refuses ranks whose samples have other shapes", () => {
  checkSameModel(rankOf(0, [35, 35]), 35);
  throws(() => checkSameModel(rankOf(0, [35, 36]), 35), {
    name: "RangeError",
    message: "the shards of all ranks must have samples of one shape, got models of 35, 36 parameters",
  });
});
