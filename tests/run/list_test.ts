import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { findRun, listRuns, readRun, statusOf } from "../../src/run/list.ts";
import { takeLock } from "../../src/run/lock.ts";
import { readRecord } from "../../src/run/record.ts";
import { fakeRun, resolved, withFolder } from "./temporary.ts";

const HOLDER = { pid: 1, host: "h", since: "s", run: "r" };

Deno.test("statusOf() is that of the record, and crashed when the lock of a running one is free", async () => {
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

Deno.test("listRuns() lists all pipelines from the newest, or one, and skips hidden entries and files", async () => {
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

Deno.test("readRun() reads a damaged run from its folder", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "20260101-000000-aaaa" });
    for (const text of ["", "{", '{"schema":"2"}', "null"]) {
      await Deno.writeTextFile(`${folder}/run.json`, text);
      const { problem, ...entry } = await readRun(`${folder}//`);
      ok(problem?.startsWith(`"${folder}/run.json" must be the record of a run, got: `), problem);
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

Deno.test("findRun() refuses a name that matches two runs or none, and an empty folder, and names the matches", async () => {
  await withFolder(async (root) => {
    await rejects(findRun(root), {
      name: "UsageError",
      message: /" must hold a run, got none /,
    });
    const folders = await Promise.all(
      ["20260101-000000-aaaa", "20260102-000000-bbaa"].map((id) => fakeRun(root, { id })),
    );
    await rejects(findRun(root, "aa"), (thrown: Error) => {
      ok(folders.every((folder) => thrown.message.includes(folder)));
      return thrown.name === "UsageError" &&
        thrown.message.startsWith('run "aa" must match one id, got several: ');
    });
    await rejects(findRun(root, "none"), { name: "UsageError", message: /, got "none"$/ });
  });
});

/** Entries that are not runs; each function gets the path of a folder that does not exist yet. */
const FOREIGN: Record<string, (folder: string) => Promise<unknown>> = {
  "a file": (folder) => Deno.writeTextFile(folder, "x"),
  "an empty folder": (folder) => Deno.mkdir(folder),
  "a folder with other files": (folder) => put(`${folder}/notes.txt`, "x"),
  "a link that leads nowhere": (folder) => Deno.symlink("/nowhere", folder),
  "a link to itself": (folder) => Deno.symlink(folder, folder),
  "run.json of garbage": (folder) => put(`${folder}/run.json`, "\0\x1b]0;x\x07{{{"),
  "run.json that is no UTF-8": (folder) => put(`${folder}/run.json`, Uint8Array.of(0xff, 0xfe, 0x80)),
  "run.json of null": (folder) => put(`${folder}/run.json`, "null"),
  "run.json of wrong types": (folder) =>
    put(`${folder}/run.json`, `{"schema":${SCHEMA.run},"id":{},"spec":[],"started":5}`),
  "run.json nested without end": (folder) => put(`${folder}/run.json`, "[".repeat(100_000)),
  "a folder called run.json": (folder) => Deno.mkdir(`${folder}/run.json`, { recursive: true }),
  "run.json that links to itself": async (folder) => {
    await Deno.mkdir(folder);
    await Deno.symlink(`${folder}/run.json`, `${folder}/run.json`);
  },
  "pipes for all of its files": async (folder) => {
    await Deno.mkdir(folder);
    for (const file of ["run.json", "events.jsonl", "lock"]) await pipe(`${folder}/${file}`);
  },
  "folders for all of its files": async (folder) => {
    for (const file of ["run.json", "events.jsonl", "lock", "checkpoints"]) {
      await Deno.mkdir(`${folder}/${file}`, { recursive: true });
    }
  },
};

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
}

async function pipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}

/** A folder with one intact run, and many entries that are not. */
async function foreignRuns(root: string): Promise<string> {
  const good = await fakeRun(root, { id: "20260101-000000-aaaa", status: "completed" });
  // Names that sort after that of the intact run would be the newest.
  for (const [place, make] of Object.values(FOREIGN).entries()) {
    await make(`${root}/test/2027-${place}`);
    await make(`${root}/other-${place}`);
  }
  // A name that is not valid UTF-8.
  const args = ["-c", "mkdir -p \"$1/$(printf '\\377\\376')/$(printf '\\200')\"", "sh", root];
  await new Deno.Command("sh", { args }).output();
  return good;
}

const UNIX = { ignore: Deno.build.os === "windows" };

Deno.test(
  "listRuns() lists runs whatever else is in the folder, and names what it cannot read",
  UNIX,
  async () => {
    await withFolder(async (root) => {
      const good = await foreignRuns(root), problems: string[] = [];
      const entries = await listRuns(root, undefined, (problem) => problems.push(problem));
      deepEqual(entries.filter(({ status }) => status !== "damaged").map(({ folder }) => folder), [good]);
      for (const { folder, problem } of entries.filter(({ status }) => status === "damaged")) {
        ok(problem?.includes(`${folder}/run.json`), problem);
        ok(problems.includes(problem!), "it is reported");
      }
      ok(
        problems.some((problem) => problem.includes(`${root}/test/2027-1" is not a run`)),
        problems.join("\n"),
      );
      equal((await findRun(root)).folder, good, "the newest that can be read");
      equal((await listRuns(root, "test")).filter(({ status }) => status === "completed").length, 1);
    });
  },
);

Deno.test("listRuns() reports a folder of runs that cannot be read and lists the others", UNIX, async () => {
  await withFolder(async (root) => {
    const good = await fakeRun(root, { id: "20260101-000000-aaaa" });
    await Deno.mkdir(`${root}/closed/20260102-000000-bbbb`, { recursive: true });
    const script = `import { listRuns } from "${import.meta.resolve("../../src/run/list.ts")}";
      const problems = [];
      const runs = await listRuns(Deno.args[0], undefined, (problem) => problems.push(problem));
      console.log(JSON.stringify({ folders: runs.map(({ folder }) => folder), problems }));`;
    await Deno.writeTextFile(`${root}/list.ts`, script);
    // Permissions of the system do not apply to root, as whom tests may run; Deno's do.
    const args = [
      "run",
      "--no-prompt",
      "--allow-read",
      `--deny-read=${root}/closed`,
      `${root}/list.ts`,
      root,
    ];
    const config = `--config=${new URL("../../deno.json", import.meta.url).pathname}`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: args.toSpliced(1, 0, config) })
      .output();
    ok(stdout.length > 0, new TextDecoder().decode(stderr));
    const { folders, problems } = JSON.parse(new TextDecoder().decode(stdout));
    deepEqual(folders, [good]);
    ok(problems[0].startsWith(`"${root}/closed" must be a folder that can be read, got: `), problems[0]);
  });
});

Deno.test("listRuns() follows a link to a folder of runs on another disk", UNIX, async () => {
  await withFolder(async (root) => {
    const good = await fakeRun(`${root}/disk`, { id: "20260101-000000-aaaa" });
    await Deno.mkdir(`${root}/runs`);
    await Deno.symlink(`${root}/disk/test`, `${root}/runs/test`);
    const ids = (await listRuns(`${root}/runs`)).map(({ folder }) => folder);
    deepEqual(ids, [good.replace("/disk/", "/runs/")]);
  });
});

Deno.test("findRun() takes the newest run inside a folder, also in subfolders, and reports when there is none", async () => {
  await withFolder(async (root) => {
    await fakeRun(root, { id: "20260101-000000-aaaa" });
    const newest = await fakeRun(root, { id: "20260103-000000-cccc" });
    await fakeRun(root, { id: "20260102-000000-bbbb", pipeline: { ...resolved(), name: "other" } });
    const parent = newest.replace(/\/[^/]*$/, "");
    equal((await findRun("elsewhere", parent)).folder, newest);
    equal((await findRun("elsewhere", `${parent}/`)).folder, newest);
    equal((await findRun("elsewhere", root)).folder, newest);
    equal((await findRun("elsewhere", newest)).folder, newest);
    await Deno.mkdir(`${root}/empty`);
    await rejects(
      () => findRun("elsewhere", `${root}/empty`),
      /empty" must be a run folder or hold one, it does not/,
    );
  });
});
