import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { initialParameters } from "../../src/models/initial.ts";
import { ae } from "../../src/models/options.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { GLYPHS, lossOf, spying, TINY, tinyFit } from "./tiny.ts";

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
  // The first update already went too far, which only the second epoch shows: the first weights are what is left.
  deepEqual([epochs, patience.bestEpoch, patience.best], [1, 0, Infinity]);
  deepEqual(parameters, initialParameters(ModelSpec.parse(LINEAR), 1));
});

/** A training of three updates an epoch whose parameters are spoiled after one of them. */
function spoiled(after: number, value: number) {
  return tinyFit({
    engine: spying({ afterUpdate: (parameters, updates) => updates === after && parameters.fill(value) }),
    model: LINEAR,
    options: { epochs: 9, batchSize: 12 },
  });
}

Deno.test("fit takes back the best weights when the next epoch shows that they were spoiled", () => {
  // The ninth update ends the third epoch, whose loss is still the best.
  const { outcome, parameters, epochs, patience, reports, lastLoss } = spoiled(9, 1e30);
  deepEqual([outcome, epochs, lastLoss], ["diverged", 3, Infinity]);
  deepEqual([patience.bestEpoch, patience.best, patience.waited], [2, reports[1].loss, 1]);
  deepEqual(parameters, reports[1].parameters);
});

Deno.test("fit keeps the weights of the last whole epoch when the loss breaks within the next", () => {
  const { outcome, parameters, epochs, patience, reports } = spoiled(7, 1e30);
  deepEqual([outcome, epochs, patience.bestEpoch], ["diverged", 2, 2]);
  deepEqual(parameters, reports[1].parameters);
});

Deno.test("fit ends diverged when the last update of an epoch leaves parameters that are no numbers", () => {
  const { outcome, parameters, epochs, patience, reports, lastLoss } = spoiled(6, NaN);
  deepEqual([outcome, epochs, patience.bestEpoch, lastLoss], ["diverged", 1, 1, NaN]);
  deepEqual(parameters, reports[0].parameters);
});

Deno.test("fit ends diverged in its first epoch with the first weights", () => {
  const { outcome, parameters, epochs, patience } = spoiled(1, Infinity);
  deepEqual([outcome, epochs, patience.bestEpoch], ["diverged", 0, 0]);
  deepEqual(parameters, initialParameters(ModelSpec.parse(LINEAR), 1));
});

Deno.test("fit does not call a finite training diverged", () => {
  equal(tinyFit({ model: TINY, options: { epochs: 3 } }).outcome, "epochs");
});
