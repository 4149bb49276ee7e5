import type * as tfjs from "@tensorflow/tfjs-core";
import type { Update } from "../../src/engine/engine.ts";
import { applyUpdate } from "../../src/engine/reference_steps.ts";
import { tfjsEngine } from "../../src/engine/tfjs.ts";
import { assertClose } from "../support/close.ts";
import { normalNumbers } from "../support/numbers.ts";

type Tf = typeof tfjs;

const LENGTH = 12;
const RATE = 0.05;
const common = { learningRate: RATE, gradientScale: 1 };

/** Our update beside TensorFlow.js's optimizer of the same formula (its RMSprop adds epsilon within the root: 1e-12 is neither). */
const OPTIMIZERS: Record<string, { make: (tf: Tf) => tfjs.Optimizer; update: (step: number) => Update }> = {
  sgd: { make: (tf) => tf.train.sgd(RATE), update: (step) => ({ kind: "sgd", ...common, step }) },
  momentum: {
    make: (tf) => tf.train.momentum(RATE, 0.9),
    update: (step) => ({ kind: "momentum", momentum: 0.9, nesterov: false, ...common, step }),
  },
  nesterov: {
    make: (tf) => tf.train.momentum(RATE, 0.8, true),
    update: (step) => ({ kind: "momentum", momentum: 0.8, nesterov: true, ...common, step }),
  },
  rmsprop: {
    make: (tf) => tf.train.rmsprop(RATE, 0.9, 0, 1e-12),
    update: (step) => ({ kind: "rmsprop", decay: 0.9, epsilon: 1e-12, ...common, step }),
  },
  adam: {
    make: (tf) => tf.train.adam(RATE, 0.9, 0.999, 1e-7),
    update: (step) => ({
      kind: "adam",
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-7,
      weightDecay: 0,
      ...common,
      step,
    }),
  },
};

for (const [name, { make, update }] of Object.entries(OPTIMIZERS)) {
  Deno.test(`applyUpdate() by ${name} goes the way of TensorFlow.js's ${name} for 10 steps`, async () => {
    await tfjsEngine();
    const core = "@tensorflow/tfjs-core";
    const tf = (await import(core)) as Tf;
    const ours = Float64Array.from(normalNumbers(LENGTH, 1));
    const slots = [0, 1].map(() => new Float64Array(LENGTH));
    const theirs = tf.variable(tf.tensor1d([...ours]), true, `parameters of ${name}`), optimizer = make(tf);
    for (let step = 1; step <= 10; step++) {
      const gradient = normalNumbers(LENGTH, 10 + step);
      tf.tidy(() => optimizer.applyGradients({ [theirs.name]: tf.tensor1d([...gradient]) }));
      applyUpdate(ours, Float64Array.from(gradient), slots, update(step));
      assertClose(theirs.dataSync(), ours, { absolute: 1e-5, relative: 1e-5 }, `after step ${step}`);
    }
    optimizer.dispose();
    theirs.dispose();
  });
}
