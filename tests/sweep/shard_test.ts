import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../src/core/errors.ts";
import { parseShard, type Shard, shardText, trialsOfShard } from "../../src/sweep/shards/shard.ts";

Deno.test("parseShard() reads what shardText() writes", () => {
  deepEqual(parseShard("2/4"), { index: 2, count: 4 });
  deepEqual(parseShard("1/1"), { index: 1, count: 1 });
  for (const text of ["2/4", "100000/100000"]) equal(shardText(parseShard(text)), text);
});

for (
  const text of [
    "0/4",
    "5/4",
    "1/0",
    "0/0",
    "",
    "/",
    "1",
    "1/",
    "/4",
    "-1/4",
    "1.5/4",
    "1/4/2",
    "a/b",
    "2 /4",
  ]
) {
  Deno.test(`parseShard() refuses "${text}" and says what it takes`, () => {
    throws(() => parseShard(text), {
      name: UsageError.name,
      message:
        `--shard must be i/n with i from 1 to n and n at most 100000, as in 2/4, or auto, got "${text}"`,
    });
  });
}

Deno.test("parseShard() refuses more shards than any scheduler has", () => {
  throws(() => parseShard("1/100001"), /n at most 100000/);
  throws(() => parseShard(`1/${"9".repeat(400)}`), /more characters/);
});

const trials = (costs: readonly number[]) =>
  costs.map((cost, place) => ({ id: `t${String(place).padStart(2, "0")}`, cost }));
const shards = <Trial extends { id: string; cost: number }>(of: readonly Trial[], count: number) =>
  Array.from({ length: count }, (_, place) => trialsOfShard(of, { index: place + 1, count }));
const load = (shard: readonly { cost: number }[]) => shard.reduce((sum, { cost }) => sum + cost, 0);

Deno.test("trialsOfShard() gives the longest trials first, each to the shard with the least to do", () => {
  // 7 and 6 begin; 5 joins 6 (11), 4 joins 7 (11), 3 joins the first of equals (14), 2 the other (13).
  const plan = trials([2, 3, 4, 5, 6, 7]);
  deepEqual(shards(plan, 2).map((shard) => shard.map(({ cost }) => cost)), [[3, 4, 7], [2, 5, 6]]);
});

Deno.test("trialsOfShard() decides between equal costs by the id, whatever the order of the plan", () => {
  const plan = ["c", "a", "d", "b"].map((id) => ({ id, cost: 1 }));
  deepEqual(shards(plan, 2).map((shard) => shard.map(({ id }) => id)), [["c", "a"], ["d", "b"]]);
  deepEqual(shards(plan, 1), [plan]);
});

Deno.test("trialsOfShard() is empty for shards beyond the number of trials", () => {
  deepEqual(shards(trials([1, 2]), 4).map((shard) => shard.length), [1, 1, 0, 0]);
  deepEqual(trialsOfShard([], { index: 1, count: 3 }), []);
});

Deno.test("trialsOfShard() deals every trial exactly once, and no shard exceeds the mean by more than one trial", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 60 }),
    fc.integer({ min: 1, max: 12 }),
    (costs, count) => {
      const plan = trials(costs), dealt = shards(plan, count);
      deepEqual(dealt.flat().map(({ id }) => id).sort(), plan.map(({ id }) => id));
      const most = load(plan) / count + (1 - 1 / count) * Math.max(0, ...costs);
      ok(Math.max(...dealt.map(load)) <= most + 1e-9);
    },
  ));
});

/** The load of the longest shard in the best of all deals. */
function optimum(costs: readonly number[], loads: readonly number[]): number {
  const [cost, ...rest] = costs;
  if (cost === undefined) return Math.max(...loads);
  return Math.min(
    ...loads.map((_, at) => optimum(rest, loads.map((load, place) => load + (place === at ? cost : 0)))),
  );
}

Deno.test("trialsOfShard() stays within Graham's bound of the best of all deals", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 7 }),
    fc.integer({ min: 1, max: 3 }),
    (costs, count) => {
      const longest = Math.max(...shards(trials(costs), count).map(load));
      ok(longest <= (4 / 3 - 1 / (3 * count)) * optimum(costs, Array(count).fill(0)) + 1e-9);
    },
  ));
});

Deno.test("trialsOfShard() is the same on every machine: it depends neither on the order of the trials nor on the shard", () => {
  const plan = trials([5, 5, 3, 9, 1, 1, 1, 4]);
  const ids = (of: typeof plan, shard: Shard) => trialsOfShard(of, shard).map(({ id }) => id).sort();
  for (let index = 1; index <= 3; index++) {
    deepEqual(ids(plan.toReversed(), { index, count: 3 }), ids(plan, { index, count: 3 }));
  }
});
