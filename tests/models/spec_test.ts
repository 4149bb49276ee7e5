import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { describeModel } from "../../src/models/layers.ts";
import { ae, dae, lossUnit, ModelSpec, vae } from "../../src/models/spec.ts";

const plain = { encoder: [35], latent: 2 };

/** What the schema says about a model: `path: message`, one fault each. */
function faults(model: unknown): string[] {
  const parsed = ModelSpec.safeParse(model);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const ACTIVATIONS = '"relu"|"leakyRelu"|"tanh"|"sigmoid"|"gelu"|"silu"|"linear"';
const LOSSES = '"mse", "bce", "gaussian", "continuousBernoulli", "discretisedLogistic"';
const REFUSALS: [what: string, model: unknown, fault: string][] = [
  ["a latent of 0", ae({ encoder: [35], latent: 0 }), "latent: Too small: expected number to be >=1"],
  [
    "a latent that is missing",
    { kind: "ae", encoder: [35] },
    "latent: must be given, got none (or give latentChannels, for a latent that is a feature map)",
  ],
  [
    "a layer of width 0",
    ae({ encoder: [35, 0], latent: 1 }),
    "encoder.1: Too small: expected number to be >=1",
  ],
  [
    "a layer that is too wide",
    ae({ encoder: [35, 65537], latent: 1 }),
    "encoder.1: Too big: expected number to be <=65536",
  ],
  [
    "a layer of a broken width",
    ae({ encoder: [35, 3.5], latent: 1 }),
    "encoder.1: Invalid input",
  ],
  [
    "a latent that is a vector and a feature map",
    { kind: "dae", encoder: [35], latent: 4, latentChannels: 4 },
    "latentChannels: must be left out where latent is given, got 4 and 4 (set one of them to null)",
  ],
  [
    "a feature map that a class would join",
    { kind: "vae", encoder: [35], latentChannels: 4, condition: "label" },
    "latentChannels: must be left out where the model has a condition, which joins a vector, got 4 (give latent)",
  ],
  [
    "a feature map without channels",
    { kind: "vae", encoder: [35], latentChannels: 0 },
    "latentChannels: Too small: expected number to be >=1",
  ],
  [
    "latentChannels of a VQ-VAE, whose codes have dimensions",
    { kind: "vqvae", encoder: [35], latentChannels: 4 },
    ': Unrecognized key: "latentChannels"',
  ],
  ["an empty decoder", ae({ ...plain, decoder: [] }), "decoder: Too small: expected array to have >=1 items"],
  [
    "an unknown activation",
    { kind: "ae", ...plain, activation: "swish" },
    `activation: Invalid option: expected one of ${ACTIVATIONS}`,
  ],
  [
    "an unknown latent activation",
    { kind: "dae", ...plain, latentActivation: "x" },
    `latentActivation: Invalid option: expected one of ${ACTIVATIONS}`,
  ],
  [
    "an output activation that is none",
    { kind: "ae", ...plain, outputActivation: "tanh" },
    'outputActivation: Invalid option: expected one of "sigmoid"|"linear"',
  ],
  [
    "an unknown initialiser",
    { kind: "ae", ...plain, initialiser: "zeros" },
    'initialiser: Invalid option: expected one of "auto"|"he"|"xavier"|"lecunUniform"|"pytorch"|"normal"',
  ],
  [
    "an unknown loss",
    { kind: "ae", ...plain, loss: "l1" },
    `loss: must be one of ${LOSSES}, gaussian({ variance }) or discretisedLogistic({ scale })`,
  ],
  [
    "cross-entropy of a linear output",
    ae({ ...plain, loss: "bce", outputActivation: "linear" }),
    'outputActivation: must be "sigmoid" for the loss bce, got "linear"',
  ],
  [
    "a continuous Bernoulli of a linear output",
    ae({ ...plain, loss: "continuousBernoulli", outputActivation: "linear" }),
    'outputActivation: must be "sigmoid" for the loss continuousBernoulli, got "linear"',
  ],
  ["beta of an autoencoder", { kind: "ae", ...plain, beta: 1 }, ': Unrecognized key: "beta"'],
  [
    "an activation of a VAE's latent",
    { kind: "vae", ...plain, latentActivation: "tanh" },
    'latentActivation: Invalid input: expected "linear"',
  ],
  ["a negative beta", vae({ ...plain, beta: -1 }), "beta: Too small: expected number to be >=0"],
  [
    "half an epoch of warm-up",
    vae({ ...plain, klSchedule: { kind: "linear", epochs: 1.5 } }),
    "klSchedule.epochs: Invalid input: expected int, received number",
  ],
  ["negative free bits", vae({ ...plain, freeBits: -0.1 }), "freeBits: Too small: expected number to be >=0"],
  [
    "an unknown kind",
    { kind: "gan", ...plain },
    "kind: Invalid discriminator value. Expected 'ae' | 'dae' | 'vae' | 'vqvae'",
  ],
];

for (const [what, model, fault] of REFUSALS) {
  Deno.test(`ModelSpec refuses ${what}`, () => deepEqual(faults(model), [fault]));
}

Deno.test("ModelSpec shows all faults together", () => {
  const wrong = {
    kind: "ae",
    encoder: [0],
    latent: 0,
    loss: "bce",
    outputActivation: "linear",
  };
  deepEqual(faults(wrong).map((fault) => fault.split(":")[0]), ["encoder.0", "latent", "outputActivation"]);
});

Deno.test("ModelSpec fills in the defaults", () => {
  const shared = {
    encoder: [35],
    latent: 2,
    activation: "relu",
    latentActivation: "linear",
    outputActivation: "sigmoid",
    initialiser: "auto",
  };
  deepEqual(ModelSpec.parse(ae(plain)), { kind: "ae", ...shared, loss: "mse" });
  deepEqual(ModelSpec.parse(dae(plain)), { kind: "dae", ...shared, loss: "mse" });
  deepEqual(ModelSpec.parse(vae(plain)), {
    kind: "vae",
    ...shared,
    loss: "bce",
    beta: 1,
    klSchedule: { kind: "constant" },
    freeBits: 0,
  });
});

Deno.test("ModelSpec accepts a latent as large as the input, and its own output", () => {
  deepEqual(faults(ae({ encoder: [35], latent: 35 })), []);
  const model = ModelSpec.parse(vae({ ...plain, decoder: [7, 35], beta: 0 }));
  deepEqual(ModelSpec.parse(JSON.parse(JSON.stringify(model))), model);
});

Deno.test("describeModel() names the kind and all widths", () => {
  equal(describeModel(ModelSpec.parse(vae({ encoder: [784, 400], latent: 20 }))), "vae 784-400-20-400-784");
  equal(describeModel(ModelSpec.parse(dae({ encoder: [35], latent: 2, decoder: [9, 35] }))), "dae 35-2-9-35");
});

Deno.test("lossUnit() states the unit and the reduction", () => {
  equal(lossUnit(ModelSpec.parse(ae(plain))), "squared error/pixel");
  equal(lossUnit(ModelSpec.parse(ae({ input: [30], encoder: [20], latent: 2 }))), "squared error/feature");
  equal(lossUnit(ModelSpec.parse(ae({ ...plain, loss: "gaussian" }))), "nats/sample");
  equal(lossUnit(ModelSpec.parse(ae({ ...plain, loss: "bce" }))), "nats/sample");
  equal(lossUnit(ModelSpec.parse(vae({ ...plain, loss: "mse" }))), "nats/sample");
});
