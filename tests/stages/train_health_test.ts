import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { latentHealth } from "../../src/analysis/latent/health.ts";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { loadEngine } from "../../src/engine/load.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import type { StageCheckpoint } from "../../src/pipeline/stage.ts";
import { adam, ae, type TopologyOptions, train, type TrainOptions, vae } from "../../mod.ts";
import { eventsOf, GLYPHS, mustRun, type RunOptions } from "./fake_run.ts";

const made = { dataset: GLYPHS };
const TINY: TopologyOptions = { encoder: [35, 9], latent: 2, activation: "tanh" };
/** Eight steps an epoch: the collapse is named at epoch 200, the first that is previewed after a thousand steps. */
const COLLAPSING = train(vae({ ...TINY, beta: 100 }), { epochs: 310, batchSize: 4, previews: false });
const run = (options: RunOptions = {}) => mustRun(COLLAPSING, { inputs: made, ...options });

Deno.test("train reports the latent's health at the epochs that are previewed, with previews off too", async () => {
  for (const previews of [true, false]) {
    const options: TrainOptions = { epochs: 21, validationShare: 0.25, previews };
    const { events, result } = await mustRun(train(ae(TINY), options), { inputs: made });
    const reported = eventsOf(events, "health");
    deepEqual(reported.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21]);
    deepEqual([reported[0].images, reported[0].split, reported[0].kl, reported[0].activeUnits], [
      8,
      "validation",
      undefined,
      undefined,
    ]);
    ok(result.metrics!.epochs === 21);
  }
});

Deno.test("train reports the parts of the KL with the health of a model whose KL is split", async () => {
  const model = vae({ encoder: [9], latent: 2, totalCorrelation: {} });
  const { events } = await mustRun(train(model, { epochs: 2, batchSize: 8 }), {
    inputs: { dataset: GLYPHS },
  });
  const { klParts, kl } = eventsOf(events, "health")[1];
  const sum = klParts!.mutualInformation! + klParts!.totalCorrelation! + klParts!.dimensionKl!;
  ok(Math.abs(sum - kl![0]! - kl![1]!) < 0.5, `${sum} and ${kl}`);
  ok(klParts!.mutualInformation! <= Math.log(32));
  deepEqual(Object.keys(eventsOf(events, "epoch")[0].parts!), [
    "reconstruction",
    "kl",
    "mutualInformation",
    "totalCorrelation",
    "dimensionKl",
  ]);
});

Deno.test("train measures the health of the weights as they are after the epoch", async () => {
  const { events, result } = await mustRun(train(ae(TINY), { epochs: 3 }), { inputs: made });
  const engine = await loadEngine("wasm"), model = result.outputs.model as TrainedModel;
  const { mean, std } = latentHealth(encodeImages(engine, model, GLYPHS.train), undefined, 2);
  const last = eventsOf(events, "health")[2];
  deepEqual([last.epoch, last.mean, last.std, last.split], [3, mean, std, "train"]);
});

Deno.test("train names a collapse once, with what helps, and in each health event while it lasts", async () => {
  const { events, result } = await run();
  const warnings = eventsOf(events, "warning"), reported = eventsOf(events, "health");
  equal(warnings.length, 1);
  match(
    warnings[0].message,
    /^the posterior has collapsed .* 0 of 2 latent dimensions .* a smaller beta \(it is 100\), /,
  );
  deepEqual(
    reported.filter(({ collapse }) => collapse !== undefined).map((
      { epoch, activeUnits },
    ) => [epoch, activeUnits]),
    [[200, 0], [300, 0], [result.metrics!.bestEpoch, 0]],
  );
  equal(events[events.indexOf(warnings[0]) - 1].type, "health");
});

Deno.test("train reports a collapse at its end, however short it was, and the health of the weights that it returns", async () => {
  // Ten epochs of two steps: a collapse is not reported during a training before a thousand steps.
  const short = train(vae({ ...TINY, beta: 300 }), {
    epochs: 10,
    batchSize: 16,
    optimizer: adam({ learningRate: 0.05 }),
  });
  const { events, result } = await mustRun(short, { inputs: made });
  const warnings = eventsOf(events, "warning"), last = eventsOf(events, "health").at(-1)!;
  equal(warnings.length, 1);
  match(
    warnings[0].message,
    /has collapsed .*try a longer training \(this one took \d+ steps\), a smaller beta/,
  );
  deepEqual([last.collapse, last.epoch], [warnings[0].message, result.metrics!.bestEpoch]);
  const engine = await loadEngine("wasm"), model = result.outputs.model as TrainedModel;
  deepEqual(last.mean, latentHealth(encodeImages(engine, model, GLYPHS.train), undefined, 2).mean);
});

Deno.test("train names no collapse where the latent is used", async () => {
  const options: TrainOptions = { epochs: 310, batchSize: 4, optimizer: adam({ learningRate: 0.005 }) };
  const { events } = await mustRun(train(vae({ ...TINY, beta: 0.5 }), options), { inputs: made });
  equal(eventsOf(events, "warning").length, 0);
  equal(eventsOf(events, "health").at(-1)!.activeUnits, 2);
});

Deno.test("train emits the same events after a checkpoint as without one, whether it was taken before or after the collapse was reported", async () => {
  const untimed = (events: readonly object[]) =>
    events.map((event) => "seconds" in event ? { ...event, seconds: 0 } : event);
  const whole = untimed((await run()).events);
  for (const epochs of [150, 250]) {
    let kept: StageCheckpoint | undefined, reported: object[] = [];
    const first = await run({
      checkpoints: () => ({
        due: (epoch) => epoch === epochs,
        save(state, blocks) {
          const copies = blocks.map(({ name, data }) => ({ name, data: data.slice() as Float32Array }));
          kept ??= { state: JSON.parse(JSON.stringify(state)), blocks: copies };
        },
      }),
    });
    const place = first.events.findIndex((event) => event.type === "epoch" && event.epoch > epochs);
    reported = untimed(first.events.slice(0, place));
    const second = await run({ checkpoints: () => ({ found: kept, due: () => false, save() {} }) });
    deepEqual([...reported, ...untimed(second.events)], whole);
  }
});
