import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { parseOverride } from "../../src/pipeline/overrides.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import {
  adam,
  evaluate,
  filterClasses,
  glyphs,
  interpolate,
  load,
  noise,
  pipeline,
  sgd,
  train,
} from "../../mod.ts";
import { chain, faultsIn, MODEL, optionsOf, plain } from "./chains.ts";

/** A stage's complete options under some settings of the plain pipeline. */
const set = (stage: string, ...overrides: string[]) =>
  optionsOf(resolvePipeline(plain(), { overrides }), stage);

const VALUES: readonly [text: string, value: unknown][] = [
  ["5", 5],
  ["1e-3", 1e-3],
  ["-1", -1],
  ["true", true],
  ["null", null],
  ["[0.2,0.5]", [0.2, 0.5]],
  ['{"kind":"sgd"}', { kind: "sgd" }],
  ['"5"', "5"],
  ["tanh", "tanh"],
  ["", ""],
  ["a=b", "a=b"],
  ["[1,", "[1,"],
];

Deno.test("parseOverride reads a value as JSON if it can be, else as text", () => {
  for (const [text, value] of VALUES) deepEqual(parseOverride(`train.x=${text}`)!.value, value, text);
});

Deno.test("parseOverride parts the stage from the path, at any depth", () => {
  deepEqual(parseOverride("my walk.model.encoder.1=9"), {
    text: "my walk.model.encoder.1=9",
    stage: "my walk",
    path: ["model", "encoder", "1"],
    value: 9,
    written: "9",
  });
});

Deno.test("parseOverride rejects what is no setting", () => {
  for (const text of ["", "train", "train=5", "train.epochs", ".epochs=5", "train.=5", "train..x=5", "=5"]) {
    equal(parseOverride(text), undefined, text);
  }
});

Deno.test("resolvePipeline puts settings through the same schema as the file", () => {
  equal(set("train", "train.epochs=5").epochs, 5);
  equal(set("train", "train.epochs=5", "train.epochs=6").epochs, 6);
  deepEqual(set("noise", "noise.std=[0.1,0.4]").std, [0.1, 0.4]);
  deepEqual(faultsIn(plain(), { overrides: ["train.epochs=0", "noise.std=much"] }), [
    'noise.std must be a number or a list, got "much"',
    "train.epochs must be at least 1, got 0",
  ]);
});

Deno.test("resolvePipeline sets nested options and entries of a list", () => {
  const { model } = set(
    "train",
    "train.model.latent=12",
    "train.model.encoder.1=20",
    "train.model.activation=tanh",
  );
  deepEqual(model, {
    kind: "ae",
    encoder: [35, 20],
    latent: 12,
    activation: "tanh",
    latentActivation: "linear",
    outputActivation: "sigmoid",
    initialiser: "auto",
    loss: "mse",
  });
});

Deno.test("resolvePipeline leaves the pipeline as it was", () => {
  const pipeline = plain();
  resolvePipeline(pipeline, { overrides: ["train.model.latent=12", "train.epochs=3"] });
  deepEqual(pipeline.stages[2].options, { model: MODEL });
});

Deno.test("resolvePipeline sets options of an object that the file left to its defaults", () => {
  deepEqual(set("train", "train.optimizer.learningRate=0.5").optimizer, {
    kind: "adam",
    learningRate: 0.5,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  });
  deepEqual(set("evaluate", "evaluate.splits.0=test").splits, ["test", "test"]);
  deepEqual(faultsIn(plain(), { overrides: ["train.optimizer.learnigRate=0.5"] }), [
    'train.optimizer.learnigRate is unknown: did you mean "learningRate"?',
  ]);
});

Deno.test("resolvePipeline gives another kind its own defaults", () => {
  deepEqual(set("train", "train.optimizer.kind=momentum", "train.optimizer.momentum=0.5").optimizer, {
    kind: "momentum",
    learningRate: 0.01,
    momentum: 0.5,
    nesterov: false,
  });
  const written = plain({ optimizer: adam({ learningRate: 0.2 }) });
  const { optimizer } = optionsOf(
    resolvePipeline(written, { overrides: ["train.optimizer.kind=sgd"] }),
    "train",
  );
  deepEqual(optimizer, { kind: "sgd", learningRate: 0.2 });
});

Deno.test("resolvePipeline addresses a second stage of a kind by its number or by its own name", () => {
  const twice = chain(
    load(glyphs()),
    noise(),
    train(MODEL),
    train(MODEL, { name: "fine tuning", optimizer: sgd() }),
    train(MODEL),
    evaluate(),
  );
  const overrides = ["train.epochs=1", "train2.epochs=2", "fine tuning.epochs=3"];
  const { stages } = resolvePipeline(twice, { overrides });
  deepEqual(
    stages.slice(2, 5).map(({ name, options }) => [name, options.epochs]),
    [["train", 1], ["fine tuning", 3], ["train2", 2]],
  );
});

const REFUSED: readonly [setting: string, fault: string][] = [
  ["trian.epochs=5", '--set trian is unknown: did you mean "train"?'],
  ["xyz.epochs=5", "--set xyz is unknown: known are load, noise, train, evaluate"],
  ["train.epohcs=5", 'train.epohcs is unknown: did you mean "epochs"?'],
  ["train.model.latnet=5", 'train.model.latnet is unknown: did you mean "latent"?'],
  ["train.epochs", '--set must be STAGE.OPTION=VALUE as in train.epochs=5, got "train.epochs"'],
  ["train.epochs.deep=5", 'train.epochs must be a number, got {"deep":5}'],
  ["train.model.encoder.2=5", "train.model.encoder.2 is unknown: the list has 2 entries, counted from 0"],
  ["train.model.encoder.-1=5", "train.model.encoder.-1 is unknown: the list has 2 entries, counted from 0"],
  [
    "train.model.encoder.first=5",
    "train.model.encoder.first is unknown: the list has 2 entries, counted from 0",
  ],
  ["train.name=other", '--set cannot rename a stage, as its name is its address: "train.name=other"'],
];

for (const [setting, fault] of REFUSED) {
  Deno.test(`resolvePipeline refuses --set ${setting}`, () => {
    deepEqual(faultsIn(plain(), { overrides: [setting] }), [fault]);
  });
}

Deno.test("resolvePipeline reports all faulty settings together", () => {
  deepEqual(
    faultsIn(plain(), {
      overrides: ["trian.epochs=5", "train.epochs", "train.epochs=five", "train.zzzz.y=1"],
    }).length,
    4,
  );
});

Deno.test("resolvePipeline takes 4, true and null as texts where the option is one, and as themselves elsewhere", () => {
  const walk = pipeline("test").pipe(load(glyphs())).pipe(train(MODEL)).pipe(
    interpolate({ from: "a", to: "b" }),
  );
  const options = (...overrides: string[]) => optionsOf(resolvePipeline(walk, { overrides }), "interpolate");
  equal(options("interpolate.from=4").from, "4");
  equal(options("interpolate.from=1e3").from, "1e3", "as it was written");
  equal(options("interpolate.from=true").from, "true");
  equal(options("interpolate.to=null", "interpolate.from=7").to, "null");
  deepEqual(options("interpolate.from=[0.5,1]").from, [0.5, 1], "a latent point");
  equal(options("interpolate.from=4", "interpolate.steps=9").steps, 9);
  equal(set("train", "train.patience=null").patience, null);
  const kept = pipeline("test").pipe(load(glyphs())).pipe(filterClasses({ labels: ["a"] }));
  deepEqual(
    optionsOf(resolvePipeline(kept, { overrides: ["filterClasses.labels=[4,9]"] }), "filterClasses").labels,
    [
      "4",
      "9",
    ],
  );
  deepEqual(faultsIn(walk, { overrides: ["interpolate.steps=many"] }), [
    'interpolate.steps must be a number, got "many"',
  ]);
});
