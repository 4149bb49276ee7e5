import { deepStrictEqual as deepEqual, match } from "node:assert/strict";
import { oldCaches } from "../../src/data/old_caches.ts";

const DAY = 86_400_000, NOW = Date.parse("2026-11-29T12:00:00Z");
const HASH = "0123456789abcdef01234567", PICTURES = "pictures-01234567-28x28-0123456789abcdef";

/** A folder of files, each last used so many days ago, for the time of `work`. */
async function withCaches(
  files: Readonly<Record<string, number>>,
  work: (folder: string) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, days] of Object.entries(files)) {
      const path = `${folder}/${name}`, at = new Date(NOW - days * DAY);
      await Deno.mkdir(path.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(path, "12345");
      await Deno.utime(path, at, at);
      if (name.includes("/")) await Deno.utime(path.replace(/\/[^/]*$/, ""), at, at);
    }
    work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names of what can be removed, with their bytes. */
function found(folder: string, olderThan = 7 * DAY): (string | number)[][] {
  return oldCaches({ olderThan, now: NOW, folder }).map((
    { path, bytes },
  ) => [path.slice(folder.length + 1), bytes]);
}

Deno.test("oldCaches() finds the files of caches that nothing has used for long, all files of one together", async () => {
  const files = {
    [`array-${HASH}.values`]: 8,
    [`array-${HASH.replace("0", "f")}.values`]: 6,
    [`table-${HASH}.json`]: 20,
    [`table-${HASH}-train.values`]: 8,
    // Its train split was read yesterday.
    [`table-${HASH.replace("0", "f")}.json`]: 20,
    [`table-${HASH.replace("0", "f")}-train.values`]: 1,
    [`${PICTURES}.images`]: 9,
    [`${PICTURES}.broken`]: 30,
  };
  await withCaches(files, (folder) => {
    deepEqual(found(folder), [
      [`array-${HASH}.values`, 5],
      [`${PICTURES}.broken`, 5],
      [`${PICTURES}.images`, 5],
      [`table-${HASH}-train.values`, 5],
      [`table-${HASH}.json`, 5],
    ]);
    match(
      oldCaches({ olderThan: 7 * DAY, now: NOW, folder })[0].why,
      /^converted array, last used 2026-11-21T/,
    );
    deepEqual(found(folder, 0).length, 8);
  });
});

Deno.test("oldCaches() keeps what it does not know, and what a process decodes, and finds what a killed one has left", async () => {
  const files = {
    "photographs.zip": 400,
    "array-of-mine.values": 400,
    "mine.tmp": 400,
    [`array-${HASH}.values.12ab34cd.tmp`]: 1,
    [`array-${HASH}.values.99ab34cd.tmp`]: 0.01,
    [`table-${HASH}.12ab34cd.parts/train-0`]: 1,
    [`${PICTURES}.partial`]: 30,
    [`${PICTURES}.progress`]: 30,
  };
  await withCaches(files, (folder) => {
    const left = [[`array-${HASH}.values.12ab34cd.tmp`, 5], [`table-${HASH}.12ab34cd.parts`, 5]];
    {
      using progress = Deno.openSync(`${folder}/${PICTURES}.progress`, { read: true, write: true });
      progress.lockSync(true);
      deepEqual(found(folder), left);
    }
    deepEqual(found(folder), [[`${PICTURES}.partial`, 5], [`${PICTURES}.progress`, 5], ...left]);
  });
  deepEqual(found("no/such/folder"), []);
});
