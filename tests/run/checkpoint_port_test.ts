import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { FakeTime } from "./fake_time.ts";
import { checkpointFiles, decodeCheckpoint } from "../../src/run/checkpoint_file.ts";
import { checkpointPort, checkpointWriter, NO_PORT, openPort } from "../../src/run/checkpoint_port.ts";
import { withFolder } from "./temporary.ts";

interface Order {
  readonly saves: number;
  readonly isFlushBroken?: boolean;
}

/** Lets a busy worker save `rounds` times into a folder; returns its errors, and the rounds that were written. */
async function saveInWorker(folder: string, order: Order): Promise<{ errors: string[]; rounds: number[] }> {
  const port = openPort(), write = checkpointWriter(port, folder), rounds: number[] = [];
  const worker = new Worker(new URL("./port_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }) => {
        if (data === "ready") return worker.postMessage({ port, ...order });
        if (data.errors !== undefined) return resolve({ errors: data.errors, rounds });
        rounds.push(data.checkpoint.state.round);
        write(data.checkpoint);
      };
    });
  } finally {
    worker.terminate();
  }
}

Deno.test("checkpointPort() passes on what a busy worker saves, and settle() waits until it is on the disk", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/checkpoints`);
    deepEqual(await saveInWorker(folder, { saves: 5 }), { errors: [], rounds: [1, 2, 3, 4, 5] });
    const { last, previous } = checkpointFiles(folder, "train");
    const read = decodeCheckpoint(await Deno.readFile(last), last);
    deepEqual([read.stage, read.key, read.eventBytes, read.state], ["train", "k", 77, { round: 5 }]);
    deepEqual(read.blocks.map(({ name, data }) => [name, data.length, data[0]]), [["a", 1000, 5], [
      "b",
      1,
      -5,
    ]]);
    deepEqual(decodeCheckpoint(await Deno.readFile(previous), previous).state, { round: 4 });
  });
});

Deno.test("checkpointPort() throws in the worker when the main thread cannot write, and can be used again", async () => {
  await withFolder(async (folder) => {
    const { errors, rounds } = await saveInWorker(`${folder}/ölgone`, { saves: 2 });
    equal(errors.length, 1, "the second save says what became of the first, and is not done");
    deepEqual(rounds, [1]);
    ok(errors[0].includes(`${folder}/ölgone/checkpoints/train.last.safetensors": its folder does not exist`));
    match(errors[0], /the previous checkpoint is intact: free some space and resume with --resume auto$/);
  });
});

Deno.test("checkpointPort() does not wait for a checkpoint that was never sent, as writing its events failed", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/checkpoints`);
    deepEqual(await saveInWorker(folder, { saves: 2, isFlushBroken: true }), {
      errors: ["no room"],
      rounds: [2],
    });
  });
});

const SECOND = 1000, MINUTE = 60 * SECOND;
const clocks = [
  { name: 'is due after a second of "auto"', everyMinutes: "auto", wrote: 1, times: [999, 1000] },
  {
    name: 'is due after 50 times the last write of "auto"',
    everyMinutes: "auto",
    wrote: 100,
    times: [4999, 5000],
  },
  {
    name: "is due after everyMinutes",
    everyMinutes: 2.5,
    wrote: 1,
    times: [2.5 * MINUTE - 1, 2.5 * MINUTE],
  },
] as const;
for (const { name, everyMinutes, wrote, times: [early, late] } of clocks) {
  Deno.test(`checkpointPort() ${name}, and not while the last one is being written`, () => {
    using time = new FakeTime();
    const port = openPort(), head = new Int32Array(port, 0, 2);
    const { of } = checkpointPort({ port, post() {}, flushEvents: () => 0 });
    const { due, save } = of({ name: "train", key: "k" }, { everyMinutes, everyEpochs: null });
    const written = () => head.set([0, wrote]);
    save({}, []);
    time.pass(100 * MINUTE);
    equal(due(), false, "it is not written yet");
    written();
    equal(due(), true);
    save({}, []);
    written();
    time.pass(early);
    equal(due(), false);
    time.pass(late - early);
    equal(due(), true);
    equal(due(7), true);
  });
}

Deno.test("checkpointPort() is due at each epoch of everyEpochs, whatever the time, and never without either", () => {
  const { of } = checkpointPort({ port: openPort(), post() {}, flushEvents: () => 0 });
  const byEpochs = of({ name: "train", key: "k" }, { everyMinutes: null, everyEpochs: 3 });
  deepEqual([1, 2, 3, 4, 5, 6].map((epoch) => byEpochs.due(epoch)), [false, false, true, false, false, true]);
  equal(byEpochs.due(), false, "between two batches");
  const never = of({ name: "train", key: "k" }, { everyMinutes: null, everyEpochs: null });
  equal(never.due(3), false);
});

Deno.test("NO_PORT saves nothing and returns what it was given", () => {
  const found = { state: 1, blocks: [] };
  const { due, save, ...rest } = NO_PORT.of({ name: "x", key: "k", found }, {
    everyMinutes: "auto",
    everyEpochs: 1,
  });
  save({}, []);
  NO_PORT.settle();
  deepEqual([due(1), rest], [false, { found }]);
});
