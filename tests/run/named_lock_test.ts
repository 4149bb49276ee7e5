import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { dropNamedLock, takeNamedLock, waitForNamedLock } from "../../src/run/named_lock.ts";
import { withFolder } from "./temporary.ts";

Deno.test("waitForNamedLock() gives a lock to one after the other, and no file is left", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/report.lock`;
    let inside = 0, most = 0, turns = 0;
    await Promise.all(Array.from({ length: 4 }, async () => {
      const lock = await waitForNamedLock(path);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 40));
      inside--, turns++;
      await dropNamedLock(path, lock);
    }));
    deepEqual([most, turns], [1, 4]);
    deepEqual([...Deno.readDirSync(folder)], []);
    const lock = await waitForNamedLock(path);
    equal(await takeNamedLock(path), undefined, "it is taken");
    await dropNamedLock(path, lock);
  });
});
