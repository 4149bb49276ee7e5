/**
 * Photographs of your own through the model of the faces: dense layers of 500, 300 and 128 units, 64 latent dimensions, 500 epochs. In colour, by
 * convolutions: `photos-conv.ts`.
 *
 *     deno task run pipelines/photos.ts --set load.source.folder=FOLDER
 *
 * FOLDER (`photos` by default) holds PNG, JPEG, GIF, WebP, BMP, TIFF, PGM or PPM files; sub-folders are labels. Each is made grey
 * (`--set load.source.channels=3`: in colour) and scaled to 70x70, so crop what is not about square first. A tenth is held out, and
 * `interpolate` leads from one of those to another, so there must be at least 15 pictures; good results need some hundreds.
 */
import {
  adam,
  clusters,
  cosine,
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

const topology = {
  encoder: [500, 300, 128],
  latent: 64,
  activation: "relu" as const,
  initialiser: "xavier" as const,
};

export default pipeline("photos", { seed: 42 })
  .pipe(load(images("photos", { height: 70, width: 70 })))
  .pipe(showSamples({ samples: Array.from({ length: 32 }, (_, sample) => sample) }))
  .pipe(
    train(vae({ ...topology, klSchedule: klLinear({ epochs: 100 }) }), {
      optimizer: adam({ learningRate: 1e-3 }),
      schedule: cosine({ warmupEpochs: 5, finalShare: 0.02 }),
      epochs: 500,
      batchSize: 32,
    }),
  )
  .pipe(evaluate())
  .pipe(latentSpace({ paths: 0 }))
  .pipe(interpolate({ from: { sample: 0 }, to: { sample: 1 }, steps: 16, path: "spherical" }))
  .pipe(generate({ count: 500, shown: 64 }))
  .pipe(clusters({ k: [2, 8], members: 6 }))
  .pipe(exportRun());
