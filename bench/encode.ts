/**
 * Encodes the 60,000 MNIST digits from an .npy file to an .npy file, beside an epoch of training on them: samples per second of both.
 *
 *     deno run -A --lock=tests/deno.lock bench/encode.ts [--engine wasm]
 */
import { parseArgs } from "node:util";
import { openPartFile } from "../src/core/part_file.ts";
import { BYTES_SCALE } from "../src/core/scale.ts";
import { openSource, SourceSpec } from "../src/data/source.ts";
import { chooseEngine } from "../src/engine/choose.ts";
import { loadEngine } from "../src/engine/load.ts";
import { floatBytes, npyHeader } from "../src/export/arrays/npy.ts";
import { arrayInput } from "../src/inference/array_input.ts";
import { encodeRows } from "../src/inference/operations.ts";
import { initialParameters } from "../src/models/initial.ts";
import { fitModel } from "../src/models/fit_model.ts";
import { ModelSpec } from "../src/models/spec.ts";
import { fit } from "../src/training/fit.ts";
import { OptimizerSpec } from "../src/training/optimizers.ts";
import { ScheduleSpec } from "../src/training/schedules.ts";

const ROUNDS = 5;
const { values: { engine: name } } = parseArgs({ options: { engine: { type: "string" } } });
const chosen = await chooseEngine({ name });
const engine = await loadEngine(chosen.name);
const { train, shape } = await openSource(SourceSpec.parse({ source: "mnist" }), { seed: 0, log() {} });
const spec = fitModel(ModelSpec.parse({ kind: "vae", encoder: [784, 400], latent: 20 }), shape);
const model = { spec, parameters: initialParameters(spec, 1), shape, scale: BYTES_SCALE };
const folder = await Deno.makeTempDir(), digits = `${folder}/x.npy`;

async function encode(): Promise<number> {
  const started = performance.now(), input = await arrayInput(digits, () => {});
  const file = openPartFile(`${folder}/z.npy`);
  file.write(npyHeader([input.count, spec.latent]));
  for await (const { values } of encodeRows({ engine, model }, { input })) file.write(floatBytes(values));
  file.finish();
  return (performance.now() - started) / 1000;
}

function epoch(): number {
  let seconds = 0;
  fit({
    engine,
    model: spec,
    data: { train, freshNoise: true },
    options: {
      ...{
        optimizer: OptimizerSpec.parse({ kind: "adam" }),
        schedule: ScheduleSpec.parse({ kind: "constant" }),
      },
      ...{
        epochs: 1,
        batchSize: 128,
        repeats: 1,
        shuffleBlock: null,
        patience: null,
        minDelta: 0,
        clipNorm: null,
      },
      monitor: "loss",
    },
    seed: 1,
    signal: { aborted: false, reason: undefined },
    onEpoch: (report) => seconds = report.seconds,
  });
  return seconds;
}

try {
  const header = npyHeader([train.count, 28, 28]);
  // Bytes: NumPy's code for them in place of that of floats.
  const text = new TextDecoder("latin1").decode(header).replace("'<f4'", "'|u1'");
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  bytes[0] = 0x93;
  await Deno.writeFile(digits, new Blob([bytes, train.values as Uint8Array<ArrayBuffer>]).stream());
  const times: [encode: number, epoch: number][] = [];
  for (let round = 0; round < ROUNDS; round++) times.push([await encode(), epoch()]);
  const median = (column: 0 | 1) => times.map((row) => row[column]).sort((a, b) => a - b)[ROUNDS >> 1];
  const [encoded, trained] = [median(0), median(1)];
  // deno-lint-ignore no-console -- the result of a benchmark.
  console.log(
    `${chosen.name}: encode ${encoded.toFixed(2)} s (${Math.round(train.count / encoded)} samples/s), ` +
      `epoch ${trained.toFixed(2)} s (${Math.round(train.count / trained)} samples/s), ratio ${
        (trained / encoded).toFixed(1)
      }`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
