/**
 * How a number was measured. Two numbers are comparable only if their protocols are equal.
 *
 * It is derived from the options of a run's stages and from the recorded number of epochs, never from the name of a pipeline.
 *
 * @module
 */
import { z } from "zod";
import type { NamedMetric } from "./metric_names.ts";
import type { PartialRecord } from "../run/partial_record.ts";

/** A protocol; each field is compared by equality. */
export interface EvaluationProtocol {
  /** The source of the data. */
  readonly data: string;
  /** Which images it was trained on. */
  readonly training: string;
  /** What the model is given besides the images: `nothing`, `the class`. */
  readonly condition: string;
  /** The binarisation of grey pixels: `grey` (none), `threshold`, `resampled`. */
  readonly binarisation: string;
  /** Noise in training, and for a metric at a noise level in the measurement. */
  readonly noise: string;
  /** Which images it was measured on. */
  readonly split: string;
  /** How the number was estimated, with its number of samples. */
  readonly estimator: string;
  /** Passes over the training images. */
  readonly epochs: number;
  /** How the learning rate changed over the training. */
  readonly schedule: string;
  /** What the number averages over: {@link ONE_SETTING}, or `10 settings`. */
  readonly averaging: string;
}

/** One run, or the mean of runs that differ in their seed alone: both estimate the same number. */
export const ONE_SETTING = "runs of one setting";

/** The condition of a model that is given images alone. */
export const UNCONDITIONAL = "nothing";

const LABELS: Readonly<Record<keyof EvaluationProtocol, string>> = {
  data: "data",
  training: "trained on",
  condition: "the model is given",
  binarisation: "pixels",
  noise: "noise",
  split: "measured on",
  estimator: "estimator",
  epochs: "epochs",
  schedule: "learning rate",
  averaging: "averaged over",
};

/** A run as far as its protocol is concerned. */
export interface ProtocolSource {
  readonly stages: PartialRecord["stages"];
  /** The epochs that were trained, where that is known. */
  readonly epochs?: number;
  /** @default {@link ONE_SETTING} */
  readonly averaging?: string;
}

const text = z.string().optional().catch(undefined), number = z.number().nullish().catch(undefined);
const Load = z.object({
  source: z.object({ source: text, limit: number, offset: number, testLimit: number, heldOut: number }).catch(
    {},
  ),
  binarise: text,
});
const Train = z.object({
  model: z.object({ condition: text }).catch({}),
  repeats: number,
  copies: number,
  validationShare: number,
  schedule: z.looseObject({
    kind: z.string(),
    warmupEpochs: number,
    finalShare: number,
    everyEpochs: number,
    factor: number,
  }).optional().catch(undefined),
});
const Evaluate = z.object({ draws: number, importanceImages: number });
/** Stages that select some images of the dataset. */
const SELECTING = new Set(["only", "filterClasses"]);

/** The protocol of a metric of a run; unknown or ambiguous fields are left out. */
export function protocolOf(run: ProtocolSource, metric: NamedMetric): Partial<EvaluationProtocol> {
  const { stages, averaging = ONE_SETTING } = run;
  const load = onlyOptions(stages, "load", Load), train = onlyOptions(stages, "train", Train);
  const evaluate = onlyOptions(stages, "evaluate", Evaluate);
  const repeats = train?.repeats ?? train?.copies ?? 1;
  return known({
    data: load?.source.source,
    training: load && train && trainingText(load, train, stages),
    condition: train && (train.model.condition === "label" ? "the class" : UNCONDITIONAL),
    binarisation: load && (load.binarise ?? "grey"),
    noise: noiseText(stages, metric, evaluate?.draws ?? 1),
    split: load && splitText(load, metric, evaluate),
    estimator: metric.estimator,
    epochs: run.epochs === undefined ? undefined : run.epochs * repeats,
    schedule: train && scheduleText(train.schedule),
    averaging,
  });
}

/** A schedule of the learning rate as text: as the sources of published figures put it, or else its kind and options. */
function scheduleText(schedule: z.infer<typeof Train>["schedule"]): string | undefined {
  if (schedule === undefined) return undefined;
  const { kind, warmupEpochs, finalShare, everyEpochs, factor } = schedule;
  const warmup = warmupEpochs
    ? `, warm-up of ${warmupEpochs} ${warmupEpochs === 1 ? "epoch" : "epochs"}`
    : "";
  switch (kind) {
    case "constant":
      return `constant${warmup}`;
    case "step":
      return `times ${factor} every ${everyEpochs} epochs${warmup}`;
    case "cosine":
      return `cosine to ${finalShare ?? 0} of the rate${warmup}`;
    default: {
      const options = Object.entries(schedule).filter(([name, value]) => name !== "kind" && value != null);
      return `${kind}${options.map(([name, value]) => `, ${name} ${JSON.stringify(value)}`).join("")}`;
    }
  }
}

/** The differences that prevent a fair comparison of a published figure with a run; empty where there are none. */
export function protocolDifferences(
  published: Partial<EvaluationProtocol>,
  own: Partial<EvaluationProtocol>,
): string[] {
  const fields = Object.keys(LABELS) as (keyof EvaluationProtocol)[];
  const unstated = fields.filter((field) => published[field] === undefined).map((field) => LABELS[field]);
  const shown = (value: string | number | undefined) =>
    value === undefined ? "unknown" : typeof value === "number" ? value.toLocaleString("en-US") : value;
  const differing = fields.filter((field) =>
    published[field] !== undefined && published[field] !== own[field]
  )
    .map((field) => `${LABELS[field]}: ${shown(published[field])} there, ${shown(own[field])} here`);
  return [
    ...differing,
    ...(unstated.length === 0 ? [] : [`not stated by the source: ${unstated.join(", ")}`]),
  ];
}

function onlyOptions<Options>(
  stages: ProtocolSource["stages"],
  kind: string,
  schema: z.ZodType<Options>,
): Options | undefined {
  const found = stages.filter((stage) => stage.kind === kind);
  if (found.length !== 1) return undefined;
  return schema.safeParse(found[0].options).data;
}

function trainingText(
  { source: { limit, offset, heldOut } }: z.infer<typeof Load>,
  { validationShare }: z.infer<typeof Train>,
  stages: ProtocolSource["stages"],
): string {
  const parts = [
    ...(limit === null || limit === undefined ? [] : [`${limit.toLocaleString("en-US")} images`]),
    ...(heldOut ? [`all but the last ${heldOut.toLocaleString("en-US")} train images`] : []),
    ...(offset ? [`from image ${offset.toLocaleString("en-US")} on`] : []),
    ...stages.filter(({ kind }) => SELECTING.has(kind)).map(selectionText),
    ...(validationShare ? [`${Number((100 * validationShare).toPrecision(3))} % held out`] : []),
  ];
  return parts.length === 0 ? "all train images" : parts.join(", ");
}

function splitText(
  { source: { source, testLimit, heldOut } }: z.infer<typeof Load>,
  { split }: NamedMetric,
  evaluate: z.infer<typeof Evaluate> | undefined,
): string {
  // The glyphs are one set, which is stored or denoised: both splits are the same images.
  const given = source === "glyphs" ? "train" : split ?? "test";
  const name = given === "test" && heldOut ? "held-out train" : given;
  const most = [testLimit, evaluate?.importanceImages].filter((one) => typeof one === "number");
  return name === "train" || most.length === 0
    ? `all ${name} images`
    : `the first ${Math.min(...most).toLocaleString("en-US")} ${name} images`;
}

const Selection = z.object({ labels: z.array(z.string()).nullish(), except: z.array(z.string()).nullish() });

function selectionText({ options }: { readonly options: unknown }): string {
  const { labels, except } = Selection.safeParse(options).data ?? {};
  if (labels) return `only ${labels.join(", ")}`;
  return except ? `all but ${except.join(", ")}` : "some classes";
}

const Noise = z.object({
  kind: text,
  std: z.union([number, z.tuple([z.number(), z.number()])]).catch(undefined),
  share: number,
});

function noiseText(stages: ProtocolSource["stages"], { level, flips }: NamedMetric, draws: number): string {
  const inTraining = stages.filter(({ kind }) => kind === "noise").flatMap(({ options }) => {
    const { kind, std, share } = Noise.safeParse(options).data ?? {};
    if (kind === "flips") return [`${share} of pixels flipped in training`];
    if (std === 0) return [];
    return [`standard deviation ${Array.isArray(std) ? std.join(" to ") : std} in training`];
  });
  const measured = level !== undefined
    ? [`standard deviation ${level} with ${draws} draws`]
    : flips !== undefined
    ? [`${flips} of pixels flipped with ${draws} draws`]
    : [];
  return [...inTraining, ...measured].join(", ") || "none";
}

function known(
  protocol: { [Field in keyof EvaluationProtocol]: EvaluationProtocol[Field] | undefined },
): Partial<EvaluationProtocol> {
  return Object.fromEntries(Object.entries(protocol).filter(([, value]) => value !== undefined));
}
