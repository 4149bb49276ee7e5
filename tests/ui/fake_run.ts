/** Synthetic runs, the same each time: a glyph DAE and a VAE of digits, with losses and pictures as real ones have them. @module */
import { SCHEMA } from "../../src/core/schema_version.ts";
import type { EventOf, RunEvent } from "../../src/pipeline/events.ts";
import { blend, corrupt, digit, glyph } from "./fake_digits.ts";
import { metricsOf } from "../support/metrics.ts";

/** When the synthetic runs begin. */
export const START = Date.UTC(2026, 10, 23, 22, 7, 0);

/** A number in [-1, 1) that looks random. */
function wobble(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

/** An event that has yet to get its time. */
type Untimed<Event> = Event extends unknown ? Omit<Event, "t"> : never;

/** Collects events while the clock runs. */
function recorder() {
  const events: RunEvent[] = [];
  let t = START;
  const add = (event: Untimed<RunEvent>) => events.push({ t: Math.round(t), ...event } as RunEvent);
  return {
    events,
    add,
    wait: (seconds: number) => t += 1000 * seconds,
    stage(stage: string, seconds: number, rest: Partial<EventOf<"stage">> = {}) {
      add({ type: "stage", stage, state: "started" });
      t += 1000 * seconds;
      add({ type: "stage", stage, state: "finished", seconds, ...rest });
    },
  };
}

interface Losses {
  stage: string;
  epochs: number;
  seconds: number;
  patience: number;
  loss(epoch: number): number;
  validation?(epoch: number): number;
  parts?(epoch: number): Record<string, number>;
  each?(epoch: number): void;
}

/** Epoch events until patience is used up; gives the last epoch. */
function epochs(record: ReturnType<typeof recorder>, losses: Losses): EventOf<"epoch"> {
  let best = Infinity, bestEpoch = 0;
  for (let epoch = 1;; epoch++) {
    const loss = losses.loss(epoch), validation = losses.validation?.(epoch);
    const watched = validation ?? loss;
    if (watched < best) [best, bestEpoch] = [watched, epoch];
    record.wait(losses.seconds);
    const epochsWithoutImprovement = epoch - bestEpoch;
    const event = {
      type: "epoch",
      stage: losses.stage,
      epoch,
      loss,
      validation,
      parts: losses.parts?.(epoch),
      best,
      bestEpoch,
      epochsWithoutImprovement,
      learningRate: 0.001,
      seconds: losses.seconds,
    } as const;
    record.add(event);
    losses.each?.(epoch);
    if (epochsWithoutImprovement >= losses.patience || epoch === losses.epochs) return { t: 0, ...event };
  }
}

/** Whether an epoch is previewed. */
const previewed = (epoch: number) => epoch % 10 ** Math.floor(Math.log10(epoch) + 1e-9) === 0;

/** A denoising autoencoder of the 32 glyphs: 3,000 quick epochs, no validation split. */
export function glyphRun(): RunEvent[] {
  const record = recorder();
  const { add, stage } = record;
  add({
    type: "run",
    schema: SCHEMA.events,
    run: "20261123-220700-4f2a",
    pipeline: "glyphs-dae",
    seed: 42,
    engine: "wasm, 1 thread",
    folder: "runs/glyphs-dae/20261123-220700-4f2a",
    stages: ["load", "noise", "train", "evaluate", "export"].map((name) => ({ name, kind: name })),
  });
  stage("load", 0.01, { note: "32 images of 7x5" });
  stage("noise", 0.0004, { note: "gaussian, std 0.5, fresh each epoch" });
  add({ type: "stage", stage: "train", state: "started" });
  add({
    type: "training",
    stage: "train",
    model: "dae 35-50-25-12-25-50-35",
    parameters: 6857,
    epochs: 3000,
    batchSize: 128,
    samples: 2048,
    validationSamples: 0,
    patience: 300,
    minDelta: 0,
    monitor: "loss",
    unit: "nats/sample",
  });
  const last = epochs(record, {
    stage: "train",
    epochs: 3000,
    seconds: 0.012,
    patience: 300,
    loss: (epoch) => (22 / (1 + epoch / 40) + 0.35) * (1 + 0.04 * wobble(epoch)),
    each(epoch) {
      if (previewed(epoch)) add(glyphPreview("train", epoch));
    },
  });
  add({
    type: "stage",
    stage: "train",
    state: "finished",
    seconds: 36,
    note: `3,000 epochs; best loss ${last.best!.toPrecision(6)} at epoch ${last.bestEpoch}`,
    metrics: metricsOf({ epochs: last.epoch, bestEpoch: last.bestEpoch, bestLoss: last.best!, seconds: 36 }),
  });
  stage("evaluate", 1.4, { metrics: metricsOf(glyphMetrics()), note: "99.9 % of pixels right" });
  add({ type: "artifact", stage: "export", file: "artifacts/sheet.png", title: "all glyphs, reconstructed" });
  stage("export", 0.2, { note: "tfjs" });
  add({ type: "end", status: "completed", exitCode: 0, reason: "all stages done", seconds: 37.7 });
  return record.events;
}

function glyphMetrics(): Record<string, number> {
  const metrics: Record<string, number> = { mse: 0.000213, worstWrongPixels: 1 };
  for (const [level, accuracy] of [[0.2, 1], [0.3, 0.99991], [0.4, 0.99923], [0.5, 0.99501]]) {
    metrics[`pixelAccuracy@${level}`] = accuracy;
    metrics[`threshold.pixelAccuracy@${level}`] = 1 - (1 - accuracy) * 20 - level / 20;
  }
  return metrics;
}

function glyphPreview(stage: string, epoch: number): Omit<EventOf<"preview">, "t"> {
  const items = [1, 2, 5, 7, 11, 19, 24, 29].map((position) => {
    const { name, image } = glyph(position);
    const output = blend(image, glyph((position + 3) % 32).image, 1 - 0.6 / (1 + epoch / 60));
    const input = corrupt(image, 0.5, position);
    return {
      label: name,
      target: image.toBase64(),
      input: input.toBase64(),
      output: corrupt(output, 0.6 / (1 + epoch / 8), position + 100).toBase64(),
    };
  });
  return { type: "preview", stage, epoch, height: 7, width: 5, items };
}

/** A VAE of digits with two latent dimensions: epochs of four seconds, a validation split, stopped early. */
export function digitRun(): RunEvent[] {
  const record = recorder();
  const { add, stage } = record;
  add({
    type: "run",
    schema: SCHEMA.events,
    run: "20261123-220700-77b1",
    pipeline: "mnist-vae-2d",
    seed: 42,
    engine: "wasm, 1 thread",
    folder: "runs/mnist-vae-2d/20261123-220700-77b1",
    stages: ["load", "train", "evaluate", "interpolate", "generate", "export"].map((name) => ({
      name,
      kind: name,
    })),
  });
  stage("load", 0.31, { note: "60,000 + 10,000 images of 28x28" });
  add({ type: "stage", stage: "train", state: "started" });
  add({
    type: "training",
    stage: "train",
    model: "vae 784-500-300-2-300-500-784",
    parameters: 1_088_388,
    epochs: 60,
    batchSize: 128,
    samples: 54_000,
    validationSamples: 6000,
    patience: 8,
    minDelta: 0,
    monitor: "validation",
    unit: "nats/sample",
  });
  const last = epochs(record, {
    stage: "train",
    epochs: 60,
    seconds: 3.9,
    patience: 8,
    loss: (epoch) => 140 + 66 * epoch ** -0.8 - 0.18 * epoch + 0.15 * wobble(epoch),
    validation: (epoch) =>
      143.4 + 62 * epoch ** -0.9 + 0.012 * Math.max(0, epoch - 16) ** 2 + 0.2 * wobble(7 * epoch),
    parts: (epoch) => ({ reconstruction: 134 + 66 * epoch ** -0.8, kl: 6 }),
    each(epoch) {
      if (!previewed(epoch)) return;
      add(digitPreview("train", epoch));
      add(scatter("train", epoch));
    },
  });
  add({
    type: "stage",
    stage: "train",
    state: "finished",
    seconds: 3.9 * last.epoch,
    note: `${last.epoch} epochs, stopped early: 8 without improvement`,
    metrics: metricsOf({
      epochs: last.epoch,
      bestEpoch: last.bestEpoch,
      bestLoss: last.best!,
      seconds: 3.9 * last.epoch,
    }),
  });
  add({ type: "warning", stage: "evaluate", message: "1 of 2 latent units is hardly used" });
  stage("evaluate", 2.2, {
    metrics: metricsOf({ elbo: -146.82, reconstruction: 140.61, kl: 6.21, mse: 0.0389, activeUnits: 2 }),
  });
  add({ type: "artifact", stage: "interpolate", file: "artifacts/morph.gif", title: "morph from 3 to 8" });
  stage("interpolate", 0.2, { note: "morph from 3 to 8, 16 steps" });
  stage("generate", 0.3, { note: "20x20 grid" });
  stage("export", 0.4, { note: "tfjs" });
  add({
    type: "end",
    status: "completed",
    exitCode: 0,
    reason: "all stages done",
    seconds: 3.5 + 3.9 * last.epoch,
  });
  return record.events;
}

function digitPreview(stage: string, epoch: number): Omit<EventOf<"preview">, "t"> {
  const items = Array.from({ length: 10 }, (_, value) => {
    const image = digit(value);
    const blurred = blend(digit(value, 0.07), digit((value + 3) % 10, 0.09), 1 - 0.5 / (1 + epoch / 3));
    const target = image.toBase64();
    return {
      label: `${value}`,
      target,
      input: corrupt(image, 0.2, value).toBase64(),
      output: blurred.toBase64(),
    };
  });
  return { type: "preview", stage, epoch, height: 28, width: 28, items };
}

function scatter(stage: string, epoch: number): Omit<EventOf<"latent">, "t"> {
  const labels = Array.from({ length: 500 }, (_, index) => index % 10);
  const points = labels.map((label, index): [number, number] => {
    const angle = label * 0.628, far = 0.4 + 1.8 * (1 - 1 / (1 + epoch / 4)) * (label % 2 ? 1 : 0.55);
    return [far * Math.cos(angle) + 0.3 * wobble(index), far * Math.sin(angle) + 0.3 * wobble(index + 1000)];
  });
  const labelNames = Array.from({ length: 10 }, (_, value) => `${value}`);
  return { type: "latent", stage, epoch, labelNames, points, labels, prior: "normal" };
}

/** The events up to the given epoch, and those right after it. */
export function untilEpoch(events: readonly RunEvent[], epoch: number): RunEvent[] {
  const end = events.findIndex((event) => event.type === "epoch" && event.epoch > epoch);
  return events.slice(0, end < 0 ? events.length : end);
}

/** The same events under a schedule that goes by the loss: the rate falls after an epoch, and 2 of 5 epochs count before the next fall. */
export function onPlateau(events: readonly RunEvent[], fallsAfter: number): RunEvent[] {
  return events.flatMap((event): RunEvent[] => {
    if (event.type === "training") return [{ ...event, ratePatience: 5 }];
    if (event.type !== "epoch") return [event];
    const { t, stage, epoch } = event;
    const learningRate = epoch > fallsAfter ? 1e-4 : 1e-3;
    const changed = { ...event, epochsOnPlateau: epoch === fallsAfter ? 0 : 2, learningRate };
    return epoch === fallsAfter
      ? [changed, { type: "learningRate", t, stage, epoch, from: 1e-3, to: 1e-4 }]
      : [changed];
  });
}
