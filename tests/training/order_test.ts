import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import fc from "fast-check";
import type { DrawKey } from "../../src/core/random.ts";
import { epochBlocks, shuffleBlock } from "../../src/training/order.ts";

const key = (epoch: number, seed = 1): DrawKey => ({ seed, stream: "shuffle", epoch });

/** All samples of an epoch in the order of their visit. */
function visited(samples: number, size: number, epoch: number): number[] {
  const order = new Uint32Array(Math.min(size, samples));
  return epochBlocks(samples, size, key(epoch)).flatMap((block) => {
    shuffleBlock(block, key(epoch), order);
    return [...order.subarray(0, block.count)];
  });
}

Deno.test("epochBlocks() visits every sample once, in blocks of at most the size, one after the other", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 80 }),
      fc.nat(50),
      (samples, size, epoch) => {
        const blocks = epochBlocks(samples, size, key(epoch));
        let next = 0;
        for (const { first, count, round } of blocks) {
          equal(first, next);
          ok(count >= 1 && count <= Math.max(size, 1));
          equal(round, blocks.findIndex((block) => block.first === first));
          next = first + count;
        }
        equal(next, samples);
        deepEqual(
          visited(samples, size, epoch).sort((a, b) => a - b),
          Array.from({ length: samples }, (_, sample) => sample),
        );
      },
    ),
  );
});

Deno.test("epochBlocks() is one block where all fit", () => {
  deepEqual(epochBlocks(10, 10, key(3)), [{ first: 0, count: 10, round: 0 }]);
});

Deno.test("epochBlocks() separates neighbours at other places in another epoch", () => {
  const starts = new Set(
    Array.from({ length: 20 }, (_, epoch) => epochBlocks(1000, 100, key(epoch))[1].first),
  );
  ok(starts.size > 10, `${starts.size} different starts`);
});

Deno.test("shuffleBlock() shuffles each block in its own way, the same for the same key", () => {
  deepEqual(visited(200, 50, 3), visited(200, 50, 3));
  notDeepEqual(visited(200, 50, 3), visited(200, 50, 4));
  const order = new Uint32Array(50);
  const shuffled = [0, 1].map((round) => {
    shuffleBlock({ first: 0, count: 50, round }, key(0), order);
    return [...order];
  });
  notDeepEqual(shuffled[0], shuffled[1]);
});
