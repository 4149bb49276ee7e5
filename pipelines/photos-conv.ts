/**
 * A convolutional VAE of pictures of your own, in colour at 64x64, and 500 new ones. `photos.ts` is the dense model in grey.
 *
 *     deno task run pipelines/photos-conv.ts --set load.source.folder=FOLDER
 *     deno task run pipelines/photos-conv.ts --set load.source.folder=FOLDER --set load.source.height=96 --set load.source.width=96
 *
 * FOLDER (`photos` by default) holds PNG, JPEG, GIF, WebP, BMP, TIFF, PGM or PPM files; sub-folders are labels. Each is scaled and cropped at
 * its centre (`--set load.source.fit=contain`: whole, on a background; `--set load.source.channels=1`: in grey). A tenth is held out, and a
 * tenth of the rest decides when the weights are best, so there must be at least 15 pictures; good results need some hundreds. The time of
 * an epoch grows with the number of pixels. Not measured yet.
 */
import {
  adam,
  clusters,
  conv,
  cosine,
  dense,
  evaluate,
  exportRun,
  generate,
  images,
  interpolate,
  klLinear,
  latentSpace,
  load,
  pipeline,
  showSamples,
  train,
  vae,
} from "../mod.ts";

/** 64x64 to 32x32, 16x16 and 8x8, and one dense layer. */
const ENCODER = [
  conv(32, { kernel: 4, stride: 2 }),
  conv(64, { kernel: 4, stride: 2 }),
  conv(128, { kernel: 4, stride: 2 }),
  dense(256),
];

export default pipeline("photos-conv", { seed: 42 })
  .pipe(load(images("photos", { height: 64, width: 64, channels: 3, fit: "cover" })))
  .pipe(showSamples({ samples: Array.from({ length: 32 }, (_, sample) => sample) }))
  .pipe(
    train(vae({ encoder: ENCODER, latent: 64, activation: "relu", klSchedule: klLinear({ epochs: 20 }) }), {
      optimizer: adam({ learningRate: 1e-3 }),
      schedule: cosine({ warmupEpochs: 2, finalShare: 0.02 }),
      epochs: 200,
      batchSize: 32,
      validationShare: 0.1,
      ema: 0.99,
      patience: 30,
    }),
  )
  .pipe(evaluate())
  .pipe(latentSpace({ paths: 0 }))
  .pipe(interpolate({ from: { sample: 0 }, to: { sample: 1 }, steps: 16, path: "spherical" }))
  .pipe(generate({ count: 500, shown: 64 }))
  .pipe(clusters({ k: [2, 8], members: 6 }))
  .pipe(exportRun());
