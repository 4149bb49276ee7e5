import { strictEqual as equal } from "node:assert/strict";
import convJob from "../../bench/conv_job.ts";
import mainJob from "../../bench/main_job.ts";
import { type DrawKey, fillNormal } from "../../src/core/random.ts";
import { fitModel } from "../../src/models/fit_model.ts";
import { initialParameters } from "../../src/models/initial.ts";
import type { ModelSpec } from "../../src/models/spec.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import type { AnyPipeline } from "../../src/pipeline/pipeline.ts";
import { TrainSettings } from "../../src/stages/train/settings.ts";
import { shuffleBlock } from "../../src/training/order.ts";
import { assertClose } from "../support/close.ts";
import { ROOT } from "../support/program.ts";
import { hasPython, needsPython, python } from "../support/python.ts";
import { tinyFit } from "../training/tiny.ts";

/** Pictures that are trained on, and held out. The last batch of an epoch is shorter. */
const TRAINED = 40, HELD = 8, BATCH = 16, EPOCHS = 3, PIXELS = 784, SEED = 5;

/** Pictures that differ, of values from 0 to 1. */
const IMAGES = Float32Array.from(
  { length: (TRAINED + HELD) * PIXELS },
  (_, at) => 0.5 + 0.5 * Math.sin(12.9898 * at + at ** 2 / PIXELS),
);

/** The settings of a job's training, with short epochs. */
function settingsOf({ stages }: AnyPipeline): TrainSettings {
  const { options } = stages.find(({ kind }) => kind === "train")!;
  return TrainSettings.parse({ ...options, epochs: EPOCHS, batchSize: BATCH });
}

/** Trains by this project. */
function trainHere(model: ModelSpec, options: TrainSettings) {
  const split = (first: number, count: number) => ({
    count,
    values: IMAGES.subarray(first * PIXELS, (first + count) * PIXELS),
  });
  const data = { train: split(0, TRAINED), validation: split(TRAINED, HELD) };
  return tinyFit({ model, data, options: { ...options, monitor: "validation" }, seed: SEED }).reports;
}

/** The samples of each epoch in their order, and the draws of the latent for them and, after each epoch, for the held-out ones. */
function drawsOf({ latent }: ModelSpec) {
  const orders = new Uint32Array(EPOCHS * TRAINED);
  const noise = new Float32Array(EPOCHS * (TRAINED + HELD) * latent);
  for (let epoch = 0, at = 0; epoch < EPOCHS; epoch++) {
    const order = orders.subarray(epoch * TRAINED, (epoch + 1) * TRAINED);
    shuffleBlock({ first: 0, count: TRAINED, round: 0 }, { seed: SEED, stream: "shuffle", epoch }, order);
    const draw = (samples: ArrayLike<number>, key: Omit<DrawKey, "seed">) => {
      const rows = noise.subarray(at, at += samples.length * latent);
      fillNormal(rows, samples.length, latent, samples, { seed: SEED, ...key });
    };
    draw(order, { stream: "latent", epoch });
    draw(Array.from({ length: HELD }, (_, held) => held), { stream: "evaluationLatent", epoch: 0 });
  }
  return { orders, noise };
}

/** The result of a peer. */
interface PeerResult {
  readonly history: readonly { readonly loss: number; readonly validation: number }[];
  /** Of each layer as the peer itself draws it. */
  readonly drawn: readonly (readonly [spread: number, largestBias: number])[];
}

/** Trains by a peer: the same pictures, weights, orders and draws. */
async function trainThere(script: string, model: ModelSpec, settings: TrainSettings): Promise<PeerResult> {
  const folder = await Deno.makeTempDir();
  const files = { images: IMAGES, parameters: initialParameters(model, SEED), ...drawsOf(model) };
  try {
    for (const [name, { buffer }] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${name}`, new Uint8Array(buffer));
    }
    const program = await Deno.readTextFile(new URL("./train_peer.py", import.meta.url));
    const options = JSON.stringify({ ...settings, trained: TRAINED, channelsLast: false });
    return python(program, `${ROOT}bench/peers`, script, folder, options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The root mean square. */
const spreadOf = (numbers: Float32Array) =>
  Math.sqrt(numbers.reduce((sum, number) => sum + number ** 2, 0) / numbers.length);

const JOBS: readonly [job: AnyPipeline, script: string][] = [
  [mainJob, "mnist_vae"],
  [convJob, "mnist_conv_vae"],
];

for (const [job, script] of JOBS) {
  const ignore = !hasPython("numpy", "torch"), needs = needsPython("numpy", "torch");
  Deno.test({
    name: `${script}.py trains as ${job.name} does: the same losses from the same weights ${needs}`,
    ignore,
    async fn() {
      const settings = settingsOf(job), spec = fitModel(settings.model, [28, 28, 1]);
      const { history, drawn } = await trainThere(script, spec, settings);
      const reports = trainHere(spec, settings);
      for (const loss of ["loss", "validation"] as const) {
        const [here, there] = [reports, history].map((all) => all.map((epoch) => epoch[loss]!));
        assertClose(here, there, { relative: 1e-5 }, loss);
      }
      const tensors = modelTensors({ spec, parameters: initialParameters(spec, SEED) });
      const weights = tensors.filter(({ name }) => name.endsWith(".weight"));
      equal(drawn.length, weights.length);
      weights.forEach(({ name, data }, at) => {
        const [spread, largestBias] = drawn[at];
        // Four standard errors of the ratio of two spreads.
        const near = { relative: 4 / Math.sqrt(data.length) };
        assertClose([spread], [spreadOf(data)], near, `spread of ${name}`);
        equal(largestBias, 0, name);
      });
    },
  });
}
