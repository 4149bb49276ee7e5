import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { UsageError } from "../../src/core/errors.ts";
import { createRunFolder } from "../../src/run/folder.ts";

const NOON = new Date("2026-11-23T12:34:56.789Z");

async function withTemporary(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("createRunFolder() names a run by its pipeline, the UTC time and four digits", async () => {
  await withTemporary(async (root) => {
    const { id, path } = await createRunFolder(root, "mnist-vae", NOON);
    match(id, /^20261123-123456-[0-9a-f]{4}$/);
    equal(path, `${root}/mnist-vae/${id}`);
    deepEqual([...Deno.readDirSync(path)].map(({ name }) => name).sort(), ["artifacts", "checkpoints"]);
  });
});

Deno.test("createRunFolder() names runs of one second in the order in which they started", async () => {
  await withTemporary(async (root) => {
    const ids: string[] = [];
    for (const milliseconds of [0, 1, 2, 2, 499, 500, 999]) {
      const now = new Date(NOON.getTime() - NOON.getMilliseconds() + milliseconds);
      ids.push((await createRunFolder(root, "x", now)).id);
    }
    deepEqual(ids.toSorted(), ids);
  });
});

Deno.test("createRunFolder() creates a separate folder for each of a hundred runs in one second", async () => {
  await withTemporary(async (root) => {
    const made = await Promise.all(Array.from({ length: 100 }, () => createRunFolder(root, "x", NOON)));
    equal(new Set(made.map(({ path }) => path)).size, 100);
  });
});

Deno.test("createRunFolder() works on paths with spaces and letters of other scripts", async () => {
  await withTemporary(async (root) => {
    const { path } = await createRunFolder(`${root}/Läufe & mehr`, "ziffern 数字", NOON);
    ok(path.includes("ziffern-数字") && Deno.statSync(path).isDirectory);
  });
});

Deno.test("createRunFolder() refuses a root that is a file, and names it", async () => {
  await withTemporary(async (root) => {
    await Deno.writeTextFile(`${root}/file`, "");
    await rejects(
      createRunFolder(`${root}/file`, "x", NOON),
      (thrown) => thrown instanceof UsageError && thrown.message.includes(`${root}/file/x`),
    );
  });
});
