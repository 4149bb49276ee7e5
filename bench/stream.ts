// deno-lint-ignore-file no-console -- a bench prints.

/**
 * Training on more images than the memory holds: an IDX file of some gigabytes is written (the MNIST digits repeated), one epoch
 * is trained from it, and the speed per sample is compared with the same training on 55,000 digits in memory, in the same process.
 *
 *     deno run -A bench/stream.ts [gigabytes] [memory]      # default: 5 and 256MB
 *
 * @module
 */
import { feedSamples } from "../src/data/feed.ts";
import { formatIdx, openIdx } from "../src/data/idx_format.ts";
import { bytesOf } from "../src/data/memory.ts";
import { asBytes } from "../src/core/shape.ts";
import { openSource } from "../src/data/source.ts";
import type { Split } from "../src/data/dataset.ts";
import { chooseEngine, describeEngine } from "../src/engine/choose.ts";
import { loadEngine } from "../src/engine/load.ts";
import { ModelSpec, vae } from "../src/models/spec.ts";
import { fit } from "../src/training/fit.ts";
import { OptimizerSpec } from "../src/training/optimizers.ts";

const PIXELS = 784;
const gigabytes = Number(Deno.args[0] ?? 5), memory = Deno.args[1] ?? "256MB";
const model = ModelSpec.parse(vae({ encoder: [PIXELS, 400], latent: 20 }));
const choice = await chooseEngine({});
const engine = await loadEngine(choice.name, choice);

/** The peak memory of this process, in megabytes. */
function peakMegabytes(): number {
  const status = Deno.build.os === "linux" ? Deno.readTextFileSync("/proc/self/status") : "";
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}

/** Writes the digits repeatedly until the file has its size. */
function writeFile(path: string, digits: Split): number {
  const rounds = Math.max(1, Math.round(gigabytes * 1e9 / digits.values.length));
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const header = formatIdx({ sizes: [rounds * digits.count, 28, 28], values: new Uint8Array() });
  file.writeSync(header);
  for (let round = 0; round < rounds; round++) {
    for (let done = 0; done < digits.values.length;) {
      done += file.writeSync(asBytes(digits.values.subarray(done)));
    }
  }
  file.close();
  return rounds * digits.count;
}

function train(split: Split, epochs: number): { samplesPerSecond: number; loss: number } {
  let seconds = 0, loss = NaN;
  fit({
    engine,
    model,
    data: { train: split, freshNoise: true },
    options: {
      optimizer: OptimizerSpec.parse({ kind: "adam" }),
      schedule: { kind: "constant", warmupEpochs: 0 },
      epochs,
      batchSize: 128,
      repeats: 1,
      shuffleBlock: null,
      patience: null,
      minDelta: 0,
      monitor: "loss",
      clipNorm: null,
    },
    seed: 1,
    signal: { aborted: false, reason: 0 },
    onEpoch: (report) => {
      seconds += report.seconds;
      loss = report.loss;
    },
  });
  return { samplesPerSecond: split.count * epochs / seconds, loss };
}

const { train: digits } = await openSource({ source: "mnist", offset: 0 }, { seed: 1, log: console.log });
const path = await Deno.makeTempFile({ dir: "runs", suffix: "-idx3-ubyte" });
try {
  const count = writeFile(path, digits);
  const { start } = openIdx(path, "images"), { size, mtime } = Deno.statSync(path);
  const modified = mtime?.getTime() ?? 0, block = Math.floor(bytesOf(memory) / PIXELS);
  const split: Split = {
    count,
    values: new Uint8Array(),
    file: { path, kind: "bytes", start, block, size, modified },
  };
  console.log(
    `${(size / 1e9).toFixed(2)} GB, ${count.toLocaleString("en-US")} images, ${memory} of them in memory, ${
      describeEngine(choice, navigator.hardwareConcurrency)
    }`,
  );
  const reading = performance.now();
  const part = 10_000, room = { samples: new Uint8Array(part * PIXELS), targets: new Uint8Array() };
  const feed = feedSamples(split, PIXELS, room);
  for (let first = 0; first < count; first += part) feed.load(first, Math.min(part, count - first));
  feed.close();
  console.log(`reading alone: ${(size / 1e6 / ((performance.now() - reading) / 1000)).toFixed(0)} MB/s`);
  const before = train(digits, 2), streamed = train(split, 1), after = train(digits, 2);
  const inMemory = (before.samplesPerSecond + after.samplesPerSecond) / 2;
  console.log(
    `in memory (before and after): ${before.samplesPerSecond.toFixed(0)} and ${
      after.samplesPerSecond.toFixed(0)
    } samples/s`,
  );
  console.log(
    `streamed: ${streamed.samplesPerSecond.toFixed(0)} samples/s, ${
      (streamed.samplesPerSecond / inMemory).toFixed(3)
    } of in memory`,
  );
  console.log(`peak memory of the process: ${peakMegabytes().toFixed(0)} MB`);
} finally {
  await Deno.remove(path);
}
