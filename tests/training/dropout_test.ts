import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { fillUniform } from "../../src/core/random.ts";
import { dropoutMasksOf } from "../../src/models/coder.ts";
import { conv, dropout } from "../../src/models/layers/kinds.ts";
import { residual } from "../../src/models/layers/table.ts";
import { ae } from "../../src/models/options.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { GLYPHS, lossesOf, lossOf, spying, type Step, tinyFit } from "./tiny.ts";

const MODEL = ae({
  input: [7, 5, 1],
  encoder: [dropout(0.4), conv(2), residual([conv(2), dropout(0.1)])],
  latent: 2,
});
const MASKS = ["encoder.0.mask", "encoder.2.layers.1.mask"];
const EPOCHS = 3, SEED = 7, SIZES = [35, 70], RATES = [0.4, 0.1];

/** The masks of each sample in each epoch, by the order in which they were drawn. */
function masksOf(batchSize: number) {
  const masks = new Map<string, Float32Array>();
  let steps = 0;
  const onStep = ({ rows, samples, input }: Step) => {
    const epoch = Math.floor(steps++ / Math.ceil(32 / batchSize));
    MASKS.forEach((name, layer) => {
      const drawn = input(name), size = SIZES[layer];
      for (let row = 0; row < rows; row++) {
        masks.set(`${name} ${epoch} ${samples[row]}`, drawn.slice(row * size, (row + 1) * size));
      }
    });
  };
  tinyFit({
    model: MODEL,
    seed: SEED,
    engine: spying({ onStep }),
    options: { epochs: EPOCHS, batchSize },
  });
  return masks;
}

Deno.test("dropoutMasksOf() lists the inputs and rates of all dropout layers, those in blocks too", () => {
  deepEqual(
    dropoutMasksOf(ModelSpec.parse(MODEL)),
    MASKS.map((input, layer) => ({ input, rate: RATES[layer] })),
  );
});

Deno.test("dropout draws by seed, epoch, layer, sample and position alone: Philox numbers from the rate on are kept", () => {
  const masks = masksOf(8);
  equal(masks.size, 2 * EPOCHS * 32);
  for (const [layer, name] of MASKS.entries()) {
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const numbers = new Float32Array(32 * SIZES[layer]),
        key = { seed: SEED, stream: "dropout", epoch: 2 * epoch + layer } as const;
      fillUniform(numbers, 32, SIZES[layer], Uint32Array.from({ length: 32 }, (_, sample) => sample), key);
      for (let sample = 0; sample < 32; sample++) {
        const own = numbers.subarray(sample * SIZES[layer], (sample + 1) * SIZES[layer]);
        deepEqual(
          masks.get(`${name} ${epoch} ${sample}`),
          own.map((number) => number < Math.fround(RATES[layer]) ? 0 : 1),
        );
      }
    }
  }
});

Deno.test("dropout has the same masks whatever the batch, and other ones in another epoch and layer", () => {
  const masks = masksOf(8);
  deepEqual(new Map([...masksOf(11)].sort()), new Map([...masks].sort()));
  notDeepEqual(masks.get("encoder.0.mask 0 3"), masks.get("encoder.0.mask 1 3"));
  notDeepEqual(masks.get("encoder.0.mask 0 3"), masks.get("encoder.0.mask 0 4"));
  notDeepEqual(masks.get("encoder.0.mask 0 3"), masks.get("encoder.2.layers.1.mask 0 3")!.subarray(0, 35));
});

Deno.test("dropout gives the same losses on all engines, but for rounding", async () => {
  const options = { epochs: 4, batchSize: 12 };
  const [expected, ...others] = await Promise.all(
    (["reference", "wasm", "native"] as const).map(async (name) =>
      lossesOf(tinyFit({ model: MODEL, engine: await loadEngine(name), options }))
    ),
  );
  for (const losses of others) {
    losses.forEach((loss, epoch) =>
      ok(Math.abs(loss - expected[epoch]) < 1e-5 * expected[epoch], `${losses}`)
    );
  }
});

Deno.test("dropout is off in validation: the loss there is that of the same model without it", () => {
  const without = ae({ input: [7, 5, 1], encoder: [conv(2), residual([conv(2)])], latent: 2 });
  const { parameters } = tinyFit({ model: without, options: { epochs: 2 } });
  // The activation of a block's last layer is that of its convolution there, and none here.
  const same = ae({
    input: [7, 5, 1],
    encoder: [dropout(0.4), conv(2), residual([conv(2, { activation: "linear" }), dropout(0.1)])],
    latent: 2,
  });
  equal(lossOf(parameters, GLYPHS, { model: same }), lossOf(parameters, GLYPHS, { model: without }));
});
