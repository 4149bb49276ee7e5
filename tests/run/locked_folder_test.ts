import { match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { isLocked, takeLock } from "../../src/run/lock.ts";
import { readRun } from "../../src/run/list.ts";
import { folderName } from "../../src/run/folder_name.ts";
import { lockedFolder } from "../../src/run/locked_folder.ts";
import { readRecord, writeRecord } from "../../src/run/record.ts";
import type { Resumption } from "../../src/run/resume.ts";
import { fakeRun, withFolder } from "./temporary.ts";

const NOW = new Date("2026-11-24T04:01:28.000Z");
const WASM = { name: "wasm", threads: null, cores: 2 };

/** A run that resumes in its folder. */
async function again(folder: string): Promise<Resumption> {
  return { entry: await readRun(folder), isSame: true, engine: WASM, keys: new Map(), problems: [] };
}

Deno.test("lockedFolder() creates a folder whose lock is held until it is released", async () => {
  await withFolder(async (root) => {
    const { folder, id, locks } = await lockedFolder({ root, pipeline: "my pipe", now: NOW });
    match(id, /^20261124-040128-/);
    equal(folder, `${root}/${folderName("my pipe")}/${id}`);
    equal(await isLocked(`${folder}/lock`), true);
    locks.forEach((lock) => lock.release());
    equal(await isLocked(`${folder}/lock`), false);
  });
});

Deno.test("lockedFolder() allows two runs of a pipeline at the same time unless one is exclusive", async () => {
  await withFolder(async (root) => {
    const query = { root, pipeline: "test", now: NOW };
    const first = await lockedFolder({ ...query, isExclusive: true }), second = await lockedFolder(query);
    equal(first.folder === second.folder, false);
    const count = [...Deno.readDirSync(`${root}/test`)].length;
    await rejects(lockedFolder({ ...query, isExclusive: true }), (thrown: Error) => {
      match(
        thrown.message,
        /^Pipeline "test" is already running: process \d+ on .* \(run new\)$/,
      );
      return thrown.name === "LockedError";
    });
    equal(
      [...Deno.readDirSync(`${root}/test`)].length,
      count,
      "no folder is left of the one that could not run",
    );
    first.locks.forEach((lock) => lock.release());
    const third = await lockedFolder({ ...query, isExclusive: true });
    [...second.locks, ...third.locks].forEach((lock) => lock.release());
  });
});

Deno.test("lockedFolder() refuses to resume a running run, and then releases the pipeline's lock", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A" }), resumption = await again(folder);
    const lock = await takeLock(`${folder}/lock`, { pid: 7, host: "wolf", since: "noon", run: "A" });
    await rejects(lockedFolder({ root, pipeline: "test", resumption, isExclusive: true, now: NOW }), {
      name: "LockedError",
      message: "Run A is already running: process 7 on wolf since noon (run A)",
    });
    equal(await isLocked(`${root}/test/.lock`), false);
    ok("release" in lock);
    lock.release();
  });
});

Deno.test("lockedFolder() refuses to resume a run that another process has resumed in the meantime", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A" }), resumption = await again(folder);
    const record = (await readRecord(folder))!;
    await writeRecord(folder, { ...record, resumed: [{ at: "now", pid: 1, from: "train", argv: [] }] });
    await rejects(lockedFolder({ root, pipeline: "test", resumption, now: NOW }), {
      name: "LockedError",
      message: "Run A was resumed by another process in the meantime (try again)",
    });
    equal(await isLocked(`${folder}/lock`), false);
    const { id, locks } = await lockedFolder({
      root,
      pipeline: "test",
      resumption: await again(folder),
      now: NOW,
    });
    equal(id, "A");
    locks.forEach((lock) => lock.release());
  });
});
