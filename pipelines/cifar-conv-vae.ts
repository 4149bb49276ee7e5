/**
 * A convolutional VAE of CIFAR-10, from the folder that `cifar-10-binary.tar.gz` unpacks to (cs.toronto.edu/~kriz/cifar.html); another
 * folder: `--set load.source.folder='"/data/cifar-10-batches-bin"'`. Not measured yet.
 */
import {
  adamw,
  cifar10,
  conv,
  cosine,
  evaluate,
  exportRun,
  generate,
  interpolate,
  load,
  pipeline,
  residual,
  train,
  vae,
} from "../mod.ts";

/** 32x32 to 16x16 and 8x8 and a residual block there, with a latent of its size. */
export const ENCODER = [
  conv(64, { kernel: 4, stride: 2 }),
  conv(128, { kernel: 4, stride: 2 }),
  residual([conv(128), conv(128)]),
];

export default pipeline("cifar-conv-vae", { seed: 42 })
  .pipe(load(cifar10("cifar-10-batches-bin")))
  .pipe(train(vae({ encoder: ENCODER, latent: 256, activation: "gelu" }), {
    optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.01 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.01 }),
    epochs: 30,
    batchSize: 128,
    validationShare: 0.04,
    ema: 0.999,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 0 }, to: { sample: 1 }, steps: 16, path: "spherical" }))
  .pipe(generate({ count: 100 }))
  .pipe(exportRun());
