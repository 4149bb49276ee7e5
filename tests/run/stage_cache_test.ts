import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { hashOf, type StageKeys, stageKeys } from "../../src/pipeline/keys.ts";
import {
  cacheFolder,
  findCached,
  listCached,
  type StageRecord,
  storeCached,
} from "../../src/run/stage_cache.ts";
import { HARD_NUMBERS, resolved, withFolder } from "./temporary.ts";
import { metricsOf } from "../support/metrics.ts";

const KEYS = (await stageKeys(resolved(), "wasm")).get("train")!;
const EVENTS = '{"type":"log","t":5,"stage":"train","message":"ä"}\n';

/** The cache record of a run whose folder has one artifact. */
async function record(root: string, changes: Partial<StageRecord> = {}): Promise<StageRecord> {
  const folder = `${root}/run`;
  await Deno.mkdir(`${folder}/artifacts/deep`, { recursive: true });
  await Deno.writeTextFile(`${folder}/artifacts/deep/ä.txt`, "an artifact");
  const outputs = {
    floats: HARD_NUMBERS,
    view: new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
    doubles: Float64Array.of(-0, 5e-324, 0.1),
    names: ["ä", undefined],
    map: new Map([["a", 1]]),
  };
  return {
    pipeline: "test",
    stage: "train",
    run: "a-run",
    keys: KEYS,
    result: { outputs, note: "a note", metrics: metricsOf({ loss: 0.5, bad: NaN }) },
    events: EVENTS,
    folder,
    files: ["artifacts/deep/ä.txt"],
    ...changes,
  };
}

const bits = (
  { buffer, byteOffset, byteLength }: ArrayBufferView,
) => [...new Uint8Array(buffer, byteOffset, byteLength)];

/** Asserts that there is a result. */
async function hit(root: string, key = KEYS.key) {
  const found = await findCached(root, key);
  ok(typeof found === "object", String(found));
  return found;
}

Deno.test("findCached() returns what was stored: numbers bit for bit, events, files, and the run that computed it", async () => {
  await withFolder(async (root) => {
    const stored = await record(root);
    await storeCached(root, stored);
    const { manifest, result, events, restore } = await hit(root);
    deepEqual(result, stored.result);
    const outputs = result.outputs as Record<string, ArrayBufferView>;
    deepEqual(bits(outputs.floats), bits(HARD_NUMBERS));
    deepEqual(bits(outputs.view), [1, 2]);
    deepEqual(bits(outputs.doubles), bits(Float64Array.of(-0, 5e-324, 0.1)));
    deepEqual(events, [{ type: "log", t: 5, stage: "train", message: "ä" }]);
    deepEqual([manifest.run, manifest.pipeline, manifest.stage, manifest.key], [
      "a-run",
      "test",
      "train",
      KEYS.key,
    ]);
    await restore(`${root}/other run`);
    equal(await Deno.readTextFile(`${root}/other run/artifacts/deep/ä.txt`), "an artifact");
  });
});

Deno.test("findCached() finds nothing under another key, without a cache, and next to half-written entries", async () => {
  await withFolder(async (root) => {
    equal(await findCached(root, KEYS.key), undefined);
    await Deno.mkdir(`${cacheFolder(root)}/${KEYS.key}.1234.tmp`, { recursive: true });
    equal(await findCached(root, KEYS.key), undefined);
    await storeCached(root, await record(root));
    equal(await findCached(root, "another"), undefined);
  });
});

Deno.test("findCached() reports any changed file, removes the entry, and finds nothing afterwards", async () => {
  await withFolder(async (root) => {
    for (const file of ["result.bin", "events.jsonl", "files/artifacts/deep/ä.txt", "manifest.json"]) {
      await storeCached(root, await record(root));
      const folder = `${cacheFolder(root)}/${KEYS.key}`, bytes = await Deno.readFile(`${folder}/${file}`);
      for (const at of [0, bytes.length >> 1, bytes.length - 2]) {
        await storeCached(root, await record(root));
        const damaged = await Deno.readFile(`${folder}/${file}`);
        damaged[at] ^= 2;
        await Deno.writeFile(`${folder}/${file}`, damaged);
        equal(
          await findCached(root, KEYS.key),
          `The cached result ${folder} could not be used and was removed (${file} is damaged)`,
          `${file} at ${at}`,
        );
        equal(await findCached(root, KEYS.key), undefined);
        deepEqual([...Deno.readDirSync(cacheFolder(root))], []);
      }
    }
  });
});

Deno.test("findCached() reports a file that is missing, truncated, or of another entry", async () => {
  await withFolder(async (root) => {
    const folder = `${cacheFolder(root)}/${KEYS.key}`;
    const damages = [
      () => Deno.remove(`${folder}/result.bin`),
      () => Deno.truncate(`${folder}/result.bin`, 10),
      () => Deno.truncate(`${folder}/manifest.json`, 10),
      async () => {
        await storeCached(root, await record(root, { keys: { ...KEYS, key: "other" } as StageKeys }));
        await Deno.copyFile(`${cacheFolder(root)}/other/manifest.json`, `${folder}/manifest.json`);
      },
    ];
    for (const damage of damages) {
      await storeCached(root, await record(root));
      await damage();
      equal(typeof await findCached(root, KEYS.key), "string");
      equal(await findCached(root, KEYS.key), undefined);
    }
  });
});

Deno.test("storeCached() replaces an older result, also a partly removed one", async () => {
  await withFolder(async (root) => {
    await storeCached(root, await record(root));
    await storeCached(root, await record(root, { run: "b-run" }));
    equal((await hit(root)).manifest.run, "b-run");
    await Deno.remove(`${cacheFolder(root)}/${KEYS.key}/manifest.json`);
    await storeCached(root, await record(root, { run: "c-run" }));
    equal((await hit(root)).manifest.run, "c-run");
    equal([...Deno.readDirSync(cacheFolder(root))].length, 1);
  });
});

Deno.test("storeCached() from several processes leaves one whole result, while readers find a whole one or none", async () => {
  await withFolder(async (root) => {
    const stored = await record(root);
    let isWriting = true, hits = 0;
    const reading = (async () => {
      while (isWriting) {
        const found = await findCached(root, KEYS.key);
        ok(typeof found !== "string", found as string);
        if (found !== undefined) hits++;
      }
    })();
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        ["a", "b", "c", "d"].map((run) => storeCached(root, { ...stored, run: `${run}${round}` })),
      );
    }
    isWriting = false;
    await reading;
    ok(hits > 0);
    deepEqual((await hit(root)).result, stored.result);
    equal([...Deno.readDirSync(cacheFolder(root))].length, 1);
  });
});

const failures: { name: string; changes: Partial<StageRecord> }[] = [
  { name: "a missing file", changes: { files: ["artifacts/gone.txt"] } },
  { name: "a result that cannot be copied", changes: { result: { outputs: { act: () => {} } } } },
];
for (const { name, changes } of failures) {
  Deno.test(`storeCached() stores nothing of a result with ${name}, and keeps the earlier one`, async () => {
    await withFolder(async (root) => {
      await rejects(storeCached(root, await record(root, changes)));
      equal(await findCached(root, KEYS.key), undefined);
      await storeCached(root, await record(root));
      await rejects(storeCached(root, await record(root, changes)));
      await hit(root);
      equal([...Deno.readDirSync(cacheFolder(root))].length, 1);
    });
  });
}

Deno.test("listCached() returns the manifests from the newest, without incomplete entries", async () => {
  await withFolder(async (root) => {
    deepEqual(await listCached(root), { entries: [], others: [] });
    for (const key of ["a", "b", "c"]) {
      await storeCached(root, await record(root, { keys: { ...KEYS, key } }));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Deno.writeTextFile(`${cacheFolder(root)}/c/manifest.json`, "{");
    await Deno.rename(`${cacheFolder(root)}/a`, `${cacheFolder(root)}/a.tmp`);
    await storeCached(root, await record(root, { keys: { ...KEYS, key: "d" } }));
    deepEqual((await listCached(root)).entries.map(({ manifest }) => manifest.key), ["d", "b"]);
  });
});

Deno.test("findCached() uses no entry whose manifest names a file outside it, though its hash is right", async () => {
  await withFolder(async (root) => {
    const outside = "files/artifacts/../../../../escaped.txt";
    const names = [
      outside,
      "/etc/hosts",
      "../run/artifacts/deep/ä.txt",
      "files/run.json",
      "files/../x",
      "other",
    ];
    for (const name of names) {
      await storeCached(root, await record(root));
      const path = `${cacheFolder(root)}/${KEYS.key}/manifest.json`;
      const { sha256: _, ...manifest } = JSON.parse(await Deno.readTextFile(path));
      const [[, file]] = Object.entries(manifest.files).filter(([name]) => name.startsWith("files/"));
      manifest.files[name] = file;
      await Deno.writeTextFile(path, JSON.stringify({ ...manifest, sha256: hashOf(manifest) }));
      match(String(await findCached(root, KEYS.key)), /could not be used and was removed/, name);
    }
  });
});

Deno.test("findCached() restores through no link in the run folder", async () => {
  await withFolder(async (root) => {
    await storeCached(root, await record(root));
    await Deno.mkdir(`${root}/elsewhere`);
    await Deno.mkdir(`${root}/new`);
    await Deno.symlink(`${root}/elsewhere`, `${root}/new/artifacts`);
    const { restore } = await hit(root);
    await rejects(restore(`${root}/new`), /new\/artifacts" must be a folder, got a link/);
    equal([...Deno.readDirSync(`${root}/elsewhere`)].length, 0);
  });
});

Deno.test(
  "listCached() and findCached() do not block on a pipe, and ignore a file where the cache is expected",
  {
    ignore: Deno.build.os === "windows",
  },
  async () => {
    await withFolder(async (root) => {
      await Deno.mkdir(`${cacheFolder(root)}/${KEYS.key}`, { recursive: true });
      await new Deno.Command("mkfifo", { args: [`${cacheFolder(root)}/${KEYS.key}/manifest.json`] }).output();
      deepEqual(await listCached(root), { entries: [], others: [] });
      match(String(await findCached(root, KEYS.key)), /could not be used and was removed/);
      await Deno.remove(cacheFolder(root), { recursive: true });
      await Deno.writeTextFile(cacheFolder(root), "");
      deepEqual(await listCached(root), { entries: [], others: [] });
    });
  },
);
