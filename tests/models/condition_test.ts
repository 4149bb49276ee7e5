import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { RunError, UsageError } from "../../src/core/errors.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import {
  classIndex,
  classIndices,
  conditionFiller,
  conditionsOf,
  namedClassIndices,
} from "../../src/models/condition.ts";
import { familyOf } from "../../src/models/family.ts";
import { decoderGraph, encoderGraph, evaluationGraph, NAMES } from "../../src/models/graphs.ts";
import { lossGraph } from "../../src/models/loss_graphs.ts";
import { fitModel, modelFaults } from "../../src/models/fit_model.ts";
import { describeModel, encoderLayers, modelLayers } from "../../src/models/layers.ts";
import { conv, layerNorm } from "../../src/models/layers/kinds.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { MODELS } from "../support/models.ts";

const CLASSES = [{ name: "cat", label: 0 }, { name: "dog", label: 2 }];
const base = { kind: "vae", encoder: [2], latent: 1, loss: "mse", outputActivation: "linear" } as const;
const MODEL = ModelSpec.parse({ ...base, condition: "label", classes: CLASSES });

/**
 * The latent layer reads (x0, x1, cat, dog): mean `x0 + x1 + 10 cat - 10 dog`, log-variance 0. The output layer reads (z, cat, dog):
 * `z (1, 2) + cat (-10, -20) + dog (10, 21)`.
 */
const LATENT = [1, 0, 1, 0, 10, 0, -10, 0, 0, 0], OUTPUT = [1, 2, -10, -20, 10, 21, 0, 0];

Deno.test("lossGraph() of a conditional VAE joins the class to the input and to the latent", () => {
  const program = referenceEngine("f64").compile(lossGraph(MODEL, { paired: false }), { capacity: 2 });
  program.parameters.set([...LATENT, ...OUTPUT]);
  program.input(NAMES.target).set([1, 0, 0.5, 1]);
  program.input(NAMES.condition).set([1, 0, 0, 1]);
  program.input(NAMES.beta)[0] = 1;
  program.input(NAMES.inverseRows)[0] = 0.5;
  program.run(2);
  // Means 1 + 10 = 11 and 1.5 - 10 = -8.5; outputs (11 - 10, 22 - 20) = (1, 2) and (-8.5 + 10, -17 + 21) = (1.5, 4).
  const reconstruction = 0.5 * (0 + 4 + 1 + 9) / 2, kl = 0.5 * (121 + 8.5 ** 2) / 2;
  assertClose(program.output("reconstruction"), [reconstruction], { relative: 1e-15 }, "reconstruction");
  assertClose(program.output("kl"), [kl], { relative: 1e-15 }, "kl");
});

Deno.test("encoderGraph() and decoderGraph() of a conditional VAE together are its evaluationGraph()", () => {
  const model = MODELS["vae conditional on three classes"], engine = referenceEngine("f64");
  const [whole, encoder, decoder] = [evaluationGraph, encoderGraph, decoderGraph].map((build) =>
    engine.compile(build(model), { capacity: 2 })
  );
  whole.parameters.forEach((_, at) => whole.parameters[at] = Math.sin(at));
  encoder.parameters.set(whole.parameters.subarray(0, encoder.parameters.length));
  decoder.parameters.set(whole.parameters.subarray(encoder.parameters.length));
  const x = Float64Array.from({ length: 70 }, (_, at) => at % 3 / 2), condition = [0, 1, 0, 0, 0, 1];
  for (const name of [NAMES.input, NAMES.target]) whole.input(name).set(x);
  encoder.input(NAMES.input).set(x);
  for (const program of [whole, encoder, decoder]) program.input(NAMES.condition).set(condition);
  whole.run(2);
  encoder.run(2);
  decoder.input(NAMES.latent).set(encoder.output("latent"));
  decoder.run(2);
  assertClose(decoder.output("output"), whole.output("output"), { absolute: 1e-14 }, "output");
});

Deno.test("encoderLayers() joins the class at the first dense layer, or at the latent layer", () => {
  const fitted = (encoder: (number | ReturnType<typeof layerNorm> | ReturnType<typeof conv>)[]) =>
    fitModel(ModelSpec.parse({ kind: "vae", encoder, latent: 3, condition: "label" }), [7, 5, 1], CLASSES);
  const inputs = (model: ModelSpec) =>
    encoderLayers(model).map(({ input, condition = 0 }) => [input, condition]);
  deepEqual(inputs(fitted([9, 6])), [[[37], 2], [[9], 0], [[6], 0]]);
  deepEqual(inputs(fitted([layerNorm(), 6])), [[[7, 5, 1], 0], [[37], 2], [[6], 0]]);
  deepEqual(inputs(fitted([])), [[[37], 2]]);
  deepEqual(inputs(fitted([conv(4, { stride: 2 })])), [[[7, 5, 1], 0], [[4 * 3 * 4 + 2], 2]]);
  const shapes = modelLayers(fitted([9, 6])).flatMap(({ name, parameters: [{ shape }] }) => [[name, shape]]);
  deepEqual(shapes, [
    ["encoder.0", [37, 9]],
    ["encoder.1", [9, 6]],
    ["latent", [6, 6]],
    ["decoder.0", [5, 6]],
    ["decoder.1", [6, 9]],
    ["output", [9, 35]],
  ]);
});

Deno.test("fitModel() gives classes to a conditional model alone, and describeModel() counts them", () => {
  const plain = ModelSpec.parse({ kind: "vae", encoder: [35, 9], latent: 2 });
  const conditional = ModelSpec.parse({ kind: "vae", encoder: [35, 9], latent: 2, condition: "label" });
  equal("classes" in fitModel(plain, [35], CLASSES), false);
  const fitted = fitModel(conditional, [35], CLASSES);
  equal(describeModel(fitted), "vae 35-9-2-9-35 given 2 classes");
  deepEqual([familyOf(plain), familyOf(fitted)], ["variational", "conditional"]);
  deepEqual(modelFaults(conditional, [35]), []);
  throws(() => describeModel(fitModel(conditional, [35])), /classes of the model must be known/);
});

Deno.test("ModelSpec of a model without a condition is as it was, so that cached results stay", () => {
  equal(
    JSON.stringify(ModelSpec.parse({ kind: "vae", encoder: [4], latent: 1 })).includes("condition"),
    false,
  );
  throws(() => ModelSpec.parse({ kind: "ae", encoder: [4], latent: 1, condition: "label" }), /condition/);
});

Deno.test("classIndices() finds classes by label, and refuses others and samples without", () => {
  deepEqual([...classIndices(MODEL, [2, 0, 2])], [1, 0, 1]);
  throws(() => classIndices(MODEL, [0, 1]), (thrown: unknown) => {
    equal(thrown instanceof RunError, true);
    equal(
      (thrown as Error).message,
      "classes must be among those that the model was trained on, cat, dog, got label 1 (sample 1; " +
        "filterClasses leaves others out)",
    );
    return true;
  });
  throws(() => classIndices(MODEL, undefined), /must have labels, got none \(the classes are cat, dog\)/);
});

Deno.test("classIndex() and namedClassIndices() refuse unknown, missing and superfluous classes", () => {
  const plain = ModelSpec.parse(base);
  equal(classIndex(MODEL, "dog"), 1);
  deepEqual(namedClassIndices(MODEL, "dog", 9), Uint16Array.of(1));
  deepEqual(namedClassIndices(MODEL, ["dog", "cat"], 2), Uint16Array.of(1, 0));
  equal(namedClassIndices(plain, undefined, 2), undefined);
  throws(() => classIndex(MODEL, "dgo"), /class must be one of cat, dog, got "dgo" \(did you mean "dog"\?\)/);
  throws(() => classIndex(plain, "dog"), /class must be left out for a model without classes, got "dog"/);
  throws(() => namedClassIndices(MODEL, undefined, 2), /class must be given .* one of cat, dog, got none/);
  throws(
    () => namedClassIndices(MODEL, ["dog"], 2),
    (thrown: unknown) => thrown instanceof UsageError && /one for each of 2, got 1/.test(thrown.message),
  );
});

Deno.test("conditionFiller() fills a batch by the order of its samples, and again from the first beyond the last", () => {
  const program = referenceEngine("f32").compile(encoderGraph(MODEL), { capacity: 3, orderLength: 4 });
  program.order.set([1, 0, 4, 3]);
  const fill = conditionFiller(program, MODEL, [0, 2, 0]);
  fill(0, 3);
  deepEqual([...program.input(NAMES.condition)], [0, 1, 1, 0, 0, 1]);
  fill(2, 2);
  deepEqual([...program.input(NAMES.condition)], [0, 1, 1, 0, 0, 1]);
  deepEqual([...conditionsOf(MODEL, [1, 0])], [0, 1, 1, 0]);
});
