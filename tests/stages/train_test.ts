import {
  deepStrictEqual as deepEqual,
  match,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { decodeSafetensors } from "../../src/core/safetensors.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { measureReconstruction } from "../../src/analysis/reconstruction/measure.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { lossOf } from "../training/tiny.ts";
import {
  adam,
  ae,
  dense,
  klCapacity,
  klConstant,
  klCyclic,
  klLinear,
  type KlScheduleOptions,
  type ModelOptions,
  oneCycle,
  plateau,
  sgd,
  train,
  type TrainOptions,
  vae,
} from "../../mod.ts";
import { eventsOf, GLYPHS, mustRun, runStage } from "./fake_run.ts";

const TINY = ae({ encoder: [35, 9], latent: 2, activation: "tanh" });
const made = { dataset: GLYPHS };
const noisy = {
  ...made,
  noise: { corruption: { kind: "gaussian", std: 0.4, maximumStd: 0.4 }, everyEpoch: true },
};
const quick = (options: TrainOptions = {}, model = TINY) => train(model, { epochs: 3, ...options });

Deno.test("train gives a model, numbers and a note, and reports every epoch", async () => {
  const { result, events } = await mustRun(quick(), { inputs: made });
  const { spec, parameters, shape: [height, width] } = result.outputs.model as TrainedModel;
  deepEqual([spec.kind, spec.latent, height, width], ["ae", 2, 7, 5]);
  notDeepEqual(parameters, initialParameters(spec, 1));
  const epochs = eventsOf(events, "epoch"), { metrics } = result;
  deepEqual(epochs.map(({ epoch }) => epoch), [1, 2, 3]);
  deepEqual([metrics!.epochs, metrics!.bestEpoch, metrics!.parameters], [
    3,
    3,
    35 * 9 + 9 + 9 * 2 + 2 + 2 * 9 + 9 + 9 * 35 + 35,
  ]);
  deepEqual([metrics!.bestLoss, metrics!.lastLoss], [epochs[2].best, epochs[2].loss]);
  ok(metrics!.seconds > 0 && metrics!.samplesPerSecond > 0);
  match(result.note!, /^3 epochs; best loss 0\.\d+ at epoch 3$/);
});

Deno.test("train reports first what it is about to do", async () => {
  const { events } = await mustRun(
    quick(
      { validationShare: 0.25, repeats: 2, patience: 7, minDelta: 0.5 },
      vae({ encoder: [35, 9], latent: 3 }),
    ),
    { inputs: made },
  );
  deepEqual(events[0], {
    type: "training",
    t: 1,
    stage: "train",
    model: "vae 35-9-3-9-35",
    parameters: 35 * 9 + 9 + 9 * 6 + 6 + 3 * 9 + 9 + 9 * 35 + 35,
    epochs: 3,
    batchSize: 128,
    samples: 48,
    validationSamples: 8,
    patience: 7,
    minDelta: 0.5,
    monitor: "validation",
    unit: "nats/sample",
  });
});

Deno.test("train holds the end of the train split out for validation", async () => {
  const { result, events } = await mustRun(quick({ validationShare: 0.25, epochs: 5 }), { inputs: made });
  const epochs = eventsOf(events, "epoch"), { bestEpoch, bestLoss } = result.metrics!;
  const { parameters } = result.outputs.model as TrainedModel;
  equal(lossOf(parameters, sliceSplit(GLYPHS.train, 35, 24, 32)), bestLoss);
  equal(epochs[bestEpoch - 1].validation, bestLoss);
  match(result.note!, /best validation/);
  const { error } = await runStage(quick({ validationShare: 0.9 }), {
    inputs: { dataset: { ...GLYPHS, train: sliceSplit(GLYPHS.train, 35, 0, 1) } },
  });
  match(error!.message, /must have more samples than the 1 held out for validation, got 1/);
});

Deno.test("train watches the loss on request, despite a validation split", async () => {
  const { events } = await mustRun(quick({ validationShare: 0.25, monitor: "loss" }), { inputs: made });
  equal(eventsOf(events, "training")[0].monitor, "loss");
  equal(eventsOf(events, "epoch")[2].best, Math.min(...eventsOf(events, "epoch").map(({ loss }) => loss!)));
});

Deno.test("train shows images at the epochs that are previewed, and not at others", async () => {
  const { events } = await mustRun(quick({ epochs: 21 }), { inputs: noisy });
  const previews = eventsOf(events, "preview");
  deepEqual(previews.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20]);
  const { items, height, width } = previews[0];
  deepEqual([items.length, height, width], [10, 7, 5]);
  deepEqual(Uint8Array.fromBase64(items[3].target), GLYPHS.train.values.slice(3 * 35, 4 * 35));
  deepEqual(items.map(({ label }) => label), GLYPHS.train.names!.slice(0, 10));
  notDeepEqual(items[3].input, items[3].target);
  // The noise stays while the model changes.
  equal(previews[10].items[3].input, items[3].input);
  notDeepEqual(previews[10].items[3].output, items[3].output);
});

Deno.test("train shows the latent plane where the latent has two numbers, and only there", async () => {
  const plane = eventsOf((await mustRun(quick(), { inputs: made })).events, "latent");
  deepEqual(plane.map(({ epoch }) => epoch), [1, 2, 3]);
  deepEqual([plane[0].points.length, plane[0].labels.length, plane[0].labelNames.length], [32, 32, 32]);
  const { events } = await mustRun(quick({}, ae({ encoder: [35, 9], latent: 3 })), { inputs: made });
  deepEqual([eventsOf(events, "latent").length, eventsOf(events, "preview").length], [0, 3]);
});

Deno.test("train shows nothing with previews off, and learns the same", async () => {
  const shown = await mustRun(quick(), { inputs: made }),
    silent = await mustRun(quick({ previews: false }), { inputs: made });
  deepEqual([eventsOf(silent.events, "latent").length, eventsOf(silent.events, "preview").length], [0, 0]);
  deepEqual(silent.result.outputs, shown.result.outputs);
});

Deno.test("train stops early by its patience and says so", async () => {
  const { result } = await mustRun(quick({ epochs: 50, patience: 2, minDelta: 10 }), { inputs: made });
  match(result.note!, /^3 epochs, stopped early: 2 without improvement; best loss .* at epoch 1$/);
  deepEqual([result.metrics!.epochs, result.metrics!.bestEpoch], [3, 1]);
});

Deno.test("train ends once its images are reconstructed as well as `until` requires, with the weights that did it", async () => {
  const options = { epochs: 3000, until: "worstWrongPixels <= 9", optimizer: adam({ learningRate: 0.02 }) };
  const { result } = await mustRun(quick(options), { inputs: made });
  match(result.note!, /^[\d,]+ epochs, until worstWrongPixels <= 9; best loss/);
  const epochs = result.metrics!.epochs;
  ok(epochs > 1 && epochs < 3000, `${epochs} epochs`);
  equal(result.metrics!.bestEpoch, epochs);
  const engine = await loadEngine("wasm"), model = result.outputs.model as TrainedModel;
  const { worstWrongPixels } = measureReconstruction({ engine, model, split: GLYPHS.train });
  ok(worstWrongPixels! <= 9);
  // An epoch less was not enough.
  const before = await mustRun(quick({ ...options, until: null, epochs: epochs - 1 }), { inputs: made });
  const earlier = before.result.outputs.model as TrainedModel;
  ok(measureReconstruction({ engine, model: earlier, split: GLYPHS.train }).worstWrongPixels! > 9);
});

Deno.test("train with maxSeconds plans, reports and notes it, resumes under more, and has the key of before without it", async () => {
  const { result, events } = await mustRun(quick({ maxSeconds: 1e-6 }), { inputs: made });
  match(result.note!, /^1 epoch, all that end within 0.000001 s; best loss .* at epoch 1$/);
  equal(eventsOf(events, "training")[0].maxSeconds, 1e-6);
  const { plan, schema, resumeIdentity } = definitionOf(quick());
  const settings = (maxSeconds?: number | null) => schema.parse({ ...quick().options, maxSeconds });
  match(
    plan!(settings(1200), { shape: [7, 5, 1] }).lines[1],
    /at most 3 epochs and 1,200 seconds, batch 128/,
  );
  equal(JSON.stringify(resumeIdentity!(settings(60))), JSON.stringify(resumeIdentity!(settings(90))));
  equal(JSON.stringify(settings(null)), JSON.stringify(settings()));
  equal(JSON.stringify(settings()).includes("maxSeconds"), false);
});

Deno.test("train stops on request, and keeps what there is", async () => {
  let calls = 0;
  const stop = () => ++calls > 4;
  const { result, files } = await mustRun(quick({ epochs: 50 }), { inputs: made, stop });
  match(result.note!, /^stopped after 5 epochs; best loss .* at epoch 5$/);
  ok(files.has("checkpoints/train.safetensors"));
  const early = await mustRun(quick({ batchSize: 8 }), { inputs: made, stop: () => true });
  equal(early.result.note, "stopped after 0 epochs");
  // No number of an epoch that was never finished.
  deepEqual([early.result.metrics!.bestLoss, early.result.metrics!.lastLoss], [undefined, undefined]);
});

Deno.test("train writes its best weights down under the stage's name", async () => {
  const { result, files } = await mustRun(quick({ name: "first" }), { inputs: made });
  deepEqual([...files.keys()], ["checkpoints/first.safetensors"]);
  const model = result.outputs.model as TrainedModel;
  const { tensors, metadata } = decodeSafetensors(files.get("checkpoints/first.safetensors")!);
  deepEqual(
    tensors.map(({ name, data }) => [name, data]),
    modelTensors(model).map(({ name, data }) => [name, data]),
  );
  deepEqual([metadata.format, metadata.epoch, JSON.parse(metadata.model)], ["hourglass", "3", model.spec]);
});

Deno.test("train fails where the loss is no number, with the last good weights written down and named", async () => {
  const linear = ae({ encoder: [35, 9], latent: 2, outputActivation: "linear" });
  const { error, files, events } = await runStage(quick({ optimizer: sgd({ learningRate: 1e12 }) }, linear), {
    inputs: made,
  });
  equal(error?.name, "RunError");
  match(
    error!.message,
    /^loss must be a finite number, got (Infinity|NaN) in epoch 2, batch 1 \(step 2\); the first number that is not finite is in the loss, computed from layer output \((Infinity|NaN) under weights up to [\d.e+]+\), for sample 1 of the batch \(the first weights are in checkpoints\/train\.safetensors; /,
  );
  const { tensors } = decodeSafetensors(files.get("checkpoints/train.safetensors")!);
  const first = initialParameters(ModelSpec.parse(linear), 1);
  deepEqual(tensors.flatMap(({ data }) => [...data]), [...first]);
  equal(eventsOf(events, "epoch").length, 1);
  const [{ epoch, batch, step, tensor, name, message }] = eventsOf(events, "divergence");
  deepEqual([epoch, batch, step, tensor, name], [2, 1, 2, "loss", "output"]);
  ok(error!.message.includes(message));
});

Deno.test("train refuses images that its encoder does not fit", async () => {
  const { error, files } = await runStage(quick({}, ae({ encoder: [36, 9], latent: 2 })), { inputs: made });
  match(
    error!.message,
    /model.encoder must begin with the 35 values of a sample of 7x5, or leave them out, got 36/,
  );
  equal(files.size, 0);
});

Deno.test("train gives the same losses for the same seed, and others for another", async () => {
  const losses = async (seed: number) =>
    eventsOf((await mustRun(quick(), { inputs: noisy, seed })).events, "epoch").map(({ loss }) => loss);
  deepEqual(await losses(5), await losses(5));
  notDeepEqual(await losses(5), await losses(6));
});

Deno.test("train sees the noise of the stage before it, fresh or the same", async () => {
  const losses = async (made: Record<string, unknown>) =>
    eventsOf(
      (await mustRun(quick({ optimizer: sgd({ learningRate: 1e-30 }) }), { inputs: made })).events,
      "epoch",
    )
      .map(({ loss }) => loss);
  equal(new Set(await losses(made)).size, 1);
  equal(new Set(await losses(noisy)).size, 3);
  equal(new Set(await losses({ ...noisy, noise: { ...noisy.noise, everyEpoch: false } })).size, 1);
});

Deno.test("train takes no width from its encoder where the shape of the data is not known: it may be that of a layer", () => {
  const stage = train(ae({ encoder: [784, 400], latent: 2 })), definition = definitionOf(stage);
  const options = definition.schema.parse(stage.options), { lines, faults } = definition.plan!(options, {});
  deepEqual([lines, faults], [["its layers are sized by the data when they are loaded"], []]);
  match(definition.plan!(options, { shape: [28, 28, 1] }).lines[0], /^ae 784-400-2/);
});

Deno.test("train says in its plan and its log that the first number of an encoder is a hidden layer, and nothing where it is the size of a sample", async () => {
  const planned = (model: ModelOptions) => {
    const { plan, schema } = definitionOf(train(model));
    return plan!(schema.parse(train(model).options), { shape: [7, 5, 1] }).lines;
  };
  const hidden = "the encoder's first number, 20, is a hidden layer: samples have 35 values (7x5)";
  equal(planned(ae({ encoder: [20, 9], latent: 2 }))[1], hidden);
  for (const encoder of [[35, 9], [dense(20), 9], []]) {
    ok(planned(ae({ encoder, latent: 2 })).every((line) => !line.includes("first number")), `${encoder}`);
  }
  ok(!planned(ae({ input: [7, 5, 1], encoder: [20], latent: 2 }))[1].includes("first number"));
  const logs = async (encoder: number[]) =>
    eventsOf((await mustRun(quick({}, ae({ encoder, latent: 2 })), { inputs: made })).events, "log")
      .map(({ message }) => message);
  deepEqual([await logs([20, 9]), await logs([35, 9])], [[hidden], []]);
});

Deno.test("train reports the weight of the KL of each epoch, or its target, where a schedule changes it", async () => {
  const reported = async (klSchedule: KlScheduleOptions) => {
    const model = vae({ encoder: [35, 9], latent: 2, beta: 2, klSchedule });
    return eventsOf((await mustRun(quick({}, model), { inputs: made })).events, "epoch")
      .map(({ klWeight, klTarget }) => [klWeight, klTarget]);
  };
  // beta times the share of the warm-up: 2 times 0, 1/4, 2/4.
  deepEqual(await reported(klLinear({ epochs: 4 })), [[0, undefined], [0.5, undefined], [1, undefined]]);
  deepEqual(await reported(klCapacity({ nats: 10, epochs: 2 })), [
    [undefined, 0],
    [undefined, 5],
    [undefined, 10],
  ]);
  deepEqual((await reported(klConstant()))[2], [undefined, undefined]);
});

Deno.test("train draws in its plan how the KL term is charged", () => {
  const model = (klSchedule: KlScheduleOptions) => vae({ encoder: [35, 9], latent: 2, beta: 2, klSchedule });
  const lines = (klSchedule: KlScheduleOptions, epochs: number) => {
    const { definition, options } = {
      definition: definitionOf(train(model(klSchedule), { epochs })),
      options: train(model(klSchedule), { epochs }).options,
    };
    return definition.plan!(definition.schema.parse(options), {}).lines.filter((line) =>
      /KL|over/.test(line)
    );
  };
  const effective = "(effective: pixels and latent dimensions are summed)";
  deepEqual(lines(klConstant(), 5), [`KL weight 2 ${effective}`]);
  deepEqual(lines(klLinear({ epochs: 3 }), 5), [
    `KL weight grows to 2 over 3 epochs ${effective}`,
    "▁▃▆██ over 5 epochs",
  ]);
  deepEqual(lines(klCyclic({ cycleEpochs: 4 }), 8).at(-1), "▁▅██▁▅██ over 8 epochs");
  deepEqual(lines(klCapacity({ nats: 8, epochs: 4 }), 4).at(-1), "▁▃▅▇ over 4 epochs");
});

Deno.test("train reports each fall of the learning rate, and the counter towards it", async () => {
  // Only the first epoch improves by more than 100.
  const schedule = plateau({ patience: 2, minDelta: 100, factor: 0.5, minimum: 0.003 });
  const optimizer = adam({ learningRate: 0.01 });
  const { events } = await mustRun(quick({ schedule, optimizer, epochs: 8 }), { inputs: made });
  equal(eventsOf(events, "training")[0].ratePatience, 2);
  deepEqual(eventsOf(events, "epoch").map(({ epochsOnPlateau }) => epochsOnPlateau), [
    0,
    1,
    0,
    1,
    0,
    1,
    0,
    1,
  ]);
  deepEqual(eventsOf(events, "learningRate").map(({ t: _t, ...event }) => event), [
    { type: "learningRate", stage: "train", epoch: 3, from: 0.01, to: 0.005 },
    { type: "learningRate", stage: "train", epoch: 5, from: 0.005, to: 0.003 },
  ]);
  const plain = (await mustRun(quick(), { inputs: made })).events;
  deepEqual(eventsOf(plain, "epoch").map(({ epochsOnPlateau }) => epochsOnPlateau), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("train of averaged weights reports and plans them, and has the key of before without them", async () => {
  const { result, events, files } = await mustRun(quick({ ema: 0.9, epochs: 4 }), { inputs: made });
  const plain = await mustRun(quick({ epochs: 4 }), { inputs: made });
  equal(eventsOf(events, "training")[0].ema, 0.9);
  equal("ema" in eventsOf(plain.events, "training")[0], false);
  const [averaged, last] = [result, plain.result].map(({ outputs }) =>
    (outputs.model as TrainedModel).parameters
  );
  notDeepEqual(averaged, last);
  // The model's file has the weights of the output.
  const { tensors } = decodeSafetensors(files.get("checkpoints/train.safetensors")!);
  deepEqual([...tensors.values()].flatMap(({ data }) => [...data]).toSorted(), [...averaged].toSorted());
  const { plan, schema } = definitionOf(quick());
  const lines = (ema?: number | null) =>
    plan!(schema.parse({ ...quick().options, ema }), { shape: [7, 5, 1] }).lines;
  equal(lines(0.999)[2], "evaluates and keeps averaged weights: ema 0.999, about the last 1,000 steps");
  deepEqual(lines(null), lines());
  equal(
    JSON.stringify(schema.parse({ ...quick().options, ema: null })),
    JSON.stringify(schema.parse(quick().options)),
  );
  equal(JSON.stringify(schema.parse(quick().options)).includes("ema"), false);
});

Deno.test("train plans its schedule, and refuses a minimum above the learning rate", () => {
  const planOf = (options: TrainOptions) => {
    const { plan, schema } = definitionOf(quick(options));
    return plan!(schema.parse(quick(options).options), { shape: [7, 5, 1] });
  };
  equal(planOf({ schedule: oneCycle() }).lines[2], "learning rate: one cycle, 30 % of it rising");
  equal(
    planOf({ schedule: oneCycle(), optimizer: sgd() }).lines[2],
    "learning rate: one cycle, 30 % of it rising (sgd has no momentum to cycle)",
  );
  deepEqual(planOf({ schedule: plateau({ minimum: 0.1 }) }).faults, [{
    path: "schedule.minimum",
    message: "must be at most the optimizer's learningRate 0.001, got 0.1",
  }]);
});

Deno.test("train resumes with more epochs under a plateau schedule, and not under one that ends with them", () => {
  const identity = (schedule: TrainOptions["schedule"], epochs: number) => {
    const { resumeIdentity, schema } = definitionOf(quick({ schedule, epochs }));
    return JSON.stringify(resumeIdentity!(schema.parse(quick({ schedule, epochs }).options)));
  };
  equal(identity(plateau(), 3), identity(plateau(), 9));
  ok(identity(oneCycle(), 3) !== identity(oneCycle(), 9));
});

Deno.test("train plans its parameters, cost and early stop, and does no work", () => {
  const stage = quick({ patience: 4, optimizer: adam({ learningRate: 0.5 }) }),
    { plan, schema } = definitionOf(stage);
  const { lines, facts, faults } = plan!(schema.parse(stage.options), { shape: [7, 5, 1] });
  deepEqual(lines.slice(0, 2), [
    "ae 35-9-2-9-35, 721 parameters",
    "adam, learning rate 0.5, at most 3 epochs, batch 128, patience 4",
  ]);
  match(lines[2], /^a step: [\d.]+ [kM]FLOP, at most [\d.]+ kB of memory besides the samples$/);
  deepEqual(lines.slice(3), [
    "  layer      kind   activation  output  parameters",
    "  encoder.0  dense  tanh        9              324",
    "  latent     dense  linear      2               20",
    "  decoder.0  dense  tanh        9               27",
    "  output     dense  sigmoid     35             350",
    "  total                                        721",
  ]);
  deepEqual([facts, faults], [{ latent: 2, model: "autoencoder", threads: 1 }, []]);
});
