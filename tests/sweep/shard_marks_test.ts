import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { markShard, otherCountNotice, startedShards } from "../../src/sweep/shards/shard_marks.ts";
import { withFolder } from "../run/temporary.ts";

Deno.test("startedShards() are those that were marked, once each, whatever else is in the folder", async () => {
  await withFolder(async (folder) => {
    deepEqual(await startedShards(folder), []);
    for (const [index, count] of [[10, 12], [2, 4], [2, 12], [2, 4]]) {
      await markShard(folder, { index, count });
    }
    for (const name of ["notes", "5-of-4", "0-of-4", "1-of-4.tmp"]) {
      await Deno.writeTextFile(`${folder}/shards/${name}`, "");
    }
    deepEqual(await startedShards(folder), [
      { index: 2, count: 4 },
      { index: 2, count: 12 },
      { index: 10, count: 12 },
    ]);
  });
});

Deno.test("otherCountNotice() names shards of another number, which deal the trials out differently", () => {
  equal(
    otherCountNotice([{ index: 1, count: 4 }, { index: 2, count: 4 }], { index: 3, count: 4 }),
    undefined,
  );
  equal(
    otherCountNotice([{ index: 1, count: 2 }, { index: 1, count: 4 }], { index: 1, count: 4 }),
    "this folder has results of 1/2, too: shards of 4 deal the trials out differently; " +
      "trials that are complete here are not run again",
  );
});

Deno.test("markShard() refuses a folder that cannot be written, and names it", async () => {
  const file = await Deno.makeTempFile();
  try {
    await rejects(
      markShard(file, { index: 1, count: 2 }),
      new RegExp(`"${file}/shards" must be a writable folder`),
    );
  } finally {
    await Deno.remove(file);
  }
});
