import { deepEqual, equal, match, ok } from "node:assert/strict";
import { inCacheOrder } from "../../src/data/picture_cache.ts";
import { findPictures } from "../../src/data/picture_files.ts";
import { readPicture } from "./first_picture.ts";
import { namesIn, outputOf, pictures, startProcess } from "./picture_cache_support.ts";
import { withFolder } from "./pictures.ts";

Deno.test("images() that a folder does not fit into the memory mixes its labels and ends with the test split", async () => {
  await withFolder(pictures(300), async (folder) => {
    const { logged, train, test } = await outputOf(startProcess(folder, ["600", '{"testShare":0.1}']));
    match(logged[0], /into data\/cache\/pictures-.*, once$/);
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

/** A folder whose pictures take a second to decode: 2,048 names of one picture of 200x200, 16 chunks. */
async function withSlowPictures(work: (folder: string) => Promise<void>): Promise<void> {
  const head = new TextEncoder().encode("P5 200 200 255\n");
  const body = Uint8Array.from({ length: 200 * 200 }, (_, at) => (at * 31) % 256);
  await withFolder({ "photos/0.pgm": Uint8Array.of(...head, ...body) }, async (folder) => {
    for (let k = 1; k < 2048; k++) Deno.linkSync(`${folder}/photos/0.pgm`, `${folder}/photos/${k}.pgm`);
    await work(folder);
  });
}

/** The path and the bytes of the one file of a cache with this ending; nothing when there is none. */
function readCached(cached: string, ending: string): { path: string; bytes: Uint8Array<ArrayBuffer> } {
  try {
    const path = `${cached}/${namesIn(cached).find((name) => name.endsWith(ending))}`;
    return { path, bytes: Deno.readFileSync(path) };
  } catch {
    return { path: "", bytes: new Uint8Array() };
  }
}

Deno.test("images() resumes decoding where a killed process stopped", async () => {
  await withSlowPictures(async (folder) => {
    const args = ["1000", '{"height":4,"width":4,"testShare":0}'], cached = `${folder}/data/cache`;
    const process = startProcess(folder, args);
    const marked = () => readCached(cached, ".progress").bytes.filter((mark) => mark === 1).length;
    let hasEnded = false;
    process.status.then(() => hasEnded = true);
    while (marked() < 3 && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill("SIGKILL");
    await process.output();
    const finished = marked(), chunk = readCached(cached, ".progress").bytes.indexOf(1);
    ok(finished >= 3 && finished < 16, `${finished} of 16 chunks were finished before the kill`);
    // A wrong byte in a finished chunk stays unless that chunk is decoded again.
    const partial = readCached(cached, ".partial"), at = chunk * 128 * 16;
    const wrong = partial.bytes[at] ^= 255;
    await Deno.writeFile(partial.path, partial.bytes);

    const { logged, train } = await outputOf(startProcess(folder, args));
    const left = (2048 - 128 * finished).toLocaleString("en-US");
    match(logged[0], new RegExp(`^Decoding the other ${left} of 2,048 pictures`));
    const bytes = await Deno.readFile(`${folder}/${train.file.path}`);
    equal(bytes[at], wrong);
    bytes[at] ^= 255;
    const right = await readPicture(`${folder}/photos/0.pgm`, { folder, height: 4, width: 4 });
    deepEqual(bytes, Uint8Array.from({ length: 2048 * 16 }, (_, k) => right[k % 16]));
    equal(namesIn(cached).length, 1);
  });
});

Deno.test("images() of a folder that needs a cache names the missing permission", async () => {
  await withFolder(pictures(3), async (folder) => {
    const { error } = await outputOf(
      startProcess(folder, ["1"], ["--no-prompt", "--allow-read", "--allow-env"]),
    );
    match(error, /"data\/cache" must be writable .*: Requires write access to "data\/cache"/);
  });
});
