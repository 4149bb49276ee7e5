/**
 * What a run reports: one closed union of events. A line of `events.jsonl` is one of them, and everything on screen is a fold over
 * them, live or years later.
 *
 * Times `t` are milliseconds since 1970 (UTC); durations are seconds; pixels are base64 of one byte each (255 is on).
 *
 * @module
 */
import { z } from "zod";
import { type OtherVersion, otherVersion, SCHEMA } from "../core/schema_version.ts";
import { RecordedMetric } from "./metric.ts";

const time = z.number();
const count = z.int().nonnegative();
/** JSON has no NaN or infinity: a loss that is not finite is `null`. */
const measured = z.number().nullable();

/** A name to its value. */
const values = z.record(z.string(), measured);

const runStarted = z.object({
  type: z.literal("run"),
  t: time,
  /** The version of this union. */
  schema: z.literal(SCHEMA.events),
  /** The run's id: `<UTC time>-<4 hexadecimal digits>`. */
  run: z.string(),
  pipeline: z.string(),
  seed: z.number(),
  /** The engine and how it runs: `wasm, 1 thread`. */
  engine: z.string(),
  /** The path of the run folder, as the user would type it. */
  folder: z.string(),
  /** All stages to come, in order: the unique name and the kind. */
  stages: z.array(z.object({ name: z.string(), kind: z.string() })),
});

const stage = z.object({
  type: z.literal("stage"),
  t: time,
  stage: z.string(),
  state: z.enum(["started", "finished", "failed", "stopped"]),
  /** How long it took; with any state but `started`. */
  seconds: z.number().optional(),
  /** A short result: `60,000 + 10,000 images of 28x28`. */
  note: z.string().optional(),
  /** What it measured, with units and directions. */
  metrics: z.record(z.string(), RecordedMetric).optional(),
  /** The run that computed it, when its result was not computed again. */
  cached: z.string().optional(),
});

const training = z.object({
  type: z.literal("training"),
  t: time,
  stage: z.string(),
  /** The model as text: `vae 784-400-20-400-784`. */
  model: z.string(),
  parameters: count,
  /** Maximum number of epochs. */
  epochs: count,
  batchSize: count,
  /** Samples of an epoch, and of the validation split (0 without one). */
  samples: count,
  validationSamples: count,
  /** Epochs without improvement before it stops; `null`: never. */
  patience: count.nullable(),
  minDelta: z.number(),
  /** Epochs without improvement before the learning rate falls; left out where it does not go by the loss. */
  ratePatience: count.optional(),
  /** Seconds that the training may take; left out without a limit. */
  maxSeconds: z.number().positive().optional(),
  /** The decay of the moving average of the weights that is evaluated and kept; left out where these are the weights themselves. */
  ema: z.number().optional(),
  /** What patience watches. */
  monitor: z.enum(["loss", "validation"]),
  /** The loss with its unit: `nats/sample` (sum over pixels, mean over samples). */
  unit: z.string(),
});

const epoch = z.object({
  type: z.literal("epoch"),
  t: time,
  stage: z.string(),
  /** Counted from 1. */
  epoch: count,
  loss: measured,
  validation: measured.optional(),
  /** What the loss is made of, for a VAE: `{ reconstruction, kl }`. */
  parts: values.optional(),
  /** The best monitored value so far, and its epoch. */
  best: measured,
  bestEpoch: count,
  /** Epochs since then. */
  epochsWithoutImprovement: count,
  /** Epochs without improvement towards the next fall of the learning rate; left out where it does not go by the loss. */
  epochsOnPlateau: count.optional(),
  learningRate: z.number(),
  /** The weight of the KL of a VAE, where a schedule changes it. */
  klWeight: z.number().optional(),
  /** The capacity in nats/sample to which the KL is pulled, where it grows. */
  klTarget: z.number().optional(),
  /** How long this epoch took, validation included. */
  seconds: z.number(),
});

const learningRate = z.object({
  type: z.literal("learningRate"),
  t: time,
  stage: z.string(),
  /** After which epoch it fell, as the monitored loss did not improve; counted from 1. */
  epoch: count,
  from: z.number(),
  to: z.number(),
});

const preview = z.object({
  type: z.literal("preview"),
  t: time,
  stage: z.string(),
  epoch: count,
  height: count,
  width: count,
  /** Values per pixel: 1 (grey) or 3 (red, green, blue). @default {1} */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  /** The names of features, where samples are vectors: of the first ones, whose values each item has. */
  features: z.array(z.string()).optional(),
  /** A few samples: target, input and reconstruction; of vectors also the target and reconstruction as numbers, in the units of the data. */
  items: z.array(z.object({
    label: z.string(),
    target: z.string(),
    input: z.string(),
    output: z.string(),
    values: z.object({ target: z.array(z.number().nullable()), output: z.array(z.number().nullable()) })
      .optional(),
  })),
});

const latent = z.object({
  type: z.literal("latent"),
  t: time,
  stage: z.string(),
  epoch: count,
  /** The names that {@link labels} index: classes, or one name a point. */
  labelNames: z.array(z.string()),
  /** Two coordinates a point. */
  points: z.array(z.tuple([z.number(), z.number()])),
  labels: z.array(count),
  /** What the points of a VAE are to follow: `normal` is N(0, 1) in each dimension. Left out for an AE, which has no prior. */
  prior: z.literal("normal").optional(),
});

const health = z.object({
  type: z.literal("health"),
  t: time,
  stage: z.string(),
  epoch: count,
  /** The number of images measured on, the first of a split. */
  images: count,
  split: z.enum(["train", "validation"]),
  /** The mean and the standard deviation over images of each latent dimension; of a VAE, of its posterior mean. */
  mean: z.array(measured),
  std: z.array(measured),
  /** Of a VAE: the variance of the posterior of each latent dimension, mean over images. */
  variance: z.array(measured).optional(),
  /** Of a VAE: KL(posterior || prior) of each latent dimension in nats, mean over images. */
  kl: z.array(measured).optional(),
  /** Of a VQ-VAE: how many codes there are, how many of them the images use, and how evenly (the exponential of the entropy). */
  codes: z.object({ total: count, used: count, perplexity: measured }).optional(),
  /** Of a VAE whose KL term is split: its parts in nats (Chen et al. 2018, arXiv:1802.04942). */
  klParts: z.object({ mutualInformation: measured, totalCorrelation: measured, dimensionKl: measured })
    .optional(),
  /** Of a VAE: latent dimensions whose posterior mean has a variance above 0.01 (Burda et al. 2016, arXiv:1509.00519). */
  activeUnits: count.optional(),
  /** A message when the latent has collapsed, with remedies; left out when it has not. */
  collapse: z.string().optional(),
});

const divergence = z.object({
  type: z.literal("divergence"),
  t: time,
  stage: z.string(),
  /** The epoch, its batch and the step of the whole training, each counted from 1. */
  epoch: count,
  batch: count,
  step: count,
  /** What was the first to be not finite. */
  tensor: z.enum(["value", "loss", "gradient", "parameter"]),
  /** Its layer, and for a parameter or its gradient the tensor: `latent`, `encoder.0.weight`. */
  name: z.string(),
  /** The cause as text: `the first number that is not finite is in ...`. */
  message: z.string(),
});

const checkpoint = z.object({
  type: z.literal("checkpoint"),
  t: time,
  stage: z.string(),
  epoch: count,
  file: z.string(),
});

const artifact = z.object({
  type: z.literal("artifact"),
  t: time,
  stage: z.string(),
  /** Relative to the run folder: `artifacts/morph.gif`. */
  file: z.string(),
  /** What it shows: `morph from 3 to 8`. */
  title: z.string(),
});

const warning = z.object({
  type: z.literal("warning"),
  t: time,
  stage: z.string().optional(),
  message: z.string(),
});
const log = z.object({ type: z.literal("log"), t: time, stage: z.string().optional(), message: z.string() });

const end = z.object({
  type: z.literal("end"),
  t: time,
  /** `crashed` is in no file: a reader concludes it from a run without an end whose process is gone. */
  status: z.enum(["completed", "stopped", "failed", "crashed"]),
  exitCode: z.int(),
  /** Why: `all stages done`, `stopped by SIGINT after epoch 12`, or the error's message. */
  reason: z.string(),
  seconds: z.number(),
});

/** The schema of an event, for what is read from a file. */
export const RunEvent = z.discriminatedUnion("type", [
  runStarted,
  stage,
  training,
  epoch,
  learningRate,
  preview,
  latent,
  health,
  divergence,
  checkpoint,
  artifact,
  warning,
  log,
  end,
]);

/** One event. */
export type RunEvent = z.infer<typeof RunEvent>;

/** The event of one type: `EventOf<"epoch">`. */
export type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** The other version that wrote some events, by the first of them; only they hold it. */
export function otherEvents(text: string, file: string): OtherVersion | undefined {
  try {
    const first: unknown = JSON.parse(text.slice(0, text.indexOf("\n")));
    const { type, schema } = first as { readonly type?: unknown; readonly schema?: unknown };
    return type === "run" ? otherVersion("events", schema, file) : undefined;
  } catch {
    // Its first line was cut off, or is no event.
    return undefined;
  }
}

/** Reads one line of `events.jsonl`; `undefined` for a line that was cut off or is not an event (legal at the end of a file). */
export function parseEvent(line: string): RunEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (isPlainEpoch(value)) return value;
  const parsed = RunEvent.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

const NUMBERS = ["t", "epoch", "bestEpoch", "epochsWithoutImprovement", "learningRate", "seconds"] as const;
const MEASURED = ["loss", "best"] as const;

/**
 * Whether a value is an epoch as we write them. A long run is nearly nothing else, and a schema takes five times as long to say so; what is
 * not plainly one is left to the schema.
 */
function isPlainEpoch(value: unknown): value is EventOf<"epoch"> {
  const event = value as Record<string, unknown> | null;
  if (
    typeof event !== "object" || event === null || event.type !== "epoch" || typeof event.stage !== "string"
  ) {
    return false;
  }
  for (const name of NUMBERS) if (typeof event[name] !== "number") return false;
  for (const name of MEASURED) if (typeof event[name] !== "number" && event[name] !== null) return false;
  if (!isCount(event.epoch) || !isCount(event.bestEpoch) || !isCount(event.epochsWithoutImprovement)) {
    return false;
  }
  const { validation, parts, epochsOnPlateau, klWeight, klTarget } = event;
  if (epochsOnPlateau !== undefined && !isCount(epochsOnPlateau)) return false;
  for (const number of [validation, klWeight, klTarget]) {
    if (number !== undefined && typeof number !== "number") return false;
  }
  return parts === undefined || arePlainValues(parts);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function arePlainValues(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const name in value) if (typeof (value as Record<string, unknown>)[name] !== "number") return false;
  return true;
}
