import { deepStrictEqual as deepEqual } from "node:assert/strict";
import {
  ae,
  conv,
  dropout,
  glyphs,
  interpolate,
  load,
  noise,
  pipeline,
  residual,
  train,
  vae,
} from "../../mod.ts";
import { faultsIn, MODEL, plain, unchecked } from "./chains.ts";

/** A stage's options to the faults they are refused for. */
const TRAINING: readonly [options: object, ...faults: string[]][] = [
  [{ epochs: "5" }, 'train.epochs must be a number, got "5"'],
  [{ epochs: NaN }, "train.epochs must be a finite number, got NaN"],
  [{ patience: 0 }, "train.patience must be at least 1, got 0"],
  [{ validationShare: 0.95 }, "train.validationShare must be at most 0.9, got 0.95"],
  [{ clipNorm: 0 }, "train.clipNorm must be above 0, got 0"],
  [{ previews: "yes" }, 'train.previews must be true or false, got "yes"'],
  [
    { monitor: "validaton" },
    'train.monitor must be one of "auto", "loss", "validation", got "validaton"',
  ],
  [
    { monitor: "validation" },
    'train.monitor must be "loss" without a validation split, got "validation" (set validationShare above 0)',
  ],
  [{ schedule: { kind: "step" } }, "train.schedule.everyEpochs must be a number, got missing"],
  [
    { schedule: { kind: "cosine", finalShre: 1 } },
    'train.schedule.finalShre is unknown: did you mean "finalShare"?',
  ],
  [{ optimizer: 3 }, "train.optimizer must be an object, got 3"],
  [
    { optimizer: { kind: "amad" } },
    'train.optimizer.kind must be one of "sgd", "momentum", "rmsprop", "adam", "adamw", "radam", "lion", got "amad"',
  ],
  [
    { optimizer: { kind: "sgd", momentum: 0.9 } },
    "train.optimizer.momentum is unknown: known are kind, learningRate",
  ],
];

for (const [options, ...faults] of TRAINING) {
  Deno.test(`resolvePipeline refuses train(model, ${Deno.inspect(options, { compact: true })})`, () => {
    deepEqual(faultsIn(plain(options)), faults);
  });
}

Deno.test("resolvePipeline lists what is known where nothing is near, under the stage's own name", () => {
  const stage = noise(unchecked({ zzz: 1, name: "rain" }));
  deepEqual(faultsIn(pipeline("test").pipe(load(glyphs())).pipe(stage)), [
    "rain.zzz is unknown: known are name, kind, std, share, everyEpoch",
  ]);
});

/** A model to the faults it is refused for. */
const MODELS: readonly [model: object, ...faults: string[]][] = [
  [
    { kind: "gan", encoder: [35], latent: 2 },
    'train.model.kind must be one of "ae", "dae", "vae", "vqvae", got "gan"',
  ],
  [
    ae({ encoder: [35], latent: 36 }),
    "train.model.latent must be at most the 35 values of a sample, got 36",
  ],
  [ae({ encoder: [35], latent: 0 }), "train.model.latent must be at least 1, got 0"],
  [ae({ encoder: [35, 0], latent: 1 }), "train.model.encoder.1 must be at least 1, got 0"],
  [
    ae({ encoder: [35, 9], latent: 2, decoder: [9, 34] }),
    "train.model.decoder must end with the 35 values of a sample of 7x5, got 34",
  ],
  [
    ae({ encoder: [36, 9], latent: 2 }),
    "train.model.encoder must begin with the 35 values of a sample of 7x5, or leave them out, got 36 " +
    "(a hidden layer wider than its input is written dense(36))",
  ],
  [
    ae({ encoder: [35], latent: 2, loss: "bce", outputActivation: "linear" }),
    'train.model.outputActivation must be "sigmoid" for the loss bce, got "linear"',
  ],
  [
    { ...ae({ encoder: [35], latent: 2 }), activation: "rleu", latnet: 3 },
    'train.model.activation must be one of "relu", "leakyRelu", "tanh", "sigmoid", "gelu", "silu", "linear", got "rleu"',
    'train.model.latnet is unknown: did you mean "latent"?',
  ],
  [
    { ...ae({ encoder: [35], latent: 2 }), beta: 2 },
    "train.model.beta is unknown: known are kind, input, encoder, latent, latentChannels, decoder, activation, latentActivation, outputActivation, initialiser, loss",
  ],
  [
    ae({ encoder: [conv(3), { kind: "batchNorm" } as never], latent: 2 }),
    "train.model.encoder.1.kind must not be a batch normalisation, which couples the samples of a batch, " +
    'got "batchNorm" (use groupNorm)',
  ],
  [
    ae({ encoder: [conv(3, { sride: 2 } as never), dropout(1), conv(2, { kernel: [3, 0] })], latent: 2 }),
    'train.model.encoder.0.sride is unknown: did you mean "stride"?',
    "train.model.encoder.1.rate must be below 1, got 1 (nothing would be left)",
    "train.model.encoder.2.kernel.1 must be at least 1, got 0",
  ],
  [
    ae({ encoder: [residual([residual([3]) as never]), conv(3, { padding: "some" as never })], latent: 2 }),
    'train.model.encoder.0.layers.0.kind must be one of "dense", "layerNorm", "conv", "convTranspose", "upsample", ' +
    '"groupNorm", "dropout", "globalAveragePool", "reshape", "flatten", got "residual"',
    'train.model.encoder.1.padding must be one of "same", "valid", got "some"',
  ],
  [
    ae({ encoder: [conv(3), conv(3, { kernel: 8, padding: "valid" })], latent: 2 }),
    'train.model.encoder.1.kernel must have a height of at most 7 on a map of 7x5 with padding "valid", got 8',
  ],
  [
    { ...vae({ encoder: [35], latent: 2 }), latentActivation: "tanh" },
    'train.model.latentActivation must be "linear", got "tanh"',
  ],
];

for (const [model, ...faults] of MODELS) {
  Deno.test(`resolvePipeline refuses the model ${Deno.inspect(model, { compact: true, breakLength: 200 })}`, () => {
    deepEqual(faultsIn(plain({}, model)), faults);
  });
}

Deno.test("resolvePipeline reports which form of an end of a walk is wrong", () => {
  const walk = (from: unknown) =>
    faultsIn(
      pipeline("test").pipe(load(glyphs())).pipe(train(MODEL)).pipe(
        interpolate({ from: unchecked(from), to: "a" }),
      ),
    );
  deepEqual(walk("b"), []);
  deepEqual(walk({ sample: 3 }), []);
  deepEqual(walk([1, 2]), []);
  deepEqual(walk([1, 2, 3]), ["interpolate.from must be a point of 2 numbers, got 3"]);
  deepEqual(walk({ sample: -1 }), ["interpolate.from.sample must be at least 0, got -1"]);
  deepEqual(walk({ smaple: 3 }), [
    "interpolate.from.sample must be a number, got missing",
    'interpolate.from.smaple is unknown: did you mean "sample"?',
  ]);
  deepEqual(walk([1, "x"]), ['interpolate.from.1 must be a number, got "x"']);
  deepEqual(walk(7), ["interpolate.from must be a text or an object or a list, got 7"]);
});

Deno.test("resolvePipeline reports what is wrong with a level of noise", () => {
  const level = (std: unknown) =>
    faultsIn(pipeline("test").pipe(load(glyphs())).pipe(noise({ std: unchecked(std) })));
  deepEqual([0, 0.5, [0.2, 0.5]].flatMap(level), []);
  deepEqual(level("much"), ['noise.std must be a number or a list, got "much"']);
  deepEqual(level([0.5, 0.2]), [
    "noise.std must be a range from the smaller to the larger, got [0.5,0.2]",
  ]);
  deepEqual(level([0.1, 0.2, 0.3]), [
    "noise.std must have at most 2 entries, got [0.1,0.2,0.3]",
  ]);
});
