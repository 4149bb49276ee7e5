import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import { hallucinate, load, source } from "../../mod.ts";
import { fingerprintSource, openSource, SourceSpec } from "../../src/data/source.ts";
import { pipeline } from "../../src/pipeline/pipeline.ts";
import { resolvePipeline, specOf } from "../../src/pipeline/resolve.ts";
import { GLYPHS, modelOf, mustRun, runStage } from "../stages/fake_run.ts";

const ring = source({
  name: "ring",
  version: 3,
  options: { points: 20 },
  shape: [2],
  open: ({ points }) => ({
    train: { values: Float32Array.from({ length: 2 * points }, (_, at) => Math.sin(at)) },
  }),
});

/** A source that returns this, with the shape [2]. */
const returning = (made: unknown, more: object = {}) =>
  source({ name: "own", version: 1, shape: [2], open: () => made as never, ...more })();

Deno.test("load() takes an own source: its options are checked and set, and a test split is drawn where it has none", async () => {
  const resolved = resolvePipeline(pipeline("test").pipe(load(ring())), {
    overrides: ["load.source.points=30"],
  });
  deepEqual(JSON.parse(JSON.stringify(specOf(resolved).stages[0].options.source)), {
    source: "ring",
    points: 30,
  });
  deepEqual(resolved.stages[0].lines[0], "ring (own source), points 30");
  const { dataset } = (await mustRun(load(ring({ points: 10 })))).result.outputs as {
    dataset: { train: object; test: object };
  };
  equal((dataset.train as { count: number }).count, 9);
  equal((dataset.test as { count: number }).count, 1);
  equal(await fingerprintSource(SourceSpec.parse(ring())), "ring 3 ");
});

Deno.test("load() refuses options that an own source does not have, and names of built-in sources", () => {
  const refused = (made: Parameters<typeof load>[0], says: RegExp, overrides: string[] = []) =>
    throws(() => resolvePipeline(pipeline("test").pipe(load(made)), { overrides }), (thrown: Error) => {
      match(thrown.message, says);
      return true;
    });
  refused(ring({ points: "3" } as never), /✖ load\.source\.points must be a number, got "3"/);
  refused(ring(), /✖ load\.source\.pionts is unknown, got 3 \(known are points\)/, ["load.source.pionts=3"]);
  refused(
    source({ name: "mnist", version: 1, open: () => ({ train: { values: new Uint8Array(1) } }) })(),
    /✖ load\.source must not have the name of a built-in source, got "mnist"/,
  );
  refused({ source: "emojis" } as never, /✖ load\.source\.source must be .*emoji/);
  // @ts-expect-error: a built-in source is known by its name.
  load({ source: "emojis" });
  // @ts-expect-error: an option of another type.
  ring({ points: "3" });
  // @ts-expect-error: a misspelt option.
  ring({ pionts: 3 });
  throws(
    () => source({ name: "x", version: 0, open: 5 } as never),
    /^UsageError: source "x": version .*; open must be a function/,
  );
});

const two = (length: number) => new Float32Array(length);
const REFUSED: readonly { name: string; made: unknown; more?: object; says: RegExp }[] = [
  {
    name: "nothing",
    made: undefined,
    says: /open must return an object such as \{ train, test \}, got undefined/,
  },
  {
    name: "no values",
    made: { train: {} },
    says: /train\.values must be a Uint8Array or a Float32Array, got undefined/,
  },
  { name: "doubles", made: { train: { values: new Float64Array(4) } }, says: /got a Float64Array/ },
  {
    name: "part of a sample",
    made: { train: { values: two(5) } },
    says: /train\.values must hold whole samples of 2 \(2 values\), got 5 values/,
  },
  { name: "no sample", made: { train: { values: two(0) } }, says: /at least one sample/ },
  {
    name: "another shape",
    made: { train: { values: two(6) }, shape: [3] },
    says: /shape must be 2 as declared, got 3/,
  },
  {
    name: "too few labels",
    made: { train: { values: two(4), labels: [0] } },
    says: /train\.labels must have one entry per sample \(2\), got 1/,
  },
  {
    name: "a label without a name",
    made: { train: { values: two(4), labels: [0, 5] }, labelNames: ["a"] },
    says: /train\.labels must be integers from 0 to 0, got 5 at 1/,
  },
  {
    name: "too few names",
    made: { train: { values: two(4), names: ["a"] } },
    says: /train\.names must have one entry/,
  },
  {
    name: "targets of another count",
    made: { train: { values: two(4), targets: two(2) } },
    says: /train\.targets must hold as many samples as values \(2\), got 1/,
  },
  {
    name: "splits of other kinds",
    made: { train: { values: two(4) }, test: { values: new Uint8Array(4) } },
    says: /test\.values must be a Float32Array as those of train, got a Uint8Array/,
  },
  {
    name: "labels in one split",
    made: { train: { values: two(4), labels: [0, 0] }, test: { values: two(4) } },
    says: /test\.labels must be given for every split or for none/,
  },
  {
    name: "an undeclared validation split",
    made: { train: { values: two(4) }, validation: { values: two(4) } },
    says: /validation must be returned if hasValidation is true, and only then, got one/,
  },
  {
    name: "NaN",
    made: { train: { values: Float32Array.of(1, NaN, 1, 1) } },
    more: { testShare: 0 },
    says: /must be finite numbers, got NaN in sample 0, value 1/,
  },
];

for (const { name, made, more, says } of REFUSED) {
  Deno.test(`load() fails with one sentence on an own source that returns ${name}`, async () => {
    const { error } = await runStage(load(returning(made, more)));
    match(error?.message ?? "none", says);
  });
}

Deno.test("load() fails with the file and line of an own source that throws", async () => {
  const broken = source({
    name: "broken",
    version: 1,
    shape: [2],
    open() {
      throw new Error("no such station");
    },
  });
  const { error } = await runStage(load(broken()));
  match(
    error!.message,
    /^source "broken": no such station \(tests\/data\/own_source_test\.ts, line \d+, column \d+\)$/,
  );
});

Deno.test("openSource() keeps splits, labels, names and targets of an own source", async () => {
  const train = {
    values: Uint8Array.of(1, 2, 3, 4),
    labels: [1, 0],
    names: ["a", "b"],
    targets: Uint8Array.of(4, 3, 2, 1),
  };
  const made = { train, test: train, validation: train, name: "mine" };
  const dataset = await openSource(SourceSpec.parse(returning(made, { hasValidation: true })), {
    seed: 1,
    log() {},
  });
  equal(dataset.name, "mine");
  equal(dataset.test, dataset.train);
  deepEqual(dataset.labelNames, ["0", "1"]);
  deepEqual(dataset.validation, {
    count: 2,
    values: train.values,
    targets: { values: train.targets },
    labels: Uint16Array.of(1, 0),
    names: ["a", "b"],
  });
});

Deno.test("hallucinate() shows the samples of an own source like those of any other", async () => {
  const drawn = source({
    name: "drawn",
    version: 1,
    shape: [7, 5, 1],
    open: () => ({ train: { values: Uint8Array.from({ length: 350 }, (_, at) => at % 256) } }),
  });
  const { result } = await mustRun(hallucinate({ inputs: [drawn()] }), {
    inputs: { dataset: GLYPHS, model: modelOf() },
  });
  ok(Object.keys(result.outputs.hallucinated as object).includes("drawn"));
});
