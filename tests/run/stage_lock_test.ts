import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { lockFirstReading, lockStage } from "../../src/run/stage_lock.ts";
import { withFolder } from "./temporary.ts";

const WAIT = { isStopped: () => false, onWait() {} };

Deno.test("lockStage() lets one at a time compute a stage, and leaves no file behind", () =>
  withFolder(async (root) => {
    let inside = 0, most = 0;
    await Promise.all(Array.from({ length: 4 }, async () => {
      const lock = await lockStage(root, "key", WAIT);
      ok(lock !== undefined);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      await lock.release();
    }));
    equal(most, 1);
    deepEqual([...Deno.readDirSync(`${root}/.cache`)], []);
    const others = await Promise.all(["one", "two"].map((key) => lockStage(root, key, WAIT)));
    ok(others.every((lock) => lock !== undefined), "other stages do not wait");
    for (const lock of others) await lock!.release();
  }));

Deno.test("lockStage() stops waiting when the run is stopped, and where the folder cannot be locked", () =>
  withFolder(async (root) => {
    const lock = await lockStage(root, "key", WAIT);
    let looks = 0;
    equal(await lockStage(root, "key", { ...WAIT, isStopped: () => ++looks > 2 }), undefined);
    await lock!.release();
    await Deno.writeTextFile(`${root}/file`, "");
    equal(await lockStage(`${root}/file`, "key", WAIT), undefined);
  }));

Deno.test("lockFirstReading() lets others read at the same time once one has read", () =>
  withFolder(async (root) => {
    const first = await lockFirstReading(root, "key", WAIT);
    ok(first !== undefined);
    let isReading = true;
    const second = lockFirstReading(root, "key", WAIT).then((lock) => {
      ok(!isReading);
      return lock;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    isReading = false;
    await first.release();
    await (await second)?.release();
    equal(await lockFirstReading(root, "key", WAIT), undefined);
  }));

Deno.test("lockFirstReading() lets all that wait for the first to read do so at the same time", () =>
  withFolder(async (root) => {
    const first = await lockFirstReading(root, "key", WAIT);
    const waiting = Array.from({ length: 3 }, async () => {
      const lock = await lockFirstReading(root, "key", WAIT);
      await lock?.release();
      return lock;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await first!.release();
    deepEqual(await Promise.all(waiting), [undefined, undefined, undefined]);
    deepEqual([...Deno.readDirSync(`${root}/.cache`)].map(({ name }) => name), ["key.read"]);
  }));

Deno.test("lockFirstReading() lets the next one read alone where the first has failed", () =>
  withFolder(async (root) => {
    const first = await lockFirstReading(root, "key", WAIT);
    await first!.release(true);
    const second = await lockFirstReading(root, "key", WAIT);
    ok(second !== undefined);
    await second.release();
    equal(await lockFirstReading(root, "key", WAIT), undefined);
  }));
