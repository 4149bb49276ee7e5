import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { initialParameters } from "../../src/models/initial.ts";
import { conv, dropout, groupNorm } from "../../src/models/layers/kinds.ts";
import { residual } from "../../src/models/layers/table.ts";
import { ae } from "../../src/models/options.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { GLYPHS, lossOf, spying, TINY, TINY_VAE, type TinyFit, tinyFit } from "./tiny.ts";

const LINEAR = ae({ encoder: [35, 9], latent: 2, activation: "relu", outputActivation: "linear" });

Deno.test("fit ends diverged under a huge learning rate and keeps weights that give a finite loss", () => {
  const optimizer = OptimizerSpec.parse({ kind: "sgd", learningRate: 1e12 });
  const { outcome, parameters, lastLoss, patience, epochs } = tinyFit({
    model: LINEAR,
    options: { optimizer },
  });
  equal(outcome, "diverged");
  ok(!Number.isFinite(lastLoss), `${lastLoss}`);
  ok(Number.isFinite(lossOf(parameters, GLYPHS, { model: LINEAR })), "the kept weights give no finite loss");
  // The first update was already too large, which only the second epoch shows: the initial weights remain.
  deepEqual([epochs, patience.bestEpoch, patience.best], [1, 0, Infinity]);
  deepEqual(parameters, initialParameters(ModelSpec.parse(LINEAR), 1));
});

/** A training of three updates per epoch whose parameters are corrupted after one of them. */
function corrupted(after: number, value: number) {
  return tinyFit({
    engine: spying({ afterUpdate: (parameters, updates) => updates === after && parameters.fill(value) }),
    model: LINEAR,
    options: { epochs: 9, batchSize: 12 },
  });
}

Deno.test("fit rolls back the best weights when the next epoch shows that they were corrupted", () => {
  // The ninth update ends the third epoch, whose loss is still the best.
  const { outcome, parameters, epochs, patience, reports, lastLoss } = corrupted(9, 1e30);
  deepEqual([outcome, epochs, lastLoss], ["diverged", 3, Infinity]);
  deepEqual([patience.bestEpoch, patience.best, patience.epochsWithoutImprovement], [2, reports[1].loss, 1]);
  deepEqual(parameters, reports[1].parameters);
});

Deno.test("fit keeps the weights of the last whole epoch when the loss diverges within the next", () => {
  const { outcome, parameters, epochs, patience, reports } = corrupted(7, 1e30);
  deepEqual([outcome, epochs, patience.bestEpoch], ["diverged", 2, 2]);
  deepEqual(parameters, reports[1].parameters);
});

Deno.test("fit ends diverged when the last update of an epoch leaves parameters that are not finite", () => {
  const { outcome, parameters, epochs, patience, reports, lastLoss } = corrupted(6, NaN);
  deepEqual([outcome, epochs, patience.bestEpoch, lastLoss], ["diverged", 1, 1, NaN]);
  deepEqual(parameters, reports[0].parameters);
});

Deno.test("fit ends diverged in its first epoch with the first weights", () => {
  const { outcome, parameters, epochs, patience } = corrupted(1, Infinity);
  deepEqual([outcome, epochs, patience.bestEpoch], ["diverged", 0, 0]);
  deepEqual(parameters, initialParameters(ModelSpec.parse(LINEAR), 1));
});

/** The same training, of which some parameters are corrupted after the fourth update, the first of the second epoch. */
function touched(values: Readonly<Record<number, number>>, rest: Partial<TinyFit> = {}) {
  const engine = spying({
    afterUpdate(parameters, updates) {
      if (updates === 4) Object.entries(values).forEach(([at, value]) => parameters[Number(at)] = value);
    },
  });
  return tinyFit({ engine, model: LINEAR, options: { epochs: 9, batchSize: 12 }, ...rest }).divergence;
}
// encoder.0 has 35 x 9 weights and 9 biases, latent 9 x 2 and 2, decoder.0 2 x 9 and 9.
const FIRST_LATENT = 35 * 9 + 9, FIRST_DECODER = FIRST_LATENT + 9 * 2 + 2;

Deno.test("fit names the layer whose value overflows, with step, batch and image, before any that NaN spreads to", () => {
  // A latent of 1e20 by a weight of 1e20: 1e40 is too large for single precision.
  const { message, ...rest } = touched({ [FIRST_LATENT + 9 * 2]: 1e20, [FIRST_DECODER]: 1e20 })!;
  deepEqual(rest, { epoch: 2, batch: 2, step: 5, tensor: "value", name: "decoder.0" });
  match(
    message,
    /^the first number that is not finite is in layer decoder\.0 \(Infinity from its matmul under weights up to 1\.00e\+20\), for sample 1 of the batch$/,
  );
});

Deno.test("fit names the layer of a convolutional model whose value overflows, and the sample", () => {
  const model = ae({
    input: [7, 5, 1],
    encoder: [conv(2, { stride: 2 }), groupNorm(2), residual([conv(2), dropout(0.2), conv(2)]), 4],
    latent: 2,
    outputActivation: "linear",
  });
  // 3 x 3 x 2 weights and 2 biases; a gain and a bias for each of 2 channels; the bias of the first convolution of the block.
  const block = 9 * 2 + 2 + 4, bias = block + 9 * 2 * 2;
  const { tensor, name, message } = touched({ [bias]: 1e30, [bias + 2]: 1e30 }, { model })!;
  deepEqual([tensor, name], ["value", "encoder.2.layers.2"]);
  match(
    message,
    /layer encoder\.2\.layers\.2 \(\S+ from its matmul under weights up to 1\.00e\+30\), for sample \d+ of the batch$/,
  );
});

Deno.test("fit names the parameter that an update left not finite", () => {
  deepEqual(touched({ [FIRST_LATENT]: NaN }), {
    epoch: 2,
    batch: 2,
    step: 5,
    tensor: "parameter",
    name: "latent.weight",
    message: "the first number that is not finite is in latent.weight (NaN), after the update of step 4",
  });
});

Deno.test("fit names the loss where all layers are finite and their error is not", () => {
  // The square of an output of 1e30 is too large, the output is not.
  const { tensor, name } = touched({ [FIRST_DECODER + 2 * 9 + 9 + 9 * 35]: 1e30 })!;
  deepEqual([tensor, name], ["loss", "output"]);
});

Deno.test("fit names the KL where a VAE's posterior mean is too large to square", () => {
  const { tensor, name, epoch, batch, message } = touched({ [35 * 9 + 9 + 9 * 4]: 1e25 }, {
    model: TINY_VAE,
  })!;
  deepEqual([tensor, name, epoch, batch], ["loss", "latent", 2, 2]);
  match(message, /is in the KL, computed from layer latent \(Infinity /);
});

Deno.test("fit computes the diverged batch of a noisy training again with its noise", () => {
  const data = { corruption: { kind: "gaussian", std: 1e38, maximumStd: 1e38 } } as const;
  const { divergence } = tinyFit({ model: LINEAR, options: { batchSize: 12 }, data });
  deepEqual([divergence!.epoch, divergence!.batch, divergence!.step], [1, 1, 1]);
  // Clean images give finite values everywhere.
  deepEqual([divergence!.tensor, divergence!.name], ["value", "encoder.0"]);
});

Deno.test("fit names the gradient of an epoch's last update", () => {
  const engine = spying({});
  const { divergence } = tinyFit({
    engine: {
      ...engine,
      compile(graph, options) {
        const program = engine.compile(graph, options);
        let updates = 0;
        if (graph.gradients.length === 0) return program;
        return Object.create(program, {
          update: {
            value(update: Parameters<typeof program.update>[0]) {
              if (++updates === 6) program.gradients[FIRST_LATENT] = Infinity;
              program.update(update);
            },
          },
        });
      },
    },
    model: LINEAR,
    options: { epochs: 9, batchSize: 12 },
  });
  deepEqual(divergence, {
    epoch: 2,
    batch: 3,
    step: 6,
    tensor: "gradient",
    name: "latent.weight",
    message: "the first number that is not finite is in the gradient of latent.weight (Infinity)",
  });
});

Deno.test("fit does not call a finite training diverged", () => {
  const { outcome, divergence } = tinyFit({ model: TINY, options: { epochs: 3 } });
  deepEqual([outcome, divergence], ["epochs", undefined]);
});
