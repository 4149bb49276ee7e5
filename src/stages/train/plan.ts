/** What a train stage would do, without doing it. @module */
import { describeKl, klShare, klTarget } from "../../models/kl_schedule.ts";
import { bytesText, countText, inUnits, plural } from "../../core/amounts.ts";
import { type Fault, faultsAt } from "../../core/fault.ts";
import { type SampleShape, sampleShapeText } from "../../core/shape.ts";
import { hiddenFirst } from "../../models/fit_model.ts";
import { latentShape } from "../../models/layers.ts";
import { codePositions, hasCodebook } from "../../models/codebook.ts";
import { isConditional } from "../../models/condition.ts";
import { familyOf } from "../../models/family.ts";
import type { ModelClass, TotalCorrelation } from "../../models/options.ts";
import { likelihoodOf, targetValuesOf } from "../../models/likelihoods/table.ts";
import { lossParts } from "../../models/loss_graphs.ts";
import { importanceSamplesOf, type ModelSpec } from "../../models/spec.ts";
import { initialWeights } from "../../models/initial_weights.ts";
import { modelSize } from "../../models/tensors.ts";
import type { PlanFacts, StagePlan } from "../../pipeline/stage.ts";
import { freezableNames, parameterRanges } from "../../training/frozen.ts";
import { hasMomentum, slotsOf } from "../../training/optimizers.ts";
import { describeSchedule } from "../../training/schedules.ts";
import { conditionFaults } from "./data.ts";
import { faultsOfModel, fittedModel, modelCost } from "./model_cost.ts";
import { bytesOfParts, faultsOfParts, partLines, threadsOfStep } from "./parts.ts";
import type { TrainSettings } from "./settings.ts";

/** The model, its cost, and what does not fit the data before it. */
export function planTraining(settings: TrainSettings, facts: PlanFacts): StagePlan {
  const shape = shapeOf(settings, facts);
  const classes = facts.classes ?? [];
  const faults = [
    ...shape === undefined ? [] : faultsOfModel(settings.model, shape),
    ...conditionFaults(settings.model, facts.classes),
  ];
  const isSized = shape !== undefined && (!isConditional(settings.model) || classes.length > 0);
  const weightFaults = faultsOfWeights(settings, faults.length === 0 && isSized ? shape : undefined, classes);
  const dataFaults = [
    ...faultsOfSchedule(settings),
    ...faultsOfParts(settings),
    ...faultsOfData(settings, facts),
  ];
  if (!isSized || faults.length > 0) {
    return {
      lines: ["its layers are sized by the data when they are loaded", ...klLines(settings)],
      // Of a feature map, `latent` is missing until its size is known.
      facts: { latent: settings.model.latent, model: familyOf(settings.model) },
      epochMetrics: epochMetrics(settings, facts),
      faults: [...faultsAt("model", faults), ...weightFaults, ...dataFaults],
    };
  }
  const { faults: sizeFaults = [], ...plan } = planModel(
    fittedModel(settings.model, shape, classes),
    settings,
    facts,
  );
  const first = hiddenFirst(settings.model, shape);
  const lines = first === undefined ? plan.lines : [plan.lines[0], first, ...plan.lines.slice(1)];
  return {
    ...plan,
    lines,
    epochMetrics: epochMetrics(settings, facts),
    faults: [...sizeFaults, ...weightFaults, ...dataFaults],
  };
}

/** What is measured of each epoch; the validation loss unless there is surely no such split. */
function epochMetrics({ model, validationShare }: TrainSettings, { validation }: PlanFacts): string[] {
  const isValidated = validationShare > 0 || validation !== false;
  return [...isValidated ? ["validation"] : [], "loss", ...lossParts(model)];
}

/** The plan of a model whose size is known. */
function planModel(model: ModelSpec, settings: TrainSettings, facts: PlanFacts): StagePlan {
  const { batchSize, optimizer, ema, repeats, epochs } = settings;
  const cost = modelCost(model, batchSize, facts.noisy ?? false), { parameters } = cost;
  const memory = cost.bytes + 4 * parameters * (1 + slotsOf(optimizer, ema !== undefined)) +
    bytesOfParts(settings, parameters);
  return {
    lines: [
      `${cost.description}, ${countText(parameters)} parameters`,
      lengthLine(settings),
      ...scheduleLines(settings),
      ...averageLines(settings),
      ...klLines(settings),
      ...mapLines(model),
      ...codeLines(model),
      ...startLines(settings),
      `a step: ${inUnits(cost.flops, ["FLOP", "kFLOP", "MFLOP", "GFLOP"])}, at most ${
        bytesText(memory)
      } of memory besides the samples`,
      ...partLines(settings),
      ...cost.layers.map((line) => `  ${line}`),
    ],
    facts: {
      latent: model.latent,
      model: familyOf(model),
      ...isConditional(model) ? { modelClasses: model.classes } : {},
      threads: Math.max(facts.threads ?? 1, threadsOfStep(settings, cost)),
    },
    step: { flops: cost.flops, parameters, rows: batchSize, parts: settings.parts },
    cost: cost.flops / batchSize * (facts.samples ?? 1) * repeats * epochs,
    faults: memoryFaults(memory),
  };
}

/** How the model is optimized, and for how long at most. */
function lengthLine({ batchSize, optimizer, epochs, patience, maxSeconds }: TrainSettings): string {
  const time = maxSeconds === undefined ? "" : ` and ${maxSeconds.toLocaleString("en-US")} seconds`;
  const stop = patience === null ? "no early stop" : `patience ${patience}`;
  return `${optimizer.kind}, learning rate ${optimizer.learningRate}, at most ${
    plural(epochs, "epoch")
  }${time}, batch ${batchSize}, ${stop}`;
}

/** How the learning rate changes, where it does. */
function scheduleLines({ schedule, optimizer }: TrainSettings): string[] {
  const text = describeSchedule(schedule);
  if (text === "") return [];
  const isWithout = schedule.kind === "oneCycle" && schedule.momentum !== null && !hasMomentum(optimizer);
  return [`learning rate: ${text}${isWithout ? ` (${optimizer.kind} has no momentum to cycle)` : ""}`];
}

/** Which weights are evaluated, where these are averages. */
function averageLines({ ema }: TrainSettings): string[] {
  if (ema === undefined) return [];
  const steps = Math.round(1 / (1 - ema)).toLocaleString("en-US");
  return [`evaluates and keeps averaged weights: ema ${ema}, about the last ${steps} steps`];
}

/** What does not fit of the learning rates. */
function faultsOfSchedule({ schedule, optimizer: { learningRate } }: TrainSettings): Fault[] {
  if (schedule.kind !== "plateau" || schedule.minimum <= learningRate) return [];
  const message = `must be at most the optimizer's learningRate ${learningRate}, got ${schedule.minimum}`;
  return [{ path: "schedule.minimum", message }];
}

/** Where weights come from, and which stay. */
function startLines({ initial, freeze }: TrainSettings): string[] {
  const lines = [
    ...initial === null ? [] : [`starts from the weights of ${initial}`],
    ...freeze.length === 0
      ? []
      : [`${freeze.join(" and ")} ${freeze.length === 1 ? "stays" : "stay"} unchanged`],
  ];
  return lines.length === 0 ? [] : [lines.join(", ")];
}

/** What does not fit of the initial weights and of what is frozen, as far as the layers are known. */
function faultsOfWeights(
  { model, initial, freeze }: TrainSettings,
  shape: SampleShape | undefined,
  classes: readonly ModelClass[],
): Fault[] {
  if (shape === undefined || (initial === null && freeze.length === 0)) return [];
  const fitted = fittedModel(model, shape, classes), faults: Fault[] = [], names = freezableNames(fitted);
  freeze.forEach((name, at) => {
    if (names.includes(name)) return;
    faults.push({ path: `freeze[${at}]`, message: `must be one of ${names.join(", ")}, got "${name}"` });
  });
  const size = modelSize(fitted);
  const frozen = parameterRanges(fitted, freeze).reduce((sum, { start, end }) => sum + end - start, 0);
  if (frozen === size) {
    faults.push({ path: "freeze", message: "must leave something to train, got the whole model" });
  }
  if (initial === null) return faults;
  try {
    initialWeights(initial, fitted);
  } catch (thrown) {
    const { message } = thrown as Error;
    faults.push({ path: "initial", message: message.replace(/^initial: /, "") });
  }
  return faults;
}

/** The weights of the parts of a KL term. */
function describeParts({ alpha, beta, gamma, estimator }: TotalCorrelation): string {
  return `, of ${alpha} x mutual information + ${beta} x total correlation + ${gamma} x dimension-wise KL ` +
    `(minibatch ${estimator} sampling)`;
}

const BLOCKS = "▁▂▃▄▅▆▇█";
/** Columns of a drawn schedule, at most. */
const DRAWN = 40;

/** How the KL term is weighted, as text and drawn over the epochs. Both terms are sums, so beta is the effective one. */
function klLines({ model, epochs }: TrainSettings): string[] {
  if (model.kind !== "vae") return [];
  const { klSchedule, beta, freeBits, totalCorrelation } = model;
  const samples = importanceSamplesOf(model);
  if (samples > 1) {
    return [`trained on the importance-weighted bound, k = ${samples} latent samples per input`];
  }
  const words = `${describeKl(klSchedule, beta)} (effective: pixels and latent dimensions are summed)${
    totalCorrelation === undefined ? "" : describeParts(totalCorrelation)
  }`;
  const free = freeBits === 0 ? "" : `, ${freeBits} nats of each dimension free`;
  if (klSchedule.kind === "constant") return [words + free];
  const columns = Math.min(DRAWN, epochs);
  const shares = Array.from({ length: columns }, (_, column) => {
    const epoch = Math.floor(column * epochs / columns);
    return klSchedule.kind === "capacity"
      ? klTarget(klSchedule, epoch) / klSchedule.nats
      : klShare(klSchedule, epoch);
  });
  const drawn = shares.map((share) => BLOCKS[Math.min(7, Math.floor(share * 8))]).join("");
  return [words + free, `${drawn} over ${epochs} epochs`];
}

/** The shape of a latent that is a feature map. */
function mapLines(model: ModelSpec): string[] {
  if (model.latentChannels === undefined) return [];
  return [
    `latent: a map of ${sampleShapeText(latentShape(model))} = ${countText(model.latent)} latent dimensions`,
  ];
}

/** The codebook of a VQ-VAE, and how it learns. */
function codeLines(model: ModelSpec): string[] {
  if (!hasCodebook(model)) return [];
  const { codes, dimensions, commitment, decay, restart } = model, positions = codePositions(model);
  const again = restart === null
    ? "dead codes are not restarted"
    : `codes below ${100 * restart} % of uniform use are restarted`;
  return [
    `latent: ${plural(positions, "code")} x ${plural(dimensions, "dimension")} = ${
      countText(model.latent)
    } values/sample${mapText(model)}`,
    `${plural(positions, "code")}/sample from a codebook of ${codes.toLocaleString("en-US")} codes in ${
      plural(dimensions, "dimension")
    }, ` +
    `commitment ${commitment}, decay ${decay}, ${again}`,
  ];
}

/** The map that the codes of a sample make, where they do. */
function mapText(model: ModelSpec): string {
  const shape = latentShape(model);
  return shape.length === 3 ? `, a map of ${sampleShapeText(shape)}` : "";
}

/**
 * The shape of the data, as far as it is known before they are read: from the source, else from the model itself. The first number of an
 * encoder says nothing of it, as it may be the width of the first layer.
 */
function shapeOf({ model }: TrainSettings, { shape }: PlanFacts): SampleShape | undefined {
  return shape ?? model.input;
}

/** What a `monitor` of the validation loss needs. */
export const NO_VALIDATION =
  'must be "loss" without a validation split, got "validation" (set validationShare above 0)';

/** What does not fit the values and splits of the data, as far as they are known. */
function faultsOfData(
  { model, monitor, validationShare }: TrainSettings,
  { validation, beyondUnit }: PlanFacts,
): Fault[] {
  const faults: Fault[] = [];
  if (monitor === "validation" && validationShare === 0 && validation === false) {
    faults.push({ path: "monitor", message: NO_VALIDATION });
  }
  if (beyondUnit !== undefined && targetValuesOf(model) === "levels") {
    const message =
      `must be another one than "${likelihoodOf(model).kind}" for values that are not k / 255 ` +
      `(${beyondUnit}; bytes() keeps pixels of 8 bits as they are, gaussian() takes all values)`;
    faults.push({ path: "model.loss", message });
  } else if (beyondUnit !== undefined && model.outputActivation === "sigmoid") {
    const message = 'must be "linear" (with the loss "mse") for values outside of [0, 1], got "sigmoid" ' +
      `(${beyondUnit}; minMax() or range() keep them within)`;
    faults.push({ path: "model.outputActivation", message });
  }
  return faults;
}

/** A program's memory is one block of WebAssembly, which ends at 4 GiB. */
const MOST_BYTES = 2 ** 32;

function memoryFaults(bytes: number): Fault[] {
  if (bytes <= MOST_BYTES) return [];
  const megabytes = (number: number) => Math.ceil(number / 2 ** 20).toLocaleString("en-US");
  const message = `must fit ${megabytes(MOST_BYTES)} MB of memory with the values of a batch, got ${
    megabytes(bytes)
  } MB (a smaller batchSize or smaller layers help)`;
  return [{ path: "model", message }];
}
