import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { RunError } from "../../src/core/errors.ts";
import { type CacheOptions, cachePictures, inCacheOrder } from "../../src/data/picture_cache.ts";
import { findPictures } from "../../src/data/picture_files.ts";
import { pictureForm } from "../../src/data/read_picture.ts";
import { readPicture } from "./first_picture.ts";
import { namesIn, pictures } from "./picture_cache_support.ts";
import { flatPgm, withFolder } from "./pictures.ts";

/** Caches the pictures of `<folder>/photos` in `<folder>/cache`, and records the log. */
async function cache(
  folder: string,
  size: { height?: number; width?: number } = {},
  options?: Partial<CacheOptions>,
) {
  const logged: string[] = [];
  const found = await findPictures(`${folder}/photos`);
  const files = inCacheOrder(found).map((file) => ({ ...file, frames: 1 }));
  const form = await pictureForm(files[0].path, { folder: `${folder}/photos`, ...size });
  const log = (message: string) => logged.push(message);
  const { file } = await cachePictures(files, form, {
    memory: 100,
    log,
    folder: `${folder}/cache`,
    workers: 2,
    ...options,
  });
  return { file, files, form, logged };
}

const runError = (pattern: RegExp) => (error: unknown) => {
  if (!(error instanceof RunError)) throw error;
  match(error.message, pattern);
  return true;
};

Deno.test("cachePictures() keeps exactly the pixels of decoding in memory, and decodes them once", async () => {
  await withFolder(pictures(300), async (folder) => {
    const first = await cache(folder);
    const bytes = await Deno.readFile(first.file.path);
    equal(bytes.length, 300 * 6);
    for (const [index, { path }] of first.files.entries()) {
      deepEqual(bytes.subarray(6 * index, 6 * index + 6), await readPicture(path, first.form));
    }
    deepEqual([first.file.start, first.file.block, first.file.size], [0, 16, 1800]);
    match(
      first.logged[0],
      /^Decoding 300 pictures of ".*\/photos" into .*\/cache\/pictures-.*\.images, once$/,
    );
    const again = await cache(folder);
    deepEqual([again.file, again.logged], [first.file, []]);
    deepEqual(namesIn(`${folder}/cache`), [first.file.path.split("/").at(-1)]);
  });
});

Deno.test("cachePictures() decodes again what changed, under a name with the folder's hash and the size", async () => {
  await withFolder(pictures(3), async (folder) => {
    const paths = [(await cache(folder)).file.path];
    const open = async (size?: { height: number; width: number }) =>
      paths.push((await cache(folder, size)).file.path);
    await open({ height: 3, width: 2 });
    await open({ height: 1, width: 1 });
    await Deno.utime(`${folder}/photos/a/1000.pgm`, 1, 1);
    await open();
    await Deno.rename(`${folder}/photos/a/1001.pgm`, `${folder}/photos/a/1009.pgm`);
    await open();
    await Deno.remove(`${folder}/photos/a/1009.pgm`);
    await open();
    equal(new Set(paths).size, paths.length);
    const names = paths.map((path) => /\/pictures-([0-9a-f]{8})-(\d+x\d+)-[0-9a-f]{16}\.images$/.exec(path)!);
    deepEqual(names.map(([, , size]) => size), ["3x2", "3x2", "1x1", "3x2", "3x2", "3x2"]);
    equal(new Set(names.map(([, where]) => where)).size, 1);
  });
});

Deno.test("cachePictures() decodes again when its file was cut off", async () => {
  await withFolder(pictures(3), async (folder) => {
    const { path } = (await cache(folder)).file;
    const whole = await Deno.readFile(path);
    await Deno.truncate(path, 7);
    match((await cache(folder)).logged[0], /^Decoding 3 pictures/);
    deepEqual(await Deno.readFile(path), whole);
  });
});

Deno.test("cachePictures() lets one of several decode, and gives its file to all", async () => {
  await withFolder(pictures(300), async (folder) => {
    const all = await Promise.all([cache(folder), cache(folder), cache(folder)]);
    const logged = all.flatMap(({ logged }) => logged);
    equal(logged.filter((text) => text.startsWith("Decoding")).length, 1);
    deepEqual(all[1].file, all[0].file);
    deepEqual(all[2].file, all[0].file);
    equal(namesIn(`${folder}/cache`).length, 1);
  });
});

Deno.test("cachePictures() waits while another process decodes, and continues when that one is gone", async () => {
  await withFolder(pictures(3), async (folder) => {
    const { path } = (await cache(folder)).file;
    await Deno.remove(path);
    const other = await Deno.open(path.replace(".images", ".progress"), { write: true, create: true });
    await other.lock(true);
    const logged: string[] = [];
    const log = (message: string) => {
      logged.push(message.split(" of ")[0]);
      if (logged.length === 1) other.close();
    };
    equal((await cache(folder, {}, { log })).file.path, path);
    deepEqual(logged, ["Waiting for another process that decodes the pictures", "Decoding 3 pictures"]);
  });
});

Deno.test("cachePictures() names the picture that does not decode or has another size, and keeps what is done", async () => {
  await withFolder(pictures(400), async (folder) => {
    const order = inCacheOrder(await findPictures(`${folder}/photos`)), { path } = order[390];
    const { mtime } = await Deno.stat(path), good = await Deno.readFile(path);
    await Deno.writeTextFile(path, "no picture".padEnd(good.length));
    await Deno.utime(path, mtime!, mtime!);
    await rejects(
      cache(folder, {}, { workers: 1 }),
      runError(/"[^"]*\.pgm" must be a PNG, .*, got none of these/),
    );
    deepEqual(namesIn(`${folder}/cache`).map((name) => name.split(".")[1]), ["partial", "progress"]);
    // Restored, including its time: finished chunks are not decoded again.
    await Deno.writeFile(path, good);
    await Deno.utime(path, mtime!, mtime!);
    match((await cache(folder)).logged[0], /^Decoding the other 16 of 400 pictures/);
    await Deno.writeTextFile(path, flatPgm(5, 5, 0));
    await rejects(cache(folder), runError(/must have one size, got 5x5 .*\.pgm" and 3x2 .*\.pgm"/));
  });
});

Deno.test("cachePictures() names the remedy where it cannot write", async () => {
  await withFolder({ ...pictures(3), cache: "a file where the folder should be" }, async (folder) => {
    await rejects(
      cache(folder),
      runError(
        /cache" must be writable and have room for 1MB of decoded pictures of ".*\/photos": .* --set load.memory=1MB\)$/,
      ),
    );
  });
});
