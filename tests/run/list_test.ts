import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { findRun, folderName, listRuns, readRun, statusOf } from "../../src/run/list.ts";
import { takeLock } from "../../src/run/lock.ts";
import { readRecord } from "../../src/run/record.ts";
import { fakeRun, resolved, withFolder } from "./temporary.ts";

const HOLDER = { pid: 1, host: "h", since: "s", run: "r" };

Deno.test("statusOf() is what the record says, crashed when nobody holds the lock of what says running", async () => {
  await withFolder(async (root) => {
    for (const status of ["completed", "stopped", "failed"] as const) {
      const folder = await fakeRun(root, { id: status, status });
      equal(await statusOf(folder, await readRecord(folder)), status);
    }
    const folder = await fakeRun(root, { id: "running", status: "running" });
    equal(await statusOf(folder, await readRecord(folder)), "crashed");
    const lock = await takeLock(`${folder}/lock`, HOLDER);
    ok("release" in lock);
    equal(await statusOf(folder, await readRecord(folder)), "running");
    equal(await statusOf(folder, undefined), "running", "before its record is there");
    lock.release();
    equal(await statusOf(folder, await readRecord(folder)), "crashed", "the file of the lock stays");
    equal(await statusOf(folder, undefined), "damaged");
    equal(await statusOf(`${root}/gone`, undefined), "damaged");
  });
});

Deno.test("listRuns() lists all pipelines from the newest, or one, and passes over what is hidden or no folder", async () => {
  await withFolder(async (root) => {
    deepEqual(await listRuns(`${root}/none`), []);
    await fakeRun(root, { id: "20260101-000000-aaaa" });
    await fakeRun(root, { id: "20260103-000000-cccc", pipeline: { ...resolved(), name: "other" } });
    await fakeRun(root, { id: "20260102-000000-bbbb" });
    await Deno.mkdir(`${root}/.cache/x`, { recursive: true });
    await Deno.writeTextFile(`${root}/test/.lock`, "");
    await Deno.writeTextFile(`${root}/notes.txt`, "");
    const ids = (entries: { id: string }[]) => entries.map(({ id }) => id.slice(-4)).join(" ");
    equal(ids(await listRuns(root)), "cccc bbbb aaaa");
    equal(ids(await listRuns(root, "test")), "bbbb aaaa");
    equal(ids(await listRuns(root, "none of it")), "");
  });
});

Deno.test("readRun() knows a damaged run by its folder", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "20260101-000000-aaaa" });
    for (const text of ["", "{", '{"schema":2}', "null"]) {
      await Deno.writeTextFile(`${folder}/run.json`, text);
      const entry = await readRun(`${folder}//`);
      deepEqual(entry, {
        id: "20260101-000000-aaaa",
        pipeline: "test",
        folder,
        status: "damaged",
        record: undefined,
      });
    }
  });
});

Deno.test("findRun() finds by folder, id, the end of an id, and the newest when none is named", async () => {
  await withFolder(async (root) => {
    const first = await fakeRun(root, { id: "20260101-000000-aaaa" });
    const newest = await fakeRun(root, { id: "20260102-000000-bbaa" });
    for (
      const [wanted, folder] of [
        [first, first],
        [`${first}/`, first],
        ["20260101-000000-aaaa", first],
        ["aaaa", first],
        ["bbaa", newest],
        [undefined, newest],
      ]
    ) equal((await findRun(root, wanted)).folder, folder);
  });
});

Deno.test("findRun() refuses what fits two runs, none, or an empty folder, and names what there is", async () => {
  await withFolder(async (root) => {
    await rejects(findRun(root), {
      name: "UsageError",
      message: /Cannot find a run as one must lie under .*: there is none yet$/,
    });
    const folders = await Promise.all(
      ["20260101-000000-aaaa", "20260102-000000-bbaa"].map((id) => fakeRun(root, { id })),
    );
    await rejects(findRun(root, "aa"), (thrown: Error) => {
      ok(folders.every((folder) => thrown.message.includes(folder)));
      return thrown.name === "UsageError" &&
        thrown.message.startsWith('Cannot tell which run is meant as "aa" must');
    });
    await rejects(findRun(root, "none"), { name: "UsageError", message: /current value is "none"$/ });
  });
});

Deno.test("folderName() has no blanks", () => equal(folderName("a b  c"), "a-b--c"));
