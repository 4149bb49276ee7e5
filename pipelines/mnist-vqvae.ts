/**
 * A convolutional VQ-VAE on the 60,000 MNIST digits: each digit becomes 7x7 codes of a codebook of 256, 49 bytes in place of 784.
 * `reconstructions.png` shows what they keep, and `evaluate` measures how many codes are used and how evenly (`usedCodes`, `codePerplexity`).
 *
 *     deno task run pipelines/mnist-vqvae.ts
 *     deno task encode RUN x.npy -o codes.npy
 *
 * The second command writes the indices of the codes of new digits, [samples, 49], which `decode` takes. RUN is the folder that the first
 * one prints, and `x.npy` holds [samples, 28, 28] bytes. There is no prior over codes, so nothing is generated. Not measured yet.
 */
import {
  adamw,
  conv,
  cosine,
  evaluate,
  exportRun,
  load,
  mnist,
  pipeline,
  residual,
  showSamples,
  train,
  vqvae,
} from "../mod.ts";

/** 28x28 to 14x14 to 7x7, and a residual block there; each of the 49 positions has a code. */
const ENCODER = [
  conv(32, { kernel: 4, stride: 2 }),
  conv(64, { kernel: 4, stride: 2 }),
  residual([conv(64), conv(64)]),
];

export default pipeline("mnist-vqvae", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(showSamples({ samples: Array.from({ length: 30 }, (_, sample) => sample) }))
  .pipe(train(vqvae({ encoder: ENCODER, codes: 256, dimensions: 16, activation: "gelu", loss: "bce" }), {
    optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.01 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.01 }),
    epochs: 20,
    batchSize: 128,
    validationShare: 1 / 30,
    ema: 0.999,
    patience: 10,
  }))
  .pipe(evaluate())
  .pipe(exportRun({ formats: ["safetensors", "onnx"] }));
