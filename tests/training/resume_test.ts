import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { sliceSplit } from "../../src/data/parts.ts";
import type { Checkpointer, FitOptions } from "../../src/training/contract.ts";
import { conv, convTranspose, dropout, reshape } from "../../src/models/layers/kinds.ts";
import { residual } from "../../src/models/layers/table.ts";
import { vae } from "../../src/models/options.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { ScheduleSpec } from "../../src/training/schedules.ts";
import { oneCycle, plateau } from "../../src/training/schedules/kinds.ts";
import { type TrainingSnapshot, TrainingState } from "../../src/training/snapshot.ts";
import { GLYPHS, type Kept, spying, TINY_VAE, type TinyFit, tinyFit, wasm } from "./tiny.ts";

const NOISE = { kind: "gaussian", std: 0.3, maximumStd: 0.3 } as const;

/** A VAE under noise with everything that a resumed training could lose: moments, patience, a warm-up, a schedule, blocks. */
const RICH: TinyFit = {
  model: { ...TINY_VAE, klSchedule: { kind: "linear", epochs: 3 } },
  data: {
    train: sliceSplit(GLYPHS, 35, 0, 24),
    validation: sliceSplit(GLYPHS, 35, 24, 32),
    corruption: NOISE,
  },
  options: {
    optimizer: OptimizerSpec.parse({ kind: "adam", learningRate: 0.02 }),
    schedule: { kind: "cosine", warmupEpochs: 1, finalShare: 0.1 },
    epochs: 6,
    batchSize: 7,
    repeats: 2,
    shuffleBlock: 20,
    patience: 3,
    minDelta: 2,
    monitor: "validation",
    clipNorm: 1,
  },
};

/** A copy that went through a file: the state as JSON, the numbers as single precision. */
function copyOf({ state, blocks }: TrainingSnapshot): TrainingSnapshot {
  return {
    state: TrainingState.parse(JSON.parse(JSON.stringify(state))),
    blocks: blocks.map(({ name, data }) => ({ name, data: Float32Array.from(data) })),
  };
}

/** Keeps the last saved state. */
function memory(found?: TrainingSnapshot, due: Checkpointer["due"] = () => false) {
  let newest: TrainingSnapshot | undefined, saves = 0;
  const checkpoints: Checkpointer = {
    found,
    due,
    save(state, blocks) {
      newest = copyOf({ state, blocks });
      saves++;
    },
  };
  return { checkpoints, newest: () => newest!, saves: () => saves };
}

/** What of a report does not depend on the clock. */
const timeless = (reports: readonly Kept[]) => reports.map(({ seconds: _seconds, ...report }) => report);

Deno.test("fit counts the seconds of earlier processes towards maxSeconds", () => {
  const { checkpoints, newest } = memory();
  tinyFit({ options: { epochs: 10 }, checkpoints });
  const { state, blocks } = newest(), found = { state: { ...state, seconds: 100 }, blocks };
  // Ten epochs in 100 s: the eleventh is expected to end at 110 s.
  const resumed = (maxSeconds: number) =>
    tinyFit({ options: { epochs: 12, maxSeconds }, checkpoints: memory(found).checkpoints });
  const [over, within] = [109, 111].map(resumed);
  deepEqual([over.outcome, over.epochs], ["time", 10]);
  deepEqual([within.outcome, within.epochs], ["epochs", 12]);
  ok(within.seconds > 100 && within.seconds < 111);
});

/** With dropout in the encoder, in a residual block and in the decoder. */
const CONV_VAE = vae({
  input: [7, 5, 1],
  encoder: [conv(3, { stride: 2 }), dropout(0.3), residual([conv(3), dropout(0.2), conv(3)]), 6],
  latent: 2,
  decoder: [36, reshape([4, 3, 3]), dropout(0.1), convTranspose(1, { stride: 2, outputSize: [7, 5] })],
});

/** Codes, their averages and restarts, which the checkpoint has among the parameters. */
const VQ: TinyFit["model"] = {
  kind: "vqvae",
  encoder: [35, 9],
  latent: 4,
  dimensions: 2,
  codes: 8,
  restart: 0.5,
};

/** What changes over a training and has to resume, each with the engine that is tried. */
const RESUMED: readonly (readonly [
  name: string,
  engine: "wasm" | "reference" | "native",
  options: Partial<FitOptions>,
  model?: TinyFit["model"],
])[] = [
  ["under a cosine", "wasm", {}],
  ["under a cosine", "reference", {}],
  ["under a plateau schedule", "wasm", {
    schedule: {
      kind: "plateau",
      warmupEpochs: 0.5,
      factor: 0.5,
      patience: 1,
      minDelta: 2,
      minimum: 0,
      cooldown: 1,
    },
  }],
  ["of averaged weights", "wasm", { ema: 0.9 }],
  ["of averaged weights", "reference", { ema: 0.9 }],
  ["of averaged weights", "native", { ema: 0.9 }],
  ["with a codebook", "wasm", { minDelta: 1e6, ema: 0.9 }, VQ],
  ["with a codebook", "native", { minDelta: 1e6 }, VQ],
  ["with a learned variance", "wasm", { minDelta: 1e6, ema: 0.9 }, { ...TINY_VAE, loss: "gaussian" }],
  ["with the parts of its KL", "wasm", { minDelta: 1e6 }, { ...TINY_VAE, totalCorrelation: { beta: 3 } }],
  ["of convolutions with dropout", "wasm", { patience: 2 }, CONV_VAE],
  ["of convolutions with dropout", "reference", { patience: 2 }, CONV_VAE],
  ["under one cycle", "wasm", { schedule: ScheduleSpec.parse(oneCycle({ maximum: 0.02 })) }],
];

for (const [name, precision, options, model = RICH.model] of RESUMED) {
  Deno.test(`fit resumes with the same bits after a stop at any batch, ${name} on ${precision}`, async () => {
    const { loadEngine } = await import("../../src/engine/load.ts");
    const engine = precision === "wasm" ? wasm : await loadEngine("reference");
    const rich = { ...RICH, model, options: { ...RICH.options, ...options } };
    const whole = tinyFit({ ...rich, engine });
    equal(whole.outcome, "patience");
    // 48 visits in batches of 7, in blocks of 20: well over 7 steps an epoch.
    for (let stopAt = 1; stopAt <= 45; stopAt += precision === "wasm" ? 1 : 11) {
      let asked = 0;
      const kept = memory();
      const first = tinyFit({
        ...rich,
        engine,
        stop: () => ++asked === stopAt,
        checkpoints: kept.checkpoints,
      });
      if (first.outcome !== "stopped") continue;
      const rest = tinyFit({ ...rich, engine, checkpoints: memory(kept.newest()).checkpoints });
      deepEqual(timeless([...first.reports, ...rest.reports]), timeless(whole.reports), `stop ${stopAt}`);
      deepEqual(rest.parameters, whole.parameters);
      deepEqual([rest.outcome, rest.epochs, rest.patience], [whole.outcome, whole.epochs, whole.patience]);
    }
  });
}

Deno.test("fit can be split into pieces of three batches and ends with the same bits", () => {
  const whole = tinyFit(RICH), reports: Kept[] = [];
  let found: TrainingSnapshot | undefined, pieces = 0;
  for (;;) {
    let asked = 0;
    const kept = memory(found);
    const piece = tinyFit({ ...RICH, stop: () => ++asked % 3 === 0, checkpoints: kept.checkpoints });
    reports.push(...piece.reports);
    found = kept.newest();
    pieces++;
    if (piece.outcome === "stopped") continue;
    deepEqual(piece.parameters, whole.parameters);
    break;
  }
  ok(pieces > 5, `only ${pieces} pieces`);
  deepEqual(timeless(reports), timeless(whole.reports));
});

Deno.test("fit saves when it is due, within epochs and between them, and at its end", () => {
  const asked: (number | undefined)[] = [];
  const kept = memory(undefined, (epoch) => {
    asked.push(epoch);
    return epoch === 2;
  });
  const { reports } = tinyFit({ options: { epochs: 4, batchSize: 16 }, checkpoints: kept.checkpoints });
  equal(reports.length, 4);
  // Two batches per epoch: called after the first of each, and after all epochs but the last.
  deepEqual(asked, [undefined, 1, undefined, 2, undefined, 3, undefined]);
  equal(kept.saves(), 2);
  equal(kept.newest().state.epochs, 4);
});

Deno.test("fit saves before it keeps the weights of a first epoch that was stopped, so that it resumes as if nothing had happened", () => {
  const kept = memory();
  const options = { epochs: 3, batchSize: 8 };
  const { outcome } = tinyFit({ options, stop: () => true, checkpoints: kept.checkpoints });
  equal(outcome, "stopped");
  const { state, blocks } = kept.newest();
  equal(state.patience.bestEpoch, 0);
  const [parameters, best] = ["parameters", "best"].map((name) =>
    blocks.find((block) => block.name === name)!
  );
  ok(parameters.data.some((value, at) => value !== best.data[at]));
});

Deno.test("fit that has ended resumes where it ended when there are more epochs, or more patience", () => {
  const options = { epochs: 3, batchSize: 8 };
  const long = tinyFit({ options: { ...options, epochs: 8 } });
  const kept = memory();
  const short = tinyFit({ options, checkpoints: kept.checkpoints });
  const rest = tinyFit({
    options: { ...options, epochs: 8 },
    checkpoints: memory(kept.newest()).checkpoints,
  });
  deepEqual(timeless([...short.reports, ...rest.reports]), timeless(long.reports));
  deepEqual(rest.parameters, long.parameters);

  const impatient = { epochs: 20, patience: 2, minDelta: 10 }, again = memory();
  equal(tinyFit({ options: impatient, checkpoints: again.checkpoints }).epochs, 3);
  const patient = tinyFit({
    options: { ...impatient, patience: 6 },
    checkpoints: memory(again.newest()).checkpoints,
  });
  deepEqual([patient.outcome, patient.epochs], ["patience", 7]);
});

Deno.test("fit under a plateau schedule and with averaged weights resumes with more epochs, as if they had been there", () => {
  const schedule = ScheduleSpec.parse(plateau({ patience: 1, minDelta: 10, factor: 0.5, cooldown: 1 }));
  const options = { schedule, epochs: 4, batchSize: 8, ema: 0.9 }, kept = memory();
  const long = tinyFit({ options: { ...options, epochs: 9 } });
  const short = tinyFit({ options, checkpoints: kept.checkpoints });
  const rest = tinyFit({
    options: { ...options, epochs: 9 },
    checkpoints: memory(kept.newest()).checkpoints,
  });
  deepEqual(timeless([...short.reports, ...rest.reports]), timeless(long.reports));
  deepEqual(rest.parameters, long.parameters);
  equal(long.reports.filter(({ reduction }) => reduction !== undefined).length, 4);
});

Deno.test("fit that has ended does nothing when it is resumed, and returns its weights again", () => {
  const kept = memory();
  const whole = tinyFit({ checkpoints: kept.checkpoints });
  const again = tinyFit({ checkpoints: memory(kept.newest()).checkpoints });
  deepEqual(again.reports, []);
  deepEqual(again.parameters, whole.parameters);
});

Deno.test("fit refuses the checkpoint of another model or optimizer", () => {
  const kept = memory();
  tinyFit({ checkpoints: kept.checkpoints });
  const found = kept.newest();
  throws(
    () => tinyFit({ model: { ...TINY_VAE, kind: "vae" }, checkpoints: memory(found).checkpoints }),
    /the checkpoint's "parameters" must have \d+ numbers, got \d+/,
  );
  const without = { ...found, blocks: found.blocks.filter(({ name }) => name !== "slot1") };
  throws(
    () => tinyFit({ checkpoints: memory(without).checkpoints }),
    /"slot1" must have .*, got none/,
  );
});

Deno.test("fit does not roll back over a checkpoint when it diverges", () => {
  // The update of step 5 breaks the weights; the step after it has no finite loss.
  const breaking = () =>
    spying({ afterUpdate: (parameters, updates) => updates === 5 && parameters.fill(NaN) });
  const options = { epochs: 9, batchSize: 16 };
  const kept = memory(undefined, (epoch) => epoch === 1);
  const broken = tinyFit({ engine: breaking(), options, checkpoints: kept.checkpoints });
  equal(broken.outcome, "diverged");
  equal(kept.newest().state.epochs, 1);
  const healed = tinyFit({ options, checkpoints: memory(kept.newest()).checkpoints });
  deepEqual(healed.parameters, tinyFit({ options }).parameters);
});
