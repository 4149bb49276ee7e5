import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { followEvents } from "../../src/run/follow_events.ts";
import {
  type EpochProgress,
  openProgress,
  progressFile,
  progressReader,
  progressWriter,
  readProgress,
  watchProgress,
} from "../../src/run/progress.ts";
import { withFolder } from "./temporary.ts";

const HALF_WAY: EpochProgress = {
  stage: "train",
  at: 1000,
  epoch: 3,
  batch: 200,
  batches: 400,
  loss: 101.5,
  batchesPerSecond: 12.5,
};

Deno.test("progressReader returns the batches of a long epoch, with its pace and mean loss", () => {
  const memory = openProgress(), read = progressReader(memory, ["load", "train"]);
  const { begin, batch } = progressWriter(memory, 1);
  equal(read(0), undefined, "before the first epoch");
  begin(1, 1000);
  equal(read(500), undefined, "the first look only marks where it stands");
  batch(20, 180);
  deepEqual(read(1500), {
    stage: "train",
    at: 1500,
    epoch: 1,
    batch: 20,
    batches: 1000,
    loss: 180,
    batchesPerSecond: 20,
  });
  equal(read(2000), undefined, "nothing has moved");
  batch(40, NaN);
  const { loss, batchesPerSecond, ...later } = read(2500)!;
  deepEqual([later.batch, loss], [40, null]);
  ok(batchesPerSecond! > 19.9 && batchesPerSecond! < 20.6, `${batchesPerSecond}`);
});

Deno.test("progressReader returns nothing for epochs shorter than a poll, and after the last batch", () => {
  const memory = openProgress(), read = progressReader(memory, ["train"]);
  const { begin, batch } = progressWriter(memory, 0);
  for (let epoch = 1; epoch <= 5; epoch++) {
    begin(epoch, 10);
    batch(5, 1);
    equal(read(500 * epoch), undefined);
  }
  batch(10, 1);
  equal(read(3000)!.batch, 10);
  // Validation, previews and health take a minute: the pace is that of batches.
  equal(read(63_000), undefined);
  begin(6, 10);
  equal(read(63_500), undefined);
  batch(5, 1);
  const { batchesPerSecond } = read(64_000)!;
  ok(Math.abs(batchesPerSecond! - 10) < 0.2, `${batchesPerSecond}`);
});

Deno.test("progressFile overwrites one small file at most once a second, and removes it at the end", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/progress.json`, "left by a process that was killed");
    const { write, remove } = progressFile(folder);
    equal(readProgress(folder), undefined);
    write(HALF_WAY);
    deepEqual(readProgress(folder), HALF_WAY);
    write({ ...HALF_WAY, at: 1999, batch: 201 });
    equal(readProgress(folder)!.batch, 200);
    const shorter = { ...HALF_WAY, at: 2000, epoch: 4, batch: 1, loss: null, batchesPerSecond: null };
    write(shorter);
    deepEqual(readProgress(folder), shorter);
    for (let batch = 2; batch < 400; batch++) write({ ...shorter, at: 2000 + 1000 * batch, batch });
    ok((await Deno.stat(`${folder}/progress.json`)).size < 250);
    remove();
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("progressFile does not throw where nothing can be written", () => {
  const { write, remove } = progressFile("/dev/null/no/such/folder");
  write(HALF_WAY);
  write({ ...HALF_WAY, at: 9000 });
  remove();
});

Deno.test("readProgress rejects a file that is truncated, foreign, endless or invalid", async () => {
  await withFolder(async (folder) => {
    const content = { schema: SCHEMA.progress, ...HALF_WAY };
    const whole = JSON.stringify(content);
    const bad = [
      "",
      whole.slice(0, -5),
      "[]",
      JSON.stringify(HALF_WAY),
      `${whole}${" ".repeat(5000)}x`,
      JSON.stringify({ ...content, batch: 401 }),
      JSON.stringify({ ...content, batches: 0, batch: 0 }),
      whole.replace("12.5", "1e999"),
    ];
    for (const text of bad) {
      await Deno.writeTextFile(`${folder}/progress.json`, text);
      if (text.length < 5000) equal(readProgress(folder), undefined, text);
      else deepEqual(readProgress(folder), HALF_WAY, "what lies behind is never read");
    }
  });
});

Deno.test("followEvents passes the progress inside an epoch to a viewer in another process", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/events.jsonl`, "");
    progressFile(folder).write(HALF_WAY);
    const leaving = new AbortController();
    const seen: EpochProgress[] = [];
    await followEvents(folder, {
      signal: leaving.signal,
      onEvents() {},
      onProgress(progress) {
        seen.push(progress);
        leaving.abort();
      },
    });
    deepEqual(seen, [HALF_WAY]);
  });
});

Deno.test("watchProgress passes the progress on and writes it for viewers, until the run ends", async () => {
  await withFolder(async (folder) => {
    const memory = openProgress(), { begin, batch } = progressWriter(memory, 1);
    const heard = Promise.withResolvers<EpochProgress>();
    begin(2, 1e6);
    const watch = watchProgress({ memory, stages: ["load", "train"], folder, listen: heard.resolve });
    let done = 0;
    const training = setInterval(() => batch(++done, 1.5), 20);
    const progress = await heard.promise;
    deepEqual([progress.stage, progress.epoch, progress.batches, progress.loss], ["train", 2, 1e6, 1.5]);
    ok(progress.batch > 0 && progress.batchesPerSecond! > 0);
    deepEqual(readProgress(folder), progress);
    clearInterval(training);
    watch.close();
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});
