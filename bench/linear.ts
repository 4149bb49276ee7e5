/**
 * Whether an epoch's time grows with its samples alone: the same model is trained on 1,000 to 60,000 digits in turns, each for
 * as many epochs as see 60,000 samples; microseconds per sample are compared.
 *
 *     deno run -A bench/linear.ts [rounds]      # default 5
 *
 * @module
 */
import type { Split } from "../src/data/dataset.ts";
import { openSource } from "../src/data/source.ts";
import { chooseEngine } from "../src/engine/choose.ts";
import { loadEngine } from "../src/engine/load.ts";
import { ModelSpec, vae } from "../src/models/spec.ts";
import { fit } from "../src/training/fit.ts";
import { OptimizerSpec } from "../src/training/optimizers.ts";
import { circumstances, markdown, note, show } from "./note.ts";

/** Samples of an epoch; all are whole batches, so that no batch is short. */
const COUNTS = [1_000, 5_000, 20_000, 60_000];
const BATCH = 100, SEEN = 60_000, PIXELS = 784;
const rounds = Number(Deno.args[0] ?? 5);
const choice = await chooseEngine({}), engine = await loadEngine(choice.name, choice);
const model = ModelSpec.parse(vae({ encoder: [PIXELS, 400], latent: 20 }));
const { train: digits } = await openSource({ source: "mnist", offset: 0 }, { seed: 1, log: note });

/** Microseconds per sample, by the training's own times of its epochs. */
function microseconds(count: number): number {
  const split: Split = { count, values: digits.values.subarray(0, count * PIXELS) };
  let seconds = 0;
  fit({
    engine,
    model,
    data: { train: split, freshNoise: true },
    options: {
      optimizer: OptimizerSpec.parse({ kind: "adam" }),
      schedule: { kind: "constant", warmupEpochs: 0 },
      epochs: SEEN / count,
      batchSize: BATCH,
      repeats: 1,
      shuffleBlock: null,
      patience: null,
      minDelta: 0,
      monitor: "loss",
      clipNorm: null,
    },
    seed: 1,
    signal: { aborted: false, reason: 0 },
    onEpoch: (report) => seconds += report.seconds,
  });
  return 1e6 * seconds / SEEN;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const times = COUNTS.map((): number[] => []);
COUNTS.forEach(microseconds);
for (let round = 0; round < rounds; round++) {
  COUNTS.forEach((_, turn) => {
    const at = (round + turn) % COUNTS.length;
    times[at].push(microseconds(COUNTS[at]));
  });
}
const medians = times.map(median);
show(`${circumstances()}\n`);
show(markdown(
  ["samples an epoch", "us a sample", "of 1,000"],
  COUNTS.map((count, at) => [
    count.toLocaleString("en-US"),
    medians[at].toFixed(2),
    (medians[at] / medians[0]).toFixed(3),
  ]),
));
Deno.exit(0);
