import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { UsageError } from "../../src/core/errors.ts";
import { resolveInspected, resolveMemo, resolvePipeline, specOf } from "../../src/pipeline/resolve.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import {
  ae,
  evaluate,
  exportRun,
  generate,
  glyphs,
  images,
  load,
  mnist,
  noise,
  pipeline,
  train,
} from "../../mod.ts";
import { chain, faultsIn, MODEL, optionsOf, plain, unchecked } from "./chains.ts";

Deno.test("resolvePipeline fills in every default", () => {
  const { name, seed, stages } = resolvePipeline(plain());
  deepEqual([name, seed], ["test", 42]);
  deepEqual(
    stages.map(({ name, kind }) => [name, kind]),
    ["load", "noise", "train", "evaluate"].map((kind) => [kind, kind]),
  );
  const { model: _, ...options } = optionsOf(resolvePipeline(plain()), "train");
  deepEqual(options, {
    optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    schedule: { kind: "constant", warmupEpochs: 0 },
    epochs: 20,
    freeze: [],
    initial: null,
    checkpoint: { everyMinutes: "auto", everyEpochs: null, keepOptimizer: false },
    batchSize: 128,
    repeats: 1,
    shuffleBlock: null,
    until: null,
    validationShare: 0,
    patience: null,
    minDelta: 0,
    monitor: "auto",
    clipNorm: null,
    previews: true,
  });
});

Deno.test("resolvePipeline reports all faults of all stages together, each with its path", () => {
  const wrong = pipeline(unchecked("a/b"), { seed: -1 })
    .pipe(load(unchecked({ source: "mnsit" })))
    .pipe(noise({ std: -1, share: 2 }))
    .pipe(train(MODEL, unchecked({ epohcs: 3, epochs: 0, batchSize: 1.5, pateince: 3 })))
    .pipe(evaluate({ splits: [] }));
  throws(() => resolvePipeline(wrong), (thrown: unknown) => {
    equal(thrown instanceof UsageError, true);
    equal(
      (thrown as Error).message,
      `Cannot run pipeline "a/b": 10 settings are wrong
  ✖ pipeline.name must be 1 to 80 letters, digits, blanks, dots, dashes or underscores and begin with a letter or digit, got "a/b"
  ✖ pipeline.seed must be at least 0, got -1
  ✖ load.source.source must be one of "glyphs", "mnist", "idx", "images", "emoji", "faces", "arrays", "npy", "npz", "paired", "shards", "cifar10", "table", got "mnsit"
  ✖ noise.std must be at least 0, got -1
  ✖ noise.share must be at most 1, got 2
  ✖ train.epochs must be at least 1, got 0
  ✖ train.batchSize must be an integer, got 1.5
  ✖ train.epohcs is unknown: did you mean "epochs"?
  ✖ train.pateince is unknown: did you mean "patience"?
  ✖ evaluate.splits must have at least 1 entry, got []`,
    );
    return true;
  });
});

Deno.test("resolvePipeline refuses a stage whose input no earlier stage makes, as the compiler would", () => {
  const said = (...stages: object[]) => faultsIn(chain(...stages));
  deepEqual(said(load(glyphs()), evaluate(), train(MODEL)), [
    'evaluate needs "model", which no earlier stage makes',
  ]);
  deepEqual(said(noise(), load(glyphs())), ['noise needs "dataset", which no earlier stage makes']);
  deepEqual(said(generate(), exportRun()), [
    'generate needs "dataset", which no earlier stage makes',
    'generate needs "model", which no earlier stage makes',
    'exportRun needs "dataset", which no earlier stage makes',
    'exportRun needs "model", which no earlier stage makes',
  ]);
  deepEqual(said(), ["pipeline must have at least one stage"]);
  deepEqual(said(load(glyphs()), train(MODEL), evaluate()), []);
});

Deno.test("resolvePipeline leaves the size of images open where it is not known before they are read", () => {
  const small = train(ae({ encoder: [785, 9], latent: 2 }));
  deepEqual(faultsIn(pipeline("test").pipe(load(images("data"))).pipe(small)), []);
  deepEqual(faultsIn(pipeline("test").pipe(load(mnist())).pipe(small)), [
    "train.model.encoder must begin with the 784 values of a sample of 28x28, or leave them out, got 785 " +
    "(a hidden layer wider than its input is written dense(785))",
  ]);
});

Deno.test("resolvePipeline passes on whether TensorBoard's files are written, which is no part of the spec", () => {
  const resolved = resolvePipeline({ ...plain(), tensorboard: true });
  equal(resolved.tensorboard, true);
  equal(resolvePipeline(plain()).tensorboard, false);
  deepEqual(specOf(resolved), specOf(resolvePipeline(plain())));
  throws(
    () => resolvePipeline({ ...plain(), tensorboard: unchecked("yes") }),
    /pipeline\.tensorboard must be true or false, got "yes"/,
  );
});

Deno.test("resolvePipeline takes seeds from 0 to 2^53 - 1, the one of its settings first", () => {
  const seeded = (seed: number) => faultsIn(pipeline("test", { seed }).pipe(load(glyphs())));
  deepEqual([0, 2 ** 53 - 1].flatMap(seeded), []);
  deepEqual(seeded(-1), ["pipeline.seed must be at least 0, got -1"]);
  deepEqual(seeded(2 ** 53), [
    "pipeline.seed must be at most 9007199254740991, got 9007199254740992",
  ]);
  deepEqual(seeded(1.5), ["pipeline.seed must be an integer, got 1.5"]);
  equal(resolvePipeline(plain(), { seed: 7 }).seed, 7);
  deepEqual(faultsIn(plain(), { seed: -7 }), ["pipeline.seed must be at least 0, got -7"]);
});

Deno.test("resolvePipeline takes names that can be folders, and no others", () => {
  const named = (name: string) => faultsIn(pipeline(name).pipe(load(glyphs()))).length === 0;
  deepEqual(["mnist-vae", "Über 2", "a.b_c", "7", "x".repeat(80)].map(named), Array(5).fill(true));
  deepEqual(
    ["", "../up", "a/b", ".hidden", "-x", " x", "a\nb", "x".repeat(81)].map(named),
    Array(8).fill(false),
  );
});

Deno.test("resolvePipeline gives every stage a name of its own", () => {
  const names = (...given: (string | undefined)[]) =>
    resolvePipeline(chain(load(glyphs()), ...given.map((name) => train(MODEL, { name }))))
      .stages.slice(1).map(({ name }) => name);
  deepEqual(names(undefined, undefined, undefined), ["train", "train2", "train3"]);
  deepEqual(names(undefined, "fine", undefined), ["train", "fine", "train2"]);
  deepEqual(names("fine", "fine"), ["fine", "fine2"]);
  // A name that a stage was given goes to no other, wherever it stands.
  deepEqual(names(undefined, undefined, "train2"), ["train", "train3", "train2"]);
  deepEqual(names("train", undefined), ["train", "train2"]);
});

Deno.test("resolvePipeline refuses stage names that --set or a file could not bear", () => {
  const named = (name: string) => faultsIn(pipeline("test").pipe(load(glyphs(), { name })));
  deepEqual(["first walk", "a-b_c", "Zug 9"].flatMap(named), []);
  for (const name of ["../../up", "a.b", "a/b", " a", "x".repeat(41)]) {
    deepEqual(named(name), [
      `${name}.name must be 1 to 40 letters, digits, blanks, dashes or underscores and begin with a letter or digit, got "${name}"`,
    ]);
  }
});

Deno.test("resolvePipeline names what is in the place of a stage and is none", () => {
  const foreign = [load, 5, null, undefined, "train", [], {}, glyphs(), () => {}] as unknown as object[];
  deepEqual(faultsIn(chain(...foreign)), [
    "load must be a stage, got the function load (write load(...))",
    "stage 2 must be a stage, got 5",
    "stage 3 must be a stage, got null",
    "stage 4 must be a stage, got undefined",
    'stage 5 must be a stage, got "train"',
    "stage 6 must be a stage, got a list",
    "stage 7 must be a stage, got an object",
    "stage 8 must be a stage, got an object",
    "stage 9 must be a stage, got the function without a name",
  ]);
});

Deno.test("resolvePipeline cuts long names and values in its messages", () => {
  const long = "x".repeat(1e6);
  const faults = [
    ...faultsIn(plain({ [long]: 1, patience: long })),
    ...faultsIn({ ...plain(), name: long }),
    ...faultsIn(plain(), { overrides: [`${long}.a=1`, `train.${long}=1`, long] }),
  ];
  ok(faults.length >= 6);
  for (const fault of faults) ok(fault.length < 600, String(fault.length));
});

Deno.test("resolveInspected() inspects the data once for all settings under which a stage has the same options", async () => {
  const source = load(glyphs()), definition = definitionOf(source), { inspect } = definition;
  const file = pipeline("inspected").pipe(source).pipe(train(ae({ encoder: [35, 8], latent: 2 })));
  let count = 0;
  definition.inspect = (options) => {
    count++;
    return inspect!(options);
  };
  try {
    const memo = resolveMemo();
    for (const epochs of [1, 2, 3]) {
      for (const seed of [1, 2]) {
        await resolveInspected(file, { overrides: [`train.epochs=${epochs}`], seed }, memo);
      }
    }
    equal(count, 1);
    await resolveInspected(file, { overrides: ["load.binarise=threshold"] }, memo);
    equal(count, 2);
  } finally {
    definition.inspect = inspect;
  }
});
