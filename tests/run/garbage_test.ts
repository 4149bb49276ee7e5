import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { bytesOnDisk, findGarbage, garbageOfRun, removeRun } from "../../src/run/garbage.ts";
import { readRun } from "../../src/run/list.ts";
import { specOf } from "../../src/pipeline/resolve.ts";
import { writeRecord } from "../../src/run/record.ts";
import { takeLock } from "../../src/run/lock.ts";
import { cacheFolder, storeCached } from "../../src/run/stage_cache.ts";
import { fakeRun, recordOf, resolved, withFolder } from "./temporary.ts";

const HOUR = 3600_000, DAY = 24 * HOUR;

/** The garbage at a time after now, by its path under the root. */
async function garbageAfter(
  root: string,
  passed: number,
  rules: { olderThan?: number; runsOlderThan?: number } = {},
) {
  const found = await findGarbage({ root, olderThan: Infinity, now: Date.now() + passed, ...rules });
  return found.map(({ path, why }) => `${path.slice(root.length + 1)}: ${why}`).sort();
}

async function cached(root: string): Promise<string> {
  const keys = (await stageKeys(resolved(), "wasm")).get("train")!;
  const stored = {
    pipeline: "test",
    stage: "train",
    run: "r",
    keys,
    result: { outputs: {} },
    events: "",
    files: [],
  };
  await storeCached(root, { ...stored, folder: root });
  return `.cache/${keys.key}`;
}

Deno.test("findGarbage() finds nothing in an empty folder", async () => {
  await withFolder(async (root) => deepEqual(await garbageAfter(`${root}/none`, DAY, { olderThan: 0 }), []));
});

Deno.test("findGarbage() finds cached results from their minimum age, and none after the clock went back", async () => {
  await withFolder(async (root) => {
    const path = await cached(root);
    deepEqual(await garbageAfter(root, DAY, { olderThan: 2 * DAY }), []);
    deepEqual(await garbageAfter(root, -DAY, { olderThan: 0 }), []);
    const [text] = await garbageAfter(root, 2 * DAY, { olderThan: DAY });
    ok(text.startsWith(`${path}: cached result of test, train, of 20`));
    const [{ bytes }] = await findGarbage({ root, olderThan: 0, now: Date.now() });
    equal(bytes, await bytesOnDisk(`${root}/${path}`));
    ok(bytes > 100);
  });
});

Deno.test("findGarbage() finds marks of read data from their minimum age", async () => {
  await withFolder(async (root) => {
    await Deno.mkdir(cacheFolder(root), { recursive: true });
    await Deno.writeTextFile(`${cacheFolder(root)}/abc.read`, "");
    deepEqual(await garbageAfter(root, DAY, { olderThan: 2 * DAY }), []);
    deepEqual(await garbageAfter(root, 2 * DAY, { olderThan: DAY }), [
      ".cache/abc.read: mark of data that a run has read",
    ]);
  });
});

Deno.test("findGarbage() finds half-written files and results of yesterday, not recent ones", async () => {
  await withFolder(async (root) => {
    await cached(root);
    await Deno.mkdir(`${cacheFolder(root)}/abc.1234.tmp/files`, { recursive: true });
    const folder = await fakeRun(root, { id: "a", status: "completed" });
    await Deno.writeTextFile(`${folder}/checkpoints/train.last.safetensors.1234.tmp`, "x");
    deepEqual(await garbageAfter(root, HOUR / 2), []);
    deepEqual(await garbageAfter(root, DAY), [
      ".cache/abc.1234.tmp: half-written",
      "test/a/checkpoints/train.last.safetensors.1234.tmp: half-written",
    ]);
  });
});

Deno.test("findGarbage() finds old runs that are not complete only on request, never a running one", async () => {
  await withFolder(async (root) => {
    for (const status of ["completed", "stopped", "failed", "running"] as const) {
      await fakeRun(root, { id: status, status });
    }
    await fakeRun(root, { id: "damaged" });
    await Deno.writeTextFile(`${root}/test/damaged/run.json`, "{");
    const live = await fakeRun(root, { id: "live", status: "running" });
    await Deno.writeTextFile(`${live}/checkpoints/x.tmp`, "being written");
    const lock = await takeLock(`${live}/lock`, { pid: 1, host: "", since: "", run: "live" });
    const passed = 1000 * DAY;
    deepEqual(await garbageAfter(root, passed), []);
    deepEqual(await garbageAfter(root, passed, { runsOlderThan: DAY }), [
      "test/damaged: run damaged: damaged",
      "test/failed: run failed: failed",
      "test/running: run running: crashed",
      "test/stopped: run stopped: stopped",
    ]);
    deepEqual(await garbageAfter(root, passed, { runsOlderThan: 5000 * DAY }), []);
    ok("release" in lock);
    lock.release();
  });
});

Deno.test("sizeOf() adds up files, does not follow links, and is 0 for a missing path", async () => {
  await withFolder(async (root) => {
    await Deno.mkdir(`${root}/a/b`, { recursive: true });
    await Deno.writeTextFile(`${root}/a/x`, "12345");
    await Deno.writeTextFile(`${root}/a/b/y`, "123");
    equal(await bytesOnDisk(`${root}/a`), 8);
    await Deno.symlink(`${root}`, `${root}/a/b/up`);
    ok(await bytesOnDisk(`${root}/a`) < 8 + 4096, "a link to a folder above is no loop");
    equal(await bytesOnDisk(`${root}/gone`), 0);
  });
});

Deno.test("findGarbage() finds optimizer state of complete runs, unless their stage is configured to keep it", async () => {
  await withFolder(async (root) => {
    const file = (folder: string, name: string) => `${folder}/checkpoints/${name}.safetensors`;
    for (const [id, status] of [["a", "completed"], ["b", "stopped"], ["c", "completed"]] as const) {
      const folder = await fakeRun(root, { id, status });
      if (id === "c") {
        const stage = (name: string, keepOptimizer: boolean) => ({
          name,
          kind: "train",
          version: 1,
          options: { checkpoint: { keepOptimizer } },
        });
        const spec = { ...specOf(resolved()), stages: [stage("kept", true), stage("train", false)] };
        await writeRecord(folder, recordOf(id, { spec, status: "completed" }));
      }
      for (const name of ["train", "train.last", "train.previous", "kept.last", "kept.previous"]) {
        await Deno.writeTextFile(file(folder, name), "12345");
      }
    }
    deepEqual(await garbageAfter(root, 0), [
      "test/a/checkpoints/kept.last.safetensors: optimizer state of a, which is complete",
      "test/a/checkpoints/kept.previous.safetensors: optimizer state of a, which is complete",
      "test/a/checkpoints/train.last.safetensors: optimizer state of a, which is complete",
      "test/a/checkpoints/train.previous.safetensors: optimizer state of a, which is complete",
      "test/c/checkpoints/kept.previous.safetensors: optimizer state of c, which is complete",
      "test/c/checkpoints/train.last.safetensors: optimizer state of c, which is complete",
      "test/c/checkpoints/train.previous.safetensors: optimizer state of c, which is complete",
    ]);
  });
});

Deno.test("bytesOnDisk() and findGarbage() count bytes with several names once, and free when the last name goes", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "a", status: "completed" });
    const before = await bytesOnDisk(root);
    await Deno.writeFile(`${folder}/checkpoints/train.last.safetensors`, new Uint8Array(1000));
    await Deno.link(
      `${folder}/checkpoints/train.last.safetensors`,
      `${folder}/checkpoints/train.previous.safetensors`,
    );
    equal(await bytesOnDisk(root), before + 1000);
    const found = await findGarbage({ root, olderThan: Infinity, now: Date.now() });
    deepEqual(found.map(({ bytes }) => bytes), [0, 1000]);
    await Deno.link(`${folder}/checkpoints/train.last.safetensors`, `${root}/elsewhere`);
    const linked = await findGarbage({ root, olderThan: Infinity, now: Date.now() });
    deepEqual(linked.map(({ bytes }) => bytes), [0, 0], "another name stays");
  });
});

Deno.test("removeRun() removes a run whole, never a running one; gc finds what remains after a kill", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "a", status: "completed" });
    const entry = await readRun(folder);
    deepEqual((await garbageOfRun(entry)).map(({ path }) => path), [folder]);
    const lock = await takeLock(`${folder}/lock`, { pid: 1, host: "", since: "", run: "a" });
    ok("release" in lock);
    await rejects(removeRun(entry), /a must have ended/);
    lock.release();
    await removeRun(entry);
    deepEqual([...Deno.readDirSync(`${root}/test`)], []);
    await Deno.mkdir(`${root}/test/.a.1234.tmp/artifacts`, { recursive: true });
    deepEqual(await garbageAfter(root, 0), ["test/.a.1234.tmp: half-removed"]);
  });
});
