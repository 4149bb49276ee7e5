import { SCHEMA } from "../../../src/core/schema_version.ts";
import { rejects, strictEqual as equal } from "node:assert/strict";
import { findModelRun } from "../../../src/cli/explore/find_run.ts";
import type { RunRecord } from "../../../src/run/record.ts";

const RECORD: RunRecord = {
  schema: SCHEMA.run,
  id: "",
  pipeline: "p",
  seed: 42,
  spec: {
    seed: 42,
    stages: [{ name: "load", kind: "load", options: {} }, { name: "first", kind: "train", options: {} }, {
      name: "second",
      options: {},
      kind: "train",
    }],
  },
  overrides: [],
  argv: [],
  engine: { name: "wasm", threads: null, cores: 2 },
  git: null,
  versions: { hourglass: "0.1.0", deno: "2", v8: "1" },
  host: { name: "", os: "linux", arch: "x86_64", processors: 2, pid: 1 },
  started: "2026-11-24T06:44:05.000Z",
  ended: null,
  key: "",
  extends: null,
  resumed: [],
  status: "completed",
  exitCode: 0,
  reason: null,
};

/** A runs folder with these files, each empty unless it is a record. */
async function withRuns(files: readonly string[], use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const file of files) {
      const path = `${root}/${file}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      const id = file.split("/")[1];
      Deno.writeTextFileSync(path, file.endsWith("run.json") ? JSON.stringify({ ...RECORD, id }) : "");
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("findModelRun takes the newest run that has a model, whatever its pipeline", async () => {
  await withRuns([
    "a/20261123-000000-0001/run.json",
    "a/20261123-000000-0001/checkpoints/first.safetensors",
    "b/20261122-000000-0002/run.json",
    "b/20261122-000000-0002/artifacts/model/model.safetensors",
    "b/20261124-000000-0003/run.json",
    "b/notes.txt",
  ], async (root) => {
    const { folder, file, record } = await findModelRun(undefined, root);
    equal(folder, `${root}/a/20261123-000000-0001`);
    equal(file, "checkpoints/first.safetensors");
    equal(record.id, "20261123-000000-0001");
  });
});

Deno.test("findModelRun prefers the exported model, then the checkpoint of the last training", async () => {
  const files = ["run.json", "checkpoints/first.safetensors", "checkpoints/second.safetensors"];
  await withRuns([
    ...files.map((file) => `a/1/${file}`),
    ...[...files, "artifacts/model/model.safetensors"].map((file) => `a/2/${file}`),
  ], async (root) => {
    equal((await findModelRun("1", root)).file, "checkpoints/second.safetensors");
    equal((await findModelRun("2", root)).file, "artifacts/model/model.safetensors");
  });
});

Deno.test("findModelRun finds a run by its id and by its folder", async () => {
  await withRuns(["a/1/run.json", "a/1/checkpoints/first.safetensors", "a/2/run.json"], async (root) => {
    equal((await findModelRun("1", root)).folder, `${root}/a/1`);
    equal((await findModelRun(`${root}/a/1//`, "nowhere")).folder, `${root}/a/1`);
    await rejects(
      () => findModelRun("2", root),
      /"[^"]*\/a\/2" must hold a readable run.json and a model/,
    );
    await rejects(
      () => findModelRun("3", root),
      /must be a folder, an id or the end of one under .*, got "3"/,
    );
  });
});

Deno.test("findModelRun says what is missing", async () => {
  await rejects(
    () => findModelRun(undefined, "nowhere"),
    /"nowhere" must hold a run that has trained a model, got: it holds no runs/,
  );
  await withRuns(["a/1/run.json", "a/2/run.json"], async (root) => {
    await rejects(() => findModelRun(undefined, root), /none of its 2 runs has one/);
  });
});

Deno.test("findModelRun reports when the model of a running training will be there", async () => {
  await withRuns(["a/1/run.json", "a/1/checkpoints/first.last.safetensors"], async (root) => {
    await rejects(
      () => findModelRun("1", root),
      /its stage "first" has not ended, and writes its model at the end \(--resume auto resumes it\)$/,
    );
  });
});

Deno.test("findModelRun makes no path of a recorded stage's name that leads out of the run, and skips damaged runs", async () => {
  await withRuns([
    "a/20261123-000000-0001/run.json",
    "a/20261123-000000-0001/checkpoints/first.safetensors",
    "a/20261125-000000-0002/run.json",
    "outside.safetensors",
  ], async (root) => {
    const folder = `${root}/a/20261125-000000-0002`, escaping = "../../../outside";
    const spec = { seed: 1, stages: [{ name: escaping, kind: "train", options: {} }] };
    await Deno.mkdir(`${folder}/checkpoints`);
    await Deno.writeTextFile(`${folder}/run.json`, JSON.stringify({ ...RECORD, id: "x", spec }));
    await Deno.mkdir(`${root}/a/20261126-000000-0003/run.json`, { recursive: true });
    equal((await findModelRun(undefined, root)).folder, `${root}/a/20261123-000000-0001`);
    await rejects(findModelRun(folder, root), { name: "UsageError", message: /must hold .* a model/ });
  });
});
