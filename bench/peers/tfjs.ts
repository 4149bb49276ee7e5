// N = rows of a batch, D = pixels, K = latent size.

/**
 * The training steps in TensorFlow.js, on its wasm backend or in plain JavaScript: core operations and its own Adam.
 *
 * @module
 */
import type * as tfjs from "@tensorflow/tfjs-core";
import { ADAM, batchStart, type DenseCase, imagesOf, initialParameters, pixelsOf } from "../steps/cases.ts";
import { nameOf, type Stepper, timed } from "../steps/stepper.ts";

/** Where TensorFlow.js computes. Both have one thread: the wasm backend finds no way to start more under Deno. */
export type Backend = "wasm" | "cpu";

/** The same step as the other engines take: a batch of the images, the same layers, loss and optimizer. */
export async function tfjsStepper(one: DenseCase, backend: Backend): Promise<Stepper> {
  const tf = await loaded(backend);
  const { batch, layers } = one, pixels = pixelsOf(one), images = imagesOf(one);
  const parameters = initialParameters(one).map((numbers, at) => {
    const { inputs, outputs } = layers[at >> 1];
    return tf.variable(tf.tensor2d(numbers, [at % 2 === 0 ? inputs : 1, outputs]));
  });
  const optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const numbers = new Float32Array(batch * pixels);
  let taken = 0;
  const nextBatch = () => {
    const start = batchStart(one, taken) * pixels;
    for (let at = 0; at < numbers.length; at++) numbers[at] = images[start + at] / 255;
    return tf.tensor2d(numbers, [batch, pixels]);
  };
  const step = () => {
    tf.tidy(() => {
      const x = nextBatch();
      optimizer.minimize(() => lossOf(tf, one, parameters, x));
    });
    taken++;
    // The backends are synchronous: when minimize() is back the numbers are there. Reading a few makes sure.
    parameters[1].dataSync();
  };
  const engine = `tfjs ${backend}`;
  return {
    engine,
    threads: 1,
    name: nameOf(engine, 1),
    firstLoss: tf.tidy(() => lossOf(tf, one, parameters, nextBatch()).dataSync()[0]),
    async run(steps) {
      await tf.setBackend(backend);
      return timed(step)(steps);
    },
    close: () => parameters.forEach((parameter) => parameter.dispose()),
  };
}

type Tensor = tfjs.Tensor2D;

/** The loss of a batch x [N, D]. */
function lossOf(tf: typeof tfjs, one: DenseCase, parameters: readonly tfjs.Tensor[], x: Tensor): tfjs.Scalar {
  const layer = (input: Tensor, at: number): Tensor => {
    const { activation } = one.layers[at];
    const sum = tf.add(tf.matMul(input, parameters[2 * at] as Tensor), parameters[2 * at + 1]) as Tensor;
    return activation === "linear" ? sum : tf[activation](sum);
  };
  if (one.latent === undefined) {
    const y = one.layers.reduce((input, _, at) => layer(input, at), x);
    return tf.mean(tf.square(tf.sub(y, x))) as tfjs.Scalar;
  }
  const [mean, logVariance] = tf.split(layer(layer(x, 0), 1), 2, 1) as Tensor[];
  const epsilon = tf.randomNormal([one.batch, one.latent]);
  const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), epsilon)) as Tensor;
  const logits = layer(layer(z, 2), 3);
  const reconstruction = tf.sum(
    tf.sub(tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits))))), tf.mul(x, logits)),
  );
  const divergence = tf.sum(
    tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1)),
  );
  return tf.div(tf.add(reconstruction, tf.mul(divergence, 0.5)), one.batch) as tfjs.Scalar;
}

let core: Promise<typeof tfjs> | undefined;

async function loaded(backend: Backend): Promise<typeof tfjs> {
  const tf = await (core ??= load());
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}

/** TensorFlow.js with both backends; the one in wasm (SIMD, one thread) is fetched for this bench only. */
async function load(): Promise<typeof tfjs> {
  const name = "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
  const tf = await import("@tensorflow/tfjs-core");
  // The core's build for this platform leaves its gradients out; the layers package registers them.
  await import("@tensorflow/tfjs-layers");
  await import("@tensorflow/tfjs-backend-cpu");
  const backend = await import(name);
  const door = import.meta.resolve(`${name}/package.json`);
  backend.setWasmPaths(new URL("dist/", door).href);
  backend.setThreadsCount(1);
  tf.enableProdMode();
  return tf;
}
