import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { RunError } from "../../src/core/errors.ts";
import { type CacheOptions, cachePictures, inCacheOrder } from "../../src/data/picture_cache.ts";
import { findPictures } from "../../src/data/picture_files.ts";
import { decodingLog } from "../../src/data/picture_pool.ts";
import { pictureForm, readPicture } from "../../src/data/read_picture.ts";
import { ROOT, taskArguments } from "../support/program.ts";
import { flatPgm, withFolder } from "./pictures.ts";

/** Pictures `photos/<label>/<number>.pgm` of 3x2; each has pixels of its own. */
function pictures(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, k) => {
      const pixels = [k % 256, k >> 8, (7 * k) % 256, 0, 255, (k * k) % 256];
      return [`photos/${k < count / 2 ? "a" : "b"}/${1000 + k}.pgm`, `P2 2 3 255 ${pixels.join(" ")}`];
    }),
  );
}

/** Caches the pictures of `<folder>/photos` in `<folder>/cache`, and keeps what is logged. */
async function cache(
  folder: string,
  size: { height?: number; width?: number } = {},
  options?: Partial<CacheOptions>,
) {
  const logged: string[] = [];
  const files = inCacheOrder(await findPictures(`${folder}/photos`));
  const form = await pictureForm(`${folder}/photos`, files[0].path, size);
  const log = (message: string) => logged.push(message);
  const file = await cachePictures(files, form, {
    memory: 100,
    log,
    folder: `${folder}/cache`,
    workers: 2,
    ...options,
  });
  return { file, files, form, logged };
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const runError = (pattern: RegExp) => (error: unknown) => {
  if (!(error instanceof RunError)) throw error;
  match(error.message, pattern);
  return true;
};

/** A process that opens `photos` in a folder, with the permissions of the task `run` or with others. */
function startProcess(
  folder: string,
  args: readonly string[],
  permissions?: readonly string[],
): Deno.ChildProcess {
  const task = taskArguments("run"), granted = task.slice(0, task.indexOf("src/cli/main.ts"));
  const script = `${ROOT}tests/data/picture_cache_process.ts`;
  return new Deno.Command(Deno.execPath(), {
    args: [...permissions ?? granted, "--config", `${ROOT}deno.json`, script, "photos", ...args],
    cwd: folder,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function linesOf(process: Deno.ChildProcess) {
  const { stdout } = await process.output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("cachePictures() keeps the very pixels that decoding in memory gives, and decodes them once", async () => {
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

Deno.test("cachePictures() decodes anew what changed, under a name that tells the folder and the size", async () => {
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

Deno.test("cachePictures() lets one of several decode, and the others wait for it", async () => {
  await withFolder(pictures(300), async (folder) => {
    const all = await Promise.all([cache(folder), cache(folder), cache(folder)]);
    const logged = all.flatMap(({ logged }) => logged);
    equal(logged.filter((text) => text.startsWith("Decoding")).length, 1);
    equal(logged.filter((text) => text.startsWith("Waiting for another process")).length, 2);
    deepEqual(all[1].file, all[0].file);
    deepEqual(all[2].file, all[0].file);
    equal(namesIn(`${folder}/cache`).length, 1);
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
      runError(/"[^"]*\.pgm" as it does not decode: .*; mend or remove/),
    );
    deepEqual(namesIn(`${folder}/cache`).map((name) => name.split(".")[1]), ["partial", "progress"]);
    // As good as new, even to its time: what is done is not done again.
    await Deno.writeFile(path, good);
    await Deno.utime(path, mtime!, mtime!);
    match((await cache(folder)).logged[0], /^Decoding the other 16 of 400 pictures/);
    await Deno.writeTextFile(path, flatPgm(5, 5, 0));
    await rejects(cache(folder), runError(/must have one size, .*\.pgm" is 5x5 .*\.pgm" is 3x2 /));
  });
});

Deno.test("cachePictures() says what to do where it cannot write", async () => {
  await withFolder({ ...pictures(3), cache: "a file where the folder should be" }, async (folder) => {
    await rejects(
      cache(folder),
      runError(
        /photos" as ".*\/cache" must be writable and have room for 1MB: .*; see .* by { memory: "1MB" }$/,
      ),
    );
    const refused = startProcess(folder, ["1"], ["--no-prompt", "--allow-read", "--allow-env"]);
    match(
      (await linesOf(refused))[0].error,
      /"data\/cache" must be writable .*: Requires write access to "data\/cache"/,
    );
  });
});

Deno.test("images() that a folder does not fit into the memory mixes its labels and ends with the test split", async () => {
  await withFolder(pictures(300), async (folder) => {
    const [{ log }, { train, test }] = await linesOf(startProcess(folder, ["600", '{"testShare":0.1}']));
    match(log, /into data\/cache\/pictures-.*, once$/);
    deepEqual([train.count, test.count, train.file.block, test.file.start], [270, 30, 100, 270 * 6]);
    const names = inCacheOrder(await findPictures(`${folder}/photos`)).map(({ name }) => name);
    deepEqual([...train.names, ...test.names], names);
    deepEqual([...train.labels, ...test.labels], names.map((name) => name.startsWith("a/") ? 0 : 1));
    for (let block = 0; block < 300; block += 30) {
      const share = names.slice(block, block + 30).filter((name) => name.startsWith("a/")).length / 30;
      ok(share > 0.2 && share < 0.8, `${share} of block ${block}`);
    }
  });
});

Deno.test("images() goes on decoding where a killed process stopped", async () => {
  const count = 3072, side = 200;
  await withFolder({ "photos/0.pgm": "" }, async (folder) => {
    const head = new TextEncoder().encode(`P5 ${side} ${side} 255\n`);
    const body = Uint8Array.from({ length: side * side }, (_, k) => (k * 31) % 256);
    await Deno.writeFile(`${folder}/photos/0.pgm`, Uint8Array.of(...head, ...body));
    for (let k = 1; k < count; k++) Deno.linkSync(`${folder}/photos/0.pgm`, `${folder}/photos/${k}.pgm`);
    const args = ["1000", '{"height":4,"width":4,"testShare":0}'];
    const process = startProcess(folder, args), cached = `${folder}/data/cache`;
    const fileOf = (ending: string) => {
      const name = [...Deno.readDirSync(cached)].map(({ name }) => name).find((name) =>
        name.endsWith(ending)
      );
      return `${cached}/${name}`;
    };
    const marks = () => {
      try {
        return Deno.readFileSync(fileOf(".progress"));
      } catch {
        return new Uint8Array();
      }
    };
    while (marks().filter((mark) => mark === 1).length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    process.kill("SIGKILL");
    await process.output();
    const done = marks(), chunk = done.indexOf(1), finished = done.filter((mark) => mark === 1).length;
    ok(finished < 24, `${finished} of 24 chunks were finished before the kill`);
    // A mark in a finished chunk: it stays when nobody decodes that chunk again.
    const at = chunk * 128 * 16,
      partial = await Deno.readFile(fileOf(".partial")),
      pixels = partial.slice(at, at + 16);
    partial[at + 16] ^= 255;
    await Deno.writeFile(fileOf(".partial"), partial);

    const [{ log }, { train }] = await linesOf(startProcess(folder, args));
    match(
      log,
      new RegExp(`^Decoding the other ${(count - 128 * finished).toLocaleString("en-US")} of 3,072 pictures`),
    );
    const bytes = await Deno.readFile(`${folder}/${train.file.path}`);
    notEqual(bytes[at + 16], pixels[0]);
    bytes[at + 16] ^= 255;
    const form = { folder, height: 4, width: 4 }, right = await readPicture(`${folder}/photos/0.pgm`, form);
    deepEqual(bytes, Uint8Array.from({ length: count * 16 }, (_, k) => right[k % 16]));
    equal(namesIn(cached).length, 1);
  });
});

Deno.test("decodingLog() tells the count, the speed of this process and the time left, every five seconds at most", () => {
  let time = 0;
  const logged: string[] = [];
  const decoded = decodingLog(200_000, 1000, (text) => logged.push(text), () => time);
  for (time = 1000; time <= 12_000; time += 1000) decoded(3100);
  deepEqual(logged, [
    "Decoded 16,500 of 200,000 pictures, 3,100 a second, 1:00 left",
    "Decoded 32,000 of 200,000 pictures, 3,100 a second, 0:55 left",
  ]);
});
