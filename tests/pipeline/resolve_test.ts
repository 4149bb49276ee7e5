import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { UsageError } from "../../src/core/errors.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import {
  ae,
  evaluate,
  exportRun,
  generate,
  glyphs,
  images,
  interpolate,
  load,
  mnist,
  noise,
  pipeline,
  train,
  vae,
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
    batchSize: 128,
    copies: 1,
    validationShare: 0,
    patience: null,
    minDelta: 0,
    monitor: "auto",
    clipNorm: null,
    previews: true,
  });
});

Deno.test("resolvePipeline says all faults of all stages together, each with its path", () => {
  const wrong = pipeline(unchecked("a/b"), { seed: -1 })
    .pipe(load(unchecked({ source: "mnsit" })))
    .pipe(noise({ std: -1, share: 2 }))
    .pipe(train(MODEL, unchecked({ epohcs: 3, epochs: 0, batchSize: 1.5, pateince: 3 })))
    .pipe(evaluate({ splits: [] }));
  throws(() => resolvePipeline(wrong), (thrown: unknown) => {
    equal(thrown instanceof UsageError, true);
    equal(
      (thrown as Error).message,
      `Cannot run pipeline "a/b" as 10 settings are wrong
  ✖ pipeline.name must be 1 to 80 letters, digits, blanks, dots, dashes or underscores and begin with a letter or digit: current value is "a/b"
  ✖ pipeline.seed must be at least 0: current value is -1
  ✖ load.source.source must be one of "glyphs", "mnist", "idx", "images": current value is "mnsit"
  ✖ noise.std must be at least 0: current value is -1
  ✖ noise.share must be at most 1: current value is 2
  ✖ train.epochs must be at least 1: current value is 0
  ✖ train.batchSize must be an integer: current value is 1.5
  ✖ train.epohcs is unknown: did you mean "epochs"?
  ✖ train.pateince is unknown: did you mean "patience"?
  ✖ evaluate.splits must have at least 1 entry: current value is []`,
    );
    return true;
  });
});

/** A stage's options to the faults they are refused for. */
const TRAINING: readonly [options: object, ...faults: string[]][] = [
  [{ epochs: "5" }, 'train.epochs must be a number: current value is "5"'],
  [{ epochs: NaN }, "train.epochs must be a finite number: current value is NaN"],
  [{ patience: 0 }, "train.patience must be at least 1: current value is 0"],
  [{ validationShare: 0.95 }, "train.validationShare must be at most 0.9: current value is 0.95"],
  [{ clipNorm: 0 }, "train.clipNorm must be above 0: current value is 0"],
  [{ previews: "yes" }, 'train.previews must be true or false: current value is "yes"'],
  [
    { monitor: "validaton" },
    'train.monitor must be one of "auto", "loss", "validation": current value is "validaton"',
  ],
  [
    { monitor: "validation" },
    'train.monitor must be "loss" without a validation split (set validationShare above 0): current value is "validation"',
  ],
  [{ schedule: { kind: "step" } }, "train.schedule.everyEpochs must be a number: current value is missing"],
  [
    { schedule: { kind: "cosine", finalShre: 1 } },
    'train.schedule.finalShre is unknown: did you mean "finalShare"?',
  ],
  [{ optimizer: 3 }, "train.optimizer must be an object: current value is 3"],
  [
    { optimizer: { kind: "amad" } },
    'train.optimizer.kind must be one of "sgd", "momentum", "rmsprop", "adam", "adamw": current value is "amad"',
  ],
  [
    { optimizer: { kind: "sgd", momentum: 0.9 } },
    "train.optimizer.momentum is unknown: known are kind, learningRate",
  ],
  [
    { zzz: 1, name: "fit" },
    "fit.zzz is unknown: known are name, model, optimizer, schedule, epochs, batchSize, copies, validationShare, patience, minDelta, monitor, clipNorm, previews",
  ],
];

for (const [options, ...faults] of TRAINING) {
  Deno.test(`resolvePipeline refuses train(model, ${Deno.inspect(options, { compact: true })})`, () => {
    deepEqual(faultsIn(plain(options)), faults);
  });
}

/** A model to the faults it is refused for. */
const MODELS: readonly [model: object, ...faults: string[]][] = [
  [
    { kind: "gan", encoder: [35], latent: 2 },
    'train.model.kind must be one of "ae", "dae", "vae": current value is "gan"',
  ],
  [
    ae({ encoder: [35], latent: 36 }),
    "train.model.latent must be at most the 35 inputs of the encoder: current value is 36",
  ],
  [ae({ encoder: [35], latent: 0 }), "train.model.latent must be at least 1: current value is 0"],
  [ae({ encoder: [], latent: 1 }), "train.model.encoder must have at least 1 entry: current value is []"],
  [ae({ encoder: [35, 0], latent: 1 }), "train.model.encoder.1 must be at least 1: current value is 0"],
  [
    ae({ encoder: [35, 9], latent: 2, decoder: [9, 34] }),
    "train.model.decoder must end with the 35 inputs of the encoder: current value is 34",
  ],
  [
    ae({ encoder: [36, 9], latent: 2 }),
    "train.model.encoder must begin with 35 inputs for images of 7x5: current value is 36",
  ],
  [
    ae({ encoder: [35], latent: 2, loss: "bce", outputActivation: "linear" }),
    'train.model.outputActivation must be "sigmoid" for binary cross-entropy: current value is "linear"',
  ],
  [
    { ...ae({ encoder: [35], latent: 2 }), activation: "rleu", latnet: 3 },
    'train.model.activation must be one of "relu", "leakyRelu", "tanh", "sigmoid", "gelu", "linear": current value is "rleu"',
    'train.model.latnet is unknown: did you mean "latent"?',
  ],
  [
    { ...ae({ encoder: [35], latent: 2 }), beta: 2 },
    "train.model.beta is unknown: known are kind, encoder, latent, decoder, activation, latentActivation, outputActivation, initialiser, loss",
  ],
  [
    { ...vae({ encoder: [35], latent: 2 }), latentActivation: "tanh" },
    'train.model.latentActivation must be "linear": current value is "tanh"',
  ],
];

for (const [model, ...faults] of MODELS) {
  Deno.test(`resolvePipeline refuses the model ${Deno.inspect(model, { compact: true, breakLength: 200 })}`, () => {
    deepEqual(faultsIn(plain({}, model)), faults);
  });
}

Deno.test("resolvePipeline says of an end of a walk which of its forms is wrong", () => {
  const walk = (from: unknown) =>
    faultsIn(
      pipeline("test").pipe(load(glyphs())).pipe(train(MODEL)).pipe(
        interpolate({ from: unchecked(from), to: "a" }),
      ),
    );
  deepEqual(walk("b"), []);
  deepEqual(walk({ sample: 3 }), []);
  deepEqual(walk([1, 2]), []);
  deepEqual(walk([1, 2, 3]), ["interpolate.from must be a point of 2 numbers: current value has 3"]);
  deepEqual(walk({ sample: -1 }), ["interpolate.from.sample must be at least 0: current value is -1"]);
  deepEqual(walk({ smaple: 3 }), [
    "interpolate.from.sample must be a number: current value is missing",
    'interpolate.from.smaple is unknown: did you mean "sample"?',
  ]);
  deepEqual(walk([1, "x"]), ['interpolate.from.1 must be a number: current value is "x"']);
  deepEqual(walk(7), ["interpolate.from must be a text or an object or a list: current value is 7"]);
});

Deno.test("resolvePipeline says of a level of noise what is wrong with it", () => {
  const level = (std: unknown) =>
    faultsIn(pipeline("test").pipe(load(glyphs())).pipe(noise({ std: unchecked(std) })));
  deepEqual([0, 0.5, [0.2, 0.5]].flatMap(level), []);
  deepEqual(level("much"), ['noise.std must be a number or a list: current value is "much"']);
  deepEqual(level([0.5, 0.2]), [
    "noise.std must be a range from the smaller to the larger: current value is [0.5,0.2]",
  ]);
  deepEqual(level([0.1, 0.2, 0.3]), [
    "noise.std must have at most 2 entries: current value is [0.1,0.2,0.3]",
  ]);
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
  const small = train(ae({ encoder: [35, 9], latent: 2 }));
  deepEqual(faultsIn(pipeline("test").pipe(load(images("some-folder"))).pipe(small)), []);
  deepEqual(faultsIn(pipeline("test").pipe(load(mnist())).pipe(small)), [
    "train.model.encoder must begin with 784 inputs for images of 28x28: current value is 35",
  ]);
});

Deno.test("resolvePipeline takes seeds from 0 to 2^53 - 1, the one of its settings first", () => {
  const seeded = (seed: number) => faultsIn(pipeline("test", { seed }).pipe(load(glyphs())));
  deepEqual([0, 2 ** 53 - 1].flatMap(seeded), []);
  deepEqual(seeded(-1), ["pipeline.seed must be at least 0: current value is -1"]);
  deepEqual(seeded(2 ** 53), [
    "pipeline.seed must be at most 9007199254740991: current value is 9007199254740992",
  ]);
  deepEqual(seeded(1.5), ["pipeline.seed must be an integer: current value is 1.5"]);
  equal(resolvePipeline(plain(), { seed: 7 }).seed, 7);
  deepEqual(faultsIn(plain(), { seed: -7 }), ["pipeline.seed must be at least 0: current value is -7"]);
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
      `${name}.name must be 1 to 40 letters, digits, blanks, dashes or underscores and begin with a letter or digit: current value is "${name}"`,
    ]);
  }
});
