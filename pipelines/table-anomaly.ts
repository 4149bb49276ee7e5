/**
 * A VAE that learns benign tumours alone from a table of 30 measurements, and finds the malignant ones: columns standardised by the train
 * rows, a Gaussian likelihood with a learned variance of each measurement, a threshold that one in twenty benign tumours exceeds, and for
 * each tumour the measurements to blame. The data are Wisconsin Diagnostic Breast Cancer (Wolberg, Mangasarian, Street and Street 1995,
 * UCI, CC BY 4.0). Seconds.
 */
import {
  adam,
  anomaly,
  evaluate,
  exportRun,
  load,
  pipeline,
  standardize,
  table,
  train,
  vae,
} from "../mod.ts";

export default pipeline("table-anomaly", { seed: 42 })
  .pipe(load(
    table("data/breast_cancer.csv", {
      label: "diagnosis",
      id: "id",
      normal: "benign",
      testShare: 0.3,
      validationShare: 0.25,
    }),
    { scale: standardize() },
  ))
  .pipe(train(
    vae({ encoder: [24, 12], latent: 8, activation: "tanh", loss: "gaussian" }),
    { optimizer: adam({ learningRate: 3e-3 }), epochs: 1000, batchSize: 32, patience: 100 },
  ))
  .pipe(evaluate({ splits: ["train"] }))
  .pipe(anomaly({ score: "elbo" }))
  .pipe(exportRun({ formats: ["safetensors", "tfjs", "onnx"] }));
