/**
 * A training step in TensorFlow.js, on its wasm backend: core operations and its own Adam.
 *
 * @module
 */
import type * as tfjs from "@tensorflow/tfjs-core";

/** A training step to be timed. */
export interface Case {
  readonly name: string;
  /** Units of each layer, from the pixels to the pixels. */
  readonly widths: readonly number[];
  readonly activation: "tanh" | "relu";
  readonly batch: number;
  /** Steps of a round. */
  readonly repeats: number;
}

/** Something that takes steps. */
export interface Stepper {
  readonly engine: string;
  /** Whether a round of it should have fewer steps. */
  readonly slow: boolean;
  step(): void;
}

/** The same step as the other engines take: a batch of the images, the same layers, loss and optimizer. */
export async function tfjsStepper(
  { widths, activation, batch }: Case,
  images: Uint8Array,
  initial: readonly Float32Array[],
): Promise<Stepper> {
  const tf = await wasmBackend();
  const parameters = initial.map((numbers, at) => {
    const layer = at >> 1;
    return tf.variable(tf.tensor2d(numbers, [at % 2 === 0 ? widths[layer] : 1, widths[layer + 1]]));
  });
  const pixels = widths[0], count = images.length / pixels;
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-7);
  const activate = activation === "tanh" ? tf.tanh : tf.relu;
  const numbers = new Float32Array(batch * pixels);
  let taken = 0;
  return {
    engine: "tfjs wasm",
    slow: true,
    step() {
      const start = (taken++ % Math.floor(count / batch)) * batch * pixels;
      for (let at = 0; at < numbers.length; at++) numbers[at] = images[start + at] / 255;
      tf.tidy(() => {
        const x = tf.tensor2d(numbers, [batch, pixels]);
        optimizer.minimize(() => {
          let y: tfjs.Tensor = x;
          for (let layer = 0; layer < widths.length - 1; layer++) {
            y = tf.add(
              tf.matMul(y as tfjs.Tensor2D, parameters[2 * layer] as tfjs.Tensor2D),
              parameters[2 * layer + 1],
            );
            if (activation === "tanh" || layer < widths.length - 2) y = activate(y);
          }
          return tf.mean(tf.square(tf.sub(y, x))) as tfjs.Scalar;
        });
      });
      // The wasm backend is synchronous: when minimize() is back the numbers are there. Reading one makes sure.
      parameters[1].dataSync();
    },
  };
}

let loaded: Promise<typeof tfjs> | undefined;

/** TensorFlow.js with its wasm backend (SIMD, one thread), fetched for this bench only. */
function wasmBackend(): Promise<typeof tfjs> {
  return loaded ??= load();
}

async function load(): Promise<typeof tfjs> {
  const name = "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
  const tf = await import("@tensorflow/tfjs-core");
  // The core's build for this platform leaves its gradients out; the layers package registers them.
  await import("@tensorflow/tfjs-layers");
  const backend = await import(name);
  const door = import.meta.resolve(`${name}/package.json`);
  backend.setWasmPaths(new URL("dist/", door).href);
  backend.setThreadsCount(1);
  tf.enableProdMode();
  await tf.setBackend("wasm");
  await tf.ready();
  return tf;
}
