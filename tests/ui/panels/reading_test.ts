import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Choices, NO_CHOICES, OWNS_RUN, type Situation } from "../../../src/ui/view/choices.ts";
import type { Comparison } from "../../../src/ui/view/comparison.ts";
import { readingLines } from "../../../src/ui/panels/reading.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import type { View } from "../../../src/run/fold/view.ts";
import { BROKEN, digitHealth } from "../fake_health.ts";
import { digitRun, glyphRun, onPlateau, untilEpoch } from "../fake_run.ts";

const whole = digitRun().reduce(reduce, initialView());
const digits = untilEpoch(digitRun(), 14).reduce(reduce, initialView());
const glyphs = untilEpoch(glyphRun(), 30).reduce(reduce, initialView());
const loading = digitRun().slice(0, 2).reduce(reduce, initialView());
const attached: Situation = { attached: true, canDetach: false };

const TABLE: {
  name: string;
  view: View;
  choices?: Partial<Choices>;
  situation?: Situation;
  compare?: Comparison;
  lines: string[];
}[] = [
  {
    name: "describes a run without validation",
    view: glyphs,
    situation: { attached: false, canDetach: true },
    lines: [
      "glyphs-dae, seed 42, wasm, 1 thread: running for 0:00.",
      "Stages: running train; finished load, noise; waiting evaluate, export.",
      "Epoch 30 of 3,000, 1 percent.",
      "Loss 13.423 nats/sample.",
      "Best loss 12.932 at epoch 28.",
      "No improvement for 2 of 300 epochs.",
      "About 0:36 left, 170,667 samples per second.",
      "Preview of 8 samples after epoch 30, not shown.",
      "Keys: question mark help, q stop, d detach.",
    ],
  },
  {
    name: "says how close the learning rate is to its next fall",
    view: untilEpoch(onPlateau(glyphRun(), 3), 30).reduce(reduce, initialView()),
    lines: [
      "glyphs-dae, seed 42, wasm, 1 thread: running for 0:00.",
      "Stages: running train; finished load, noise; waiting evaluate, export.",
      "Epoch 30 of 3,000, 1 percent.",
      "Loss 13.423 nats/sample.",
      "Best loss 12.932 at epoch 28.",
      "No improvement for 2 of 300 epochs.",
      "Learning rate 0.0001; it falls after 5 epochs without improvement, 2 so far.",
      "About 0:36 left, 170,667 samples per second.",
      "Preview of 8 samples after epoch 30, not shown.",
      "Keys: question mark help, q stop.",
    ],
  },
  {
    name: "describes the stages before the training",
    view: loading,
    lines: [
      "mnist-vae-2d, seed 42, wasm, 1 thread: running for 0:00.",
      "Stages: running load; waiting train, evaluate, interpolate, generate, export.",
      "Keys: question mark help, q stop.",
    ],
  },
  {
    name: "says how a run ended, and offers only to leave",
    view: whole,
    situation: attached,
    lines: [
      "mnist-vae-2d, seed 42, wasm, 1 thread: completed: all stages done (after 2:01).",
      "Stages: finished load, train, evaluate, interpolate, generate, export.",
      "Epoch 30 of 60, 50 percent.",
      "Loss 139.089, validation 148.565 nats/sample.",
      "Best validation 147.680 at epoch 22.",
      "No improvement for 8 of 8 epochs.",
      "Preview of 10 samples after epoch 30, not shown.",
      "! evaluate: 1 of 2 latent units is hardly used",
      "Keys: question mark help, q leave.",
    ],
  },
  {
    name: "compares two runs",
    view: digits,
    compare: { name: "before", view: whole },
    lines: [
      "mnist-vae-2d, seed 42, wasm, 1 thread: running for 0:55.",
      "Stages: running train; finished load; waiting evaluate, interpolate, generate, export.",
      "Epoch 14 of 60, 23 percent.",
      "Loss 145.567, validation 148.988 nats/sample.",
      "Best validation 148.988 at epoch 14.",
      "No improvement for 0 of 8 epochs.",
      "About 3:00 left, 13,846 samples per second.",
      "before 147.680 at epoch 22",
      "the same at epoch 14",
      "Preview of 10 samples after epoch 10, not shown.",
      "Keys: question mark help, q stop.",
    ],
  },
];
for (const { name, view, choices, situation = OWNS_RUN, compare, lines } of TABLE) {
  Deno.test(`readingLines ${name}`, () => {
    const reading = { view, choices: { ...NO_CHOICES, ...choices }, situation, compare, now: view.at };
    deepEqual(readingLines(reading), lines);
  });
}

Deno.test("readingLines describes the use of the latent space and, after v, each latent dimension", () => {
  const health = { ...digitHealth(10, 3), collapse: "most of it has collapsed" };
  const read = (isOpen: boolean) =>
    readingLines({
      view: [health, BROKEN].reduce(reduce, digits),
      choices: { ...NO_CHOICES, health: isOpen },
      situation: OWNS_RUN,
      compare: undefined,
      now: digits.at,
    }).slice(8);
  const broken = `Diverged in epoch 27, batch 112 (step 10,970): ${BROKEN.message}.`;
  deepEqual(read(false), [
    broken,
    "Latent space after epoch 10: 2 of 3 latent dimensions active, 5.875 nats in total.",
    "Keys: question mark help, q stop, v more about the latent space.",
  ]);
  deepEqual(read(true), [
    broken,
    "Latent space after epoch 10: 2 of 3 latent dimensions active, 5.875 nats in total; the prior has mean 0 and spread 1.",
    "most of it has collapsed.",
    "z1: 3.100 nats, mean 0.75, spread 1.00.",
    "z2: 2.774 nats, mean 0.10, spread 1.90.",
    "z3: 0.001 nats, mean 0.11, spread 1.00.",
    "Keys: question mark help, q stop, v less about the latent space.",
  ]);
});

Deno.test("readingLines says that it describes the past", () => {
  const past = { order: 1, stage: "train", epoch: 14, view: digits, preview: 0 };
  const choices = { ...NO_CHOICES, past };
  const reading = { view: digits, choices, situation: OWNS_RUN, compare: undefined, now: digits.at };
  equal(readingLines(reading)[1], "This is the past; press 0 for the present.");
});

Deno.test("readingLines has no gauge, no curve and no column in any of its texts", () => {
  for (const view of [digits, glyphs, whole, loading, initialView()]) {
    for (const part of [{}, { help: true }, { asking: true }, { stopping: "batch" } as const]) {
      const choices = { ...NO_CHOICES, ...part };
      const text = readingLines({ view, choices, situation: OWNS_RUN, compare: undefined, now: view.at })
        .join("\n");
      equal(/[▰▱▀─┄┈▲●○✔✖■\u2800-\u28ff]| {2}/u.test(text), false, text);
    }
  }
});
