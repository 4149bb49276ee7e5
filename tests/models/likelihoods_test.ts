import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import type { Value } from "../../src/graph/graph.ts";
import LIKELIHOODS, {
  discretisedLogistic,
  gaussian,
  type LikelihoodName,
  type ReconstructionLoss,
} from "../../src/models/likelihoods/kinds.ts";
import { exponentialMean, logMeanDecay, magnitude } from "../../src/models/likelihoods/exponential.ts";
import {
  describeLikelihood,
  likelihoodError,
  likelihoodMean,
  LossSchema,
} from "../../src/models/likelihoods/table.ts";
import { assertClose } from "../support/close.ts";
import { gradcheck } from "../support/gradcheck.ts";

/** By PyTorch and SciPy; `likelihoods.py` beside it writes the file. */
const GOLDEN = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/likelihoods.json", import.meta.url)),
);

type Decoded = Partial<Record<"logits" | "location" | "logSpread", number[][]>>;

/** The errors and means of samples under a likelihood, in double precision or in single. */
function evaluate(
  loss: ReconstructionLoss,
  decoded: Decoded,
  x: number[][],
  precision: "f64" | "f32" = "f64",
) {
  const build = graphBuilder(), target = build.input("x", ["batch", x[0].length]);
  const given = Object.entries(decoded);
  const values = Object.fromEntries(
    given.map(([name, rows]) => [name, build.input(name, ["batch", rows[0].length])]),
  );
  const all = { logits: target, location: target, ...values };
  const outputs = {
    error: likelihoodError(build, { loss }, target, all),
    mean: likelihoodMean(build, { loss }, all),
  };
  const program = referenceEngine(precision).compile(build.finish({ outputs }), { capacity: x.length });
  if (x.flat().length > 0 && hasInput(program, "x")) program.input("x").set(x.flat());
  for (const [name, rows] of given) if (hasInput(program, name)) program.input(name).set(rows.flat());
  program.run(x.length);
  return { errors: [...program.output("error")], means: [...program.output("mean")] };
}

function hasInput(program: { input(name: string): unknown }, name: string): boolean {
  try {
    return program.input(name) !== undefined;
  } catch {
    return false;
  }
}

const column = (numbers: readonly number[]) => numbers.map((number) => [number]);

Deno.test("the continuous Bernoulli is PyTorch's, error and mean, on both sides of 1/2 and close to it", () => {
  const { logits, x, errors, means } = GOLDEN.continuousBernoulli;
  const found = evaluate("continuousBernoulli", { logits: column(logits) }, column(x));
  assertClose(found.errors, errors, { absolute: 1e-10, relative: 1e-9 }, "errors");
  assertClose(found.means, means, { absolute: 1e-10, relative: 1e-9 }, "means");
});

Deno.test("the continuous Bernoulli of extreme logits has its limit, an exponential distribution at the edge", () => {
  // Near 0 the density is l exp(-l x), of mean 1 / l.
  const l = 5000, x = [0, 1e-4, 0.5];
  const found = evaluate("continuousBernoulli", { logits: column(x.map(() => -l)) }, column(x), "f32");
  assertClose(found.errors, x.map((value) => l * value - Math.log(l)), { relative: 1e-5 }, "errors");
  assertClose(found.means, x.map(() => 1 / l), { absolute: 1e-7 }, "means");
  const other = evaluate("continuousBernoulli", { logits: column([l]) }, column([1]), "f32");
  assertClose(other.errors, [-Math.log(l)], { relative: 1e-5 }, "error at the other edge");
});

Deno.test("the continuous Bernoulli integrates to 1, and its mean is the mean of its draws", () => {
  const steps = 4000, logit = -2.3;
  const x = Array.from({ length: steps }, (_, step) => (step + 0.5) / steps);
  const { errors, means } = evaluate(
    "continuousBernoulli",
    { logits: column(x.map(() => logit)) },
    column(x),
  );
  const densities = errors.map((error) => Math.exp(-error) / steps);
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  assertClose([sum(densities)], [1], { relative: 1e-7 }, "total");
  const inverse = x.map((u) => Math.log(1 + u * (Math.exp(logit) - 1)) / logit);
  assertClose([sum(inverse) / steps], [means[0]], { relative: 1e-6 }, "draws by the inverse");
  assertClose([sum(densities.map((share, at) => share * x[at]))], [means[0]], { relative: 1e-6 }, "mean");
});

Deno.test("the Gaussian with learned variances and that with a fixed one are PyTorch's Normal", () => {
  const { y, v, x, errors, fixed } = GOLDEN.gaussian;
  for (const variance of ["shared", "feature", "pixel"] as const) {
    const found = evaluate(gaussian({ variance }), { location: y, logSpread: v }, x);
    assertClose(found.errors, errors, { relative: 1e-14 }, variance);
    deepEqual(found.means, y.flat());
  }
  const found = evaluate(gaussian({ variance: 0.25 }), { location: y }, x);
  assertClose(found.errors, fixed, { relative: 1e-14 }, "fixed");
});

Deno.test("the discretised logistic has SciPy's probabilities of levels, both edges included, and their mean", () => {
  const { levels, locations, scales, errors, means } = GOLDEN.discretisedLogistic;
  const decoded = { location: column(locations), logSpread: column(scales.map(Math.log)) };
  const x = column(levels.map((level: number) => level / 255));
  for (const precision of ["f64", "f32"] as const) {
    const found = evaluate("discretisedLogistic", decoded, x, precision);
    const tolerance = precision === "f64" ? { relative: 1e-9 } : { absolute: 1e-5, relative: 2e-5 };
    assertClose(found.errors, errors, tolerance, `errors in ${precision}`);
    // That of the distribution cut to [0, 1], nearly that of its levels.
    assertClose(found.means, means, { absolute: 1e-4 }, `means in ${precision}`);
  }
});

Deno.test("the discretised logistic gives probabilities that sum to 1 over the 256 levels, however small the scale", () => {
  const x = Array.from({ length: 256 }, (_, level) => level / 255);
  for (const [location, scale] of [[0.4, 0.2], [-0.5, 1], [0.7, 1e-4], [1, 3], [0.001, 0.01]]) {
    const decoded = {
      location: column(x.map(() => location)),
      logSpread: column(x.map(() => Math.log(scale))),
    };
    const { errors } = evaluate("discretisedLogistic", decoded, column(x));
    const total = errors.reduce((sum, error) => sum + Math.exp(-error), 0);
    assertClose([total], [1], { relative: 1e-9 }, `location ${location}, scale ${scale}`);
  }
});

Deno.test("the discretised logistic has finite errors in single precision where a difference of sigmoids is 0", () => {
  const decoded = { location: [[-40, 40, 0]], logSpread: [[Math.log(0.01), Math.log(0.01), 11]] };
  const { errors } = evaluate("discretisedLogistic", decoded, [[0.5, 0.5, 0.5]], "f32");
  // The density of the tails times the width of a level: |x - m| / s - log(width / s), twice; then a quarter of the width over s.
  const tail = 40.5 / 0.01 - Math.log(1 / 255 / 0.01), other = 39.5 / 0.01 - Math.log(1 / 255 / 0.01);
  assertClose(errors, [tail + other + Math.log(4 * 255) + 11], { relative: 2e-4 }, "error");
});

/** Every loss with decoded values that reach all of its branches. */
const CASES: Readonly<
  Record<LikelihoodName, { loss: ReconstructionLoss; x: number[]; spread?: number[] }[]>
> = {
  mse: [{ loss: "mse", x: [0.1, -2, 0.7] }],
  bce: [{ loss: "bce", x: [0.1, 1, 0.7] }],
  gaussian: [
    { loss: gaussian({ variance: 0.3 }), x: [0.1, -2, 0.7] },
    { loss: gaussian({ variance: "shared" }), x: [0.1, -2, 0.7], spread: [-0.4] },
    { loss: gaussian({ variance: "pixel" }), x: [0.1, -2, 0.7], spread: [-0.4, 0.9, 0] },
  ],
  continuousBernoulli: [{ loss: "continuousBernoulli", x: [0.1, 1, 0.7] }],
  discretisedLogistic: [
    { loss: "discretisedLogistic", x: [0, 1, 128 / 255], spread: [-2] },
    { loss: discretisedLogistic({ scale: "pixel" }), x: [0, 1, 77 / 255], spread: [-6, 0.4, -3] },
  ],
};

for (const [kind, cases] of Object.entries(CASES)) {
  Deno.test(`the gradients of ${kind}, of its error and of its mean, equal central differences`, () => {
    for (const { loss, x, spread } of cases) {
      for (const logits of [[0.4, -3, 1.7], [0.02, 0.999, -0.3], [1.002, -0.5, 12]]) {
        for (const value of [likelihoodError, meanOf]) checkGradients(value, { loss, x, logits, spread });
      }
    }
  });
}

/** A weighted sum of means, so that their gradients differ. */
function meanOf(
  build: GraphBuilder,
  { loss }: { loss: ReconstructionLoss },
  x: Value,
  decoded: Parameters<typeof likelihoodMean>[2],
) {
  return build.sumColumns(
    build.multiply(build.add(x, build.constant(1)), likelihoodMean(build, { loss }, decoded)),
  );
}

function checkGradients(
  of: typeof likelihoodError,
  { loss, x, logits, spread }: { loss: ReconstructionLoss; x: number[]; logits: number[]; spread?: number[] },
): void {
  const build = graphBuilder();
  const l = build.parameter("logits", [1, logits.length]);
  const s = spread && build.parameter("spread", [1, spread.length]);
  const target = build.input("x", [1, x.length]);
  const error = of(build, { loss }, target, { logits: l, location: l, ...(s && { logSpread: s }) });
  const graph = build.finish({ outputs: { error }, gradients: gradients(build, error, build.parameters) });
  const program = referenceEngine("f64").compile(graph, { capacity: 1 });
  if (hasInput(program, "x")) program.input("x").set(x);
  program.parameters.set([...logits, ...spread ?? []]);
  const run = () => {
    program.run(1);
    return program.output("error")[0];
  };
  run();
  const label = `${JSON.stringify(loss)} at ${logits}`;
  gradcheck(program.parameters as Float64Array, run, Float64Array.from(program.gradients), { label });
}

Deno.test("logMeanDecay() and exponentialMean() are right near 0, where both branches meet, and far away, in single precision", () => {
  const u = [0, 1e-6, 0.01, 0.3, 0.999, 1, 1.001, 1.5, 4, 30, 900];
  const decay = u.map((each) =>
    each < 1e-3 ? -each / 2 + each ** 2 / 24 : Math.log(-Math.expm1(-each) / each)
  );
  const means = u.map((each) => each < 1e-3 ? 0.5 + each / 12 : 1 / -Math.expm1(-each) - 1 / each);
  const build = graphBuilder(), x = build.input("u", ["batch", 1]);
  const minus = build.subtract(build.constant(0), x);
  const outputs = {
    decay: logMeanDecay(build, x),
    mean: exponentialMean(build, x),
    mirrored: logMeanDecay(build, magnitude(build, minus)),
    mirroredMean: exponentialMean(build, minus),
  };
  const program = referenceEngine("f32").compile(build.finish({ outputs }), { capacity: u.length });
  program.input("u").set(u);
  program.run(u.length);
  const expected = {
    decay,
    mean: means,
    mirrored: decay,
    mirroredMean: means.map((mean) => 1 - mean),
  };
  for (const [name, numbers] of Object.entries(expected)) {
    assertClose(program.output(name), numbers, { absolute: 2e-7, relative: 2e-6 }, name);
  }
});

Deno.test("LossSchema records a loss with its defaults by its name, and any other with all of its options", () => {
  equal(LossSchema.parse(gaussian()), "gaussian");
  equal(LossSchema.parse({ kind: "discretisedLogistic" }), "discretisedLogistic");
  deepEqual(LossSchema.parse(gaussian({ variance: 0.1 })), { kind: "gaussian", variance: 0.1 });
  deepEqual(LossSchema.parse(discretisedLogistic({ scale: "pixel" })), {
    kind: "discretisedLogistic",
    scale: "pixel",
  });
  for (const wrong of ["l1", { kind: "mse" }, gaussian({ variance: 0 }), { kind: "gaussian", sigma: 1 }]) {
    ok(!LossSchema.safeParse(wrong).success, JSON.stringify(wrong));
  }
});

Deno.test("describeLikelihood() names each distribution", () => {
  const texts = (losses: ReconstructionLoss[]) =>
    losses.map((loss) => describeLikelihood({ loss }, "pixels"));
  deepEqual(texts(Object.keys(LIKELIHOODS) as LikelihoodName[]), [
    "Gaussian pixels",
    "Bernoulli pixels",
    "Gaussian pixels with learned variances",
    "continuous Bernoulli pixels",
    "discretised logistic pixels",
  ]);
  deepEqual(
    texts([
      gaussian({ variance: "shared" }),
      gaussian({ variance: 0.5 }),
      discretisedLogistic({ scale: "pixel" }),
    ]),
    [
      "Gaussian pixels with one learned variance",
      "Gaussian pixels with variance 0.5",
      "discretised logistic pixels with a scale that the decoder gives",
    ],
  );
});
