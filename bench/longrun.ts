// deno-lint-ignore-file no-console -- a bench prints.

/**
 * What it costs to record a long run and to view it: an event, a checkpoint of five million parameters, and attaching to a run of
 * 100,000 epochs.
 *
 *     deno run -A bench/longrun.ts
 *
 * @module
 */
import type { RunEvent } from "../src/pipeline/events.ts";
import {
  type CheckpointMessage,
  checkpointPort,
  checkpointWriter,
  openPort,
} from "../src/run/checkpoint_port.ts";
import { openFollower } from "../src/run/follow_events.ts";
import { openEventLog } from "../src/run/event_log.ts";
import { initialView } from "../src/run/fold/fold.ts";
import { reduce } from "../src/ui/view/reduce.ts";
import { renderFrame } from "../src/ui/screens/dashboard.tsx";

const EPOCHS = 100_000, PARAMETERS = 5_000_000, ROUNDS = 7;
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const epoch = (epoch: number): RunEvent => ({
  type: "epoch",
  t: 1.8e12 + 40 * epoch,
  stage: "train",
  epoch,
  loss: 100 / epoch + 0.123456789,
  validation: 101 / epoch + 0.123456789,
  parts: { reconstruction: 90 / epoch + 0.1, kl: 10 / epoch + 0.02 },
  best: 101 / epoch,
  bestEpoch: epoch,
  epochsWithoutImprovement: 0,
  learningRate: 0.001,
  seconds: 0.04,
});

/** Microseconds of the emitting thread per event, including the write to the disk. */
function eventCost(folder: string): number {
  const log = openEventLog(folder, () => {});
  const started = performance.now();
  for (let at = 1; at <= EPOCHS; at++) log.add(epoch(at));
  log.flush();
  const each = (performance.now() - started) * 1000 / EPOCHS;
  log.close();
  return each;
}

/** Milliseconds of the training's thread, and until the checkpoint is on the disk. */
async function checkpointCost(folder: string): Promise<{ thread: number; written: number }> {
  const memory = openPort(), write = checkpointWriter(memory, folder);
  let writing: Promise<void> = Promise.resolve();
  const post = (parcel: CheckpointMessage) => void (writing = write(parcel));
  const port = checkpointPort({ port: memory, post, flushEvents: () => 0 });
  // Parameters, Adam's two moments, the best weights and those before.
  const blocks = ["parameters", "slot0", "slot1", "best", "before"].map((name) => ({
    name,
    data: new Float32Array(PARAMETERS).fill(0.5),
  }));
  const checkpoints = port.of({ name: "train", key: "k" }, { everyMinutes: "auto", everyEpochs: null });
  const thread: number[] = [], written: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    checkpoints.save({ epochs: round }, blocks);
    const left = performance.now();
    await writing;
    // The first makes room for the numbers.
    if (round > 0) {
      thread.push(left - started);
      written.push(performance.now() - left);
    }
  }
  return { thread: median(thread), written: median(written) };
}

/** Milliseconds from opening a run of 100,000 epochs to its frame. */
function attachCost(folder: string): number {
  const started = performance.now();
  const follower = openFollower(folder);
  const view = follower.read().events.reduce(reduce, initialView());
  renderFrame(view, { columns: 80, rows: 24, color: 2, now: Date.now() });
  follower.close();
  return performance.now() - started;
}

const folder = await Deno.makeTempDir();
try {
  await Deno.mkdir(`${folder}/checkpoints`);
  console.log(
    `an event: ${eventCost(folder).toFixed(1)} microseconds (${EPOCHS.toLocaleString("en-US")} of them)`,
  );
  const { thread, written } = await checkpointCost(folder);
  console.log(
    `a checkpoint of ${PARAMETERS.toLocaleString("en-US")} parameters (100 MB): ${
      thread.toFixed(1)
    } ms of the training's thread, ${written.toFixed(0)} ms until it is on the disk`,
  );
  const costs = Array.from({ length: 5 }, () => attachCost(folder));
  console.log(`attaching to ${EPOCHS.toLocaleString("en-US")} epochs: ${median(costs).toFixed(0)} ms`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
