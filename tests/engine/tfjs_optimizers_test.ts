import type * as tfjs from "@tensorflow/tfjs-core";
import { referenceEngine } from "../../src/engine/reference.ts";
import { tfjsEngine } from "../../src/engine/tfjs.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import type { OptimizerOptions } from "../../src/training/optimizers/kinds.ts";
import { assertClose } from "../support/close.ts";
import { normalNumbers } from "../support/numbers.ts";
import { optimizerOf } from "../support/optimizers.ts";

type Tf = typeof tfjs;

const LENGTH = 12;
const RATE = 0.05;

/** Our update and TensorFlow.js's optimizer of the same formula (its RMSprop adds epsilon within the root: 1e-12 is neither). */
const OPTIMIZERS: Record<string, { make: (tf: Tf) => tfjs.Optimizer; options: OptimizerOptions }> = {
  sgd: { make: (tf) => tf.train.sgd(RATE), options: { kind: "sgd" } },
  momentum: { make: (tf) => tf.train.momentum(RATE, 0.9), options: { kind: "momentum", momentum: 0.9 } },
  nesterov: {
    make: (tf) => tf.train.momentum(RATE, 0.8, true),
    options: { kind: "momentum", momentum: 0.8, nesterov: true },
  },
  rmsprop: {
    make: (tf) => tf.train.rmsprop(RATE, 0.9, 0, 1e-12),
    options: { kind: "rmsprop", decay: 0.9, epsilon: 1e-12 },
  },
  adam: { make: (tf) => tf.train.adam(RATE, 0.9, 0.999, 1e-7), options: { kind: "adam", epsilon: 1e-7 } },
};

for (const [name, { make, options }] of Object.entries(OPTIMIZERS)) {
  Deno.test(`update() by ${name} follows TensorFlow.js's ${name} for 10 steps`, async () => {
    await tfjsEngine();
    const core = "@tensorflow/tfjs-core";
    const tf = (await import(core)) as Tf;
    const { rule, scalars } = optimizerOf(options), build = graphBuilder();
    const p = build.parameter("p", [1, LENGTH]);
    const graph = build.finish({
      outputs: { p },
      gradients: [build.broadcast(build.constant(0), [1, LENGTH])],
    });
    const ours = referenceEngine("f64").compile(graph, { capacity: 1, rule });
    ours.parameters.set(normalNumbers(LENGTH, 1));
    const theirs = tf.variable(tf.tensor1d([...ours.parameters]), true, `parameters of ${name}`);
    const optimizer = make(tf);
    for (let step = 1; step <= 10; step++) {
      const gradient = normalNumbers(LENGTH, 10 + step);
      tf.tidy(() => optimizer.applyGradients({ [theirs.name]: tf.tensor1d([...gradient]) }));
      ours.gradients.set(gradient);
      ours.update(scalars({ learningRate: RATE, step }));
      assertClose(
        theirs.dataSync(),
        ours.parameters,
        { absolute: 1e-5, relative: 1e-5 },
        `after step ${step}`,
      );
    }
    optimizer.dispose();
    theirs.dispose();
  });
}
