/**
 * Model selection for `anomaly-conv.ts`: each candidate trained on one digit of the first 50,000 train digits and measured on the other
 * 10,000, for each of the ten digits. No test digit is read. Not measured yet.
 */
import {
  adam,
  anomaly,
  conv,
  dense,
  filterClasses,
  load,
  mnist,
  pipeline,
  sweep,
  train,
  vae,
} from "../mod.ts";
import { ENCODER, SCORE } from "./anomaly-conv.ts";

const digit = pipeline("anomaly-conv-selection", { seed: 42 })
  .pipe(load(mnist({ heldOut: 10_000 })))
  .pipe(filterClasses({ labels: ["0"] }))
  .pipe(train(vae({ encoder: ENCODER, latent: 10, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    epochs: 60,
    batchSize: 128,
    ema: 0.999,
    previews: false,
  }))
  .pipe(anomaly({ ...SCORE, baselines: false }));

const strided = (kernel: number, filters: number[]) =>
  filters.map((count) => conv(count, { kernel, stride: 2 }));
const CANDIDATES: Record<string, Record<string, unknown>> = {
  "as it is": {},
  "dense 400": { "train.model.encoder": [400] },
  "kernel 3": { "train.model.encoder": [...strided(3, [16, 32]), dense(128)] },
  "kernel 7": { "train.model.encoder": [...strided(7, [16, 32]), dense(128)] },
  "twice the filters": { "train.model.encoder": [...strided(4, [32, 64]), dense(128)] },
  "5 latent dimensions": { "train.model.latent": 5 },
  "20 latent dimensions": { "train.model.latent": 20 },
  "20 epochs": { "train.epochs": 20 },
  "150 epochs": { "train.epochs": 150 },
};

const settings = Object.entries(CANDIDATES).flatMap(([label, set]) =>
  Array.from({ length: 10 }, (_, normal) => ({
    label,
    set: { ...set, "filterClasses.labels": [String(normal)] },
  }))
);

export default sweep(digit, settings, {
  baseline: "as it is",
  metrics: ["anomaly.auroc", "anomaly.auroc.elbo", "anomaly.auroc.reconstruction", "train.seconds"],
});
