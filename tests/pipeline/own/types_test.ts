import { strictEqual as equal } from "node:assert/strict";
import { z } from "zod";
import { type Dataset, glyphs, load, metric, pipeline, stage, unit } from "../../../mod.ts";

const brightness = stage({
  name: "brightness",
  version: 1,
  inputs: ["dataset"],
  outputs: ["mean"],
  options: { limit: 1000 },
  run: ({ dataset }: { dataset: Dataset }, { limit }) => ({ outputs: { mean: dataset.train.values[limit] } }),
});

const doubled = stage({
  name: "doubled",
  version: 1,
  inputs: ["mean"],
  optionalInputs: ["noise"],
  options: z.strictObject({ times: z.number(), text: z.string().default("") }),
  run({ mean, noise }: { mean: number; noise?: { std: number } }, { times, text }) {
    const value: number = mean * times * (noise?.std ?? 1), note: string = text;
    return { note, metrics: { value: metric(value, { unit: unit("lux"), direction: "none" }) } };
  },
});

Deno.test("stage() gives stages that a chain checks by the types of their inputs, outputs and options", () => {
  const chain = pipeline("typed").pipe(load(glyphs())).pipe(brightness()).pipe(doubled({ times: 2 }));
  equal(chain.stages.length, 3);
  // @ts-expect-error: no dataset.
  pipeline("typed").pipe(brightness());
  // @ts-expect-error: no mean.
  pipeline("typed").pipe(load(glyphs())).pipe(doubled({ times: 2 }));
  // @ts-expect-error: a misspelt option.
  brightness({ limt: 3 });
  // @ts-expect-error: an option of another type.
  brightness({ limit: "3" });
  // @ts-expect-error: an option without a default.
  doubled({ text: "a" });
});

Deno.test("stage() compiles only with lists of names that are those of the types of run, and metrics with units", () => {
  const made = () => {
    // @ts-expect-error: the list lacks an input.
    stage({ name: "a", version: 1, inputs: [], run: (_: { dataset: Dataset }) => ({}) });
    // @ts-expect-error: an input that run does not take.
    stage({ name: "a", version: 1, inputs: ["dataset", "model"], run: (_: { dataset: Dataset }) => ({}) });
    // @ts-expect-error: the list lacks an output.
    stage({ name: "a", version: 1, outputs: ["one"], run: () => ({ outputs: { one: 1, two: 2 } }) });
    // @ts-expect-error: a misspelt unit.
    metric(1, { unit: "pixel", direction: "none" });
    // @ts-expect-error: a metric without a unit.
    stage({ name: "a", version: 1, run: () => ({ metrics: { a: { value: 1, direction: "none" } } }) });
  };
  equal(typeof made, "function");
});
