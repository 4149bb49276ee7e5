import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { KEPT_MOMENTS, type Timeline, timeline } from "../../../src/ui/view/timeline.ts";
import type { View } from "../../../src/run/fold/view.ts";
import { digitRun, START, untilEpoch } from "../fake_run.ts";

const [run, , , started, training] = digitRun();
const opening = [run, started, { ...training, epochs: 1_000_000 }] as RunEvent[];
const epoch = (number: number): RunEvent => ({
  type: "epoch",
  t: START + number,
  stage: "train",
  epoch: number,
  loss: 1 / number,
  best: 1 / number,
  bestEpoch: number,
  epochsWithoutImprovement: 0,
  learningRate: 0.1,
  seconds: 0.001,
});
const preview = (epoch: number): RunEvent => ({
  type: "preview",
  t: START + epoch,
  stage: "train",
  epoch,
  height: 1,
  width: 1,
  items: [],
});

/** Feeds a past with events; gives the last view. */
function feed(past: Timeline, events: Iterable<RunEvent>, view: View = initialView()): View {
  for (const event of events) {
    view = reduce(view, event);
    past.take(view);
  }
  return view;
}
const epochsOf = (past: Timeline) => past.moments().map(({ epoch }) => epoch);

Deno.test("timeline keeps a moment an epoch, with the preview that came after it", () => {
  const past = timeline();
  feed(past, untilEpoch(digitRun(), 12));
  deepEqual(epochsOf(past), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const tenth = past.moments()[9];
  deepEqual([tenth.view.preview?.epoch, tenth.view.latent?.epoch, tenth.view.trainings[0].last?.epoch], [
    10,
    10,
    10,
  ]);
});

Deno.test("timeline takes nothing for an epoch that comes after the training", () => {
  const past = timeline();
  const view = feed(past, digitRun());
  equal(view.end?.status, "completed");
  equal(epochsOf(past).at(-1), 30);
  equal(past.moments().at(-1)!.view.stages.find(({ name }) => name === "train")?.state, "running");
  equal(past.step(null, -1)?.epoch, 30, "the past of an ended run begins with its last epoch");
});

Deno.test("timeline steps back and forth, stops at the first and comes back to the present", () => {
  const past = timeline();
  feed(past, [...opening, ...Array.from({ length: 30 }, (_, index) => epoch(index + 1))]);
  const one = past.step(null, -1)!;
  equal(one.epoch, 29, "epoch 30 is the present");
  const ten = past.step(one, -10)!;
  equal(ten.epoch, 19);
  equal(past.step(ten, -Infinity)?.epoch, 1);
  equal(past.step(past.step(ten, -100), -1)?.epoch, 1);
  equal(past.step(ten, 1)?.epoch, 20);
  equal(past.step(one, 1), null);
  equal(past.step(ten, 100), null);
  equal(past.step(null, 1), null);
});

Deno.test("timeline has no past before the second epoch", () => {
  const past = timeline();
  equal(past.step(null, -Infinity), null);
  feed(past, [...opening, epoch(1)]);
  equal(past.step(null, -1), null);
});

Deno.test("timeline steps on from a moment that was thinned out meanwhile", () => {
  const past = timeline();
  let view = feed(past, [...opening, ...Array.from({ length: 20 }, (_, index) => epoch(index + 1))]);
  const thirteenth = past.moments()[12];
  view = feed(past, Array.from({ length: 1000 }, (_, index) => epoch(index + 21)), view);
  equal(view.trainings[0].last?.epoch, 1020);
  deepEqual(epochsOf(past).slice(0, 5), [4, 8, 12, 16, 20]);
  equal(past.step(thirteenth, -1)?.epoch, 12);
  equal(past.step(thirteenth, 1)?.epoch, 16);
});

Deno.test("timeline drops epochs that a resumed run repeats", () => {
  const past = timeline();
  const view = feed(past, [...opening, ...[1, 2, 3, 4, 5].map(epoch)]);
  feed(past, [3, 4].map(epoch), view);
  deepEqual(epochsOf(past), [1, 2, 3, 4]);
});

Deno.test("timeline keeps at most 400 of 100,000 epochs, evenly, and every preview", () => {
  const past = timeline();
  const previews: number[] = [];
  let most = 0;
  let view = feed(past, opening);
  for (let number = 1; number <= 100_000; number++) {
    const isPreviewed = number % 10 ** Math.floor(Math.log10(number) + 1e-9) === 0;
    if (isPreviewed) previews.push(number);
    view = feed(past, isPreviewed ? [epoch(number), preview(number)] : [epoch(number)], view);
    most = Math.max(most, past.moments().length);
  }
  equal(most, KEPT_MOMENTS);
  const kept = epochsOf(past);
  deepEqual(previews.filter((number) => !kept.includes(number)), []);
  const gaps = kept.slice(1).map((number, index) => number - kept[index]);
  equal(Math.max(...gaps), 512);
  equal(kept.length >= 100_000 / 512, true);
});

Deno.test("timeline thins previews evenly when there are more of them than moments", () => {
  const past = timeline();
  feed(past, opening);
  let view = feed(past, opening);
  for (let number = 1; number <= 2000; number++) view = feed(past, [epoch(number), preview(number)], view);
  const kept = epochsOf(past).slice(0, -1);
  equal(kept.length <= KEPT_MOMENTS, true);
  deepEqual(new Set(kept.slice(1).map((number, index) => number - kept[index])), new Set([8]));
});

Deno.test("timeline shares what did not change between its moments", () => {
  const past = timeline();
  feed(past, [...opening, preview(0), ...Array.from({ length: 300 }, (_, index) => epoch(index + 1))]);
  const [first, second] = past.moments().slice(-2).map(({ view }) => view);
  equal(first.stages, second.stages);
  equal(first.preview, second.preview);
  equal(first.trainings[0].history.chunks, second.trainings[0].history.chunks);
});
