import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { foldEvent, initialView } from "../../../src/run/fold/fold.ts";
import { wholeRun } from "../../../src/run/fold/whole_run.ts";
import { digitRun, glyphRun } from "../../ui/fake_run.ts";

Deno.test("wholeRun() replaces an epoch and all later ones by a repeated one", () => {
  const events = glyphRun();
  const training = events.find(({ type }) => type === "training")!;
  const epoch = (number: number, loss: number): RunEvent => ({
    ...events.find(({ type }) => type === "epoch")!,
    type: "epoch",
    epoch: number,
    loss,
  } as RunEvent);
  const resumed = [training, epoch(1, 9), epoch(2, 8), epoch(3, 7), training, epoch(3, 6), epoch(4, 5)];
  const [{ epochs, start }] = wholeRun(resumed).trainings;
  deepEqual(epochs.map(({ epoch, loss }) => [epoch, loss]), [[1, 9], [2, 8], [3, 6], [4, 5]]);
  equal(start?.epochs, 3000);
  deepEqual(wholeRun([...resumed, epoch(1, 4)]).trainings[0].epochs.map(({ loss }) => loss), [4]);
});

Deno.test("wholeRun() ends with the view that the fold of a screen ends with, and keeps every epoch and preview", () => {
  for (const events of [glyphRun(), digitRun()]) {
    const { view, trainings, artifacts, warnings, logs } = wholeRun(events);
    deepEqual(view, events.reduce(foldEvent, initialView()));
    const of = (type: RunEvent["type"]) => events.filter((event) => event.type === type);
    const all = (field: "epochs" | "previews") =>
      trainings.flatMap((training): RunEvent[] => [...training[field]]);
    deepEqual(all("epochs"), of("epoch"));
    deepEqual(all("previews"), of("preview"));
    deepEqual([...artifacts.values()], of("artifact"));
    deepEqual([warnings, logs], [of("warning"), of("log")]);
    deepEqual(trainings.map(({ start }) => start), of("training"));
    equal(view.trainings.length, trainings.length);
    ok(view.trainings.every(({ last }, place) => last?.loss === trainings[place].epochs.at(-1)!.loss));
  }
});
