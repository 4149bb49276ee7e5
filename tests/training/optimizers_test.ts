import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { OptimizerSpec, slotsOf } from "../../src/training/optimizers.ts";
import {
  adam,
  adamw,
  lion,
  momentum,
  type OptimizerOptions,
  radam,
  rmsprop,
  sgd,
} from "../../src/training/optimizers/kinds.ts";
import { assertClose } from "../support/close.ts";
import { optimizerOf, OPTIMIZERS } from "../support/optimizers.ts";

Deno.test("OptimizerSpec fills in the rates and shares of the papers", () => {
  const complete = [sgd(), momentum(), rmsprop(), adam(), adamw(), radam(), lion()].map((options) =>
    OptimizerSpec.parse(options)
  );
  const moments = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  deepEqual(complete, [
    { kind: "sgd", learningRate: 0.01 },
    { kind: "momentum", learningRate: 0.01, momentum: 0.9, nesterov: false },
    { kind: "rmsprop", learningRate: 1e-3, decay: 0.9, epsilon: 1e-8 },
    { kind: "adam", ...moments },
    { kind: "adamw", ...moments, weightDecay: 0.01 },
    { kind: "radam", ...moments },
    { kind: "lion", learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 },
  ]);
});

Deno.test("OptimizerSpec keeps valid options and refuses invalid ones", () => {
  deepEqual(OptimizerSpec.parse(momentum({ learningRate: 0.5, momentum: 0, nesterov: true })), {
    kind: "momentum",
    learningRate: 0.5,
    momentum: 0,
    nesterov: true,
  });
  for (
    const wrong of [
      sgd({ learningRate: 0 }),
      sgd({ learningRate: Infinity }),
      momentum({ momentum: 1 }),
      adam({ beta2: 1 }),
      adam({ epsilon: 0 }),
      adamw({ weightDecay: -1 }),
      lion({ beta1: 1 }),
      { kind: "adam", weightDecay: 0.1 },
      { kind: "adan" },
    ]
  ) equal(OptimizerSpec.safeParse(wrong).success, false, JSON.stringify(wrong));
});

Deno.test("ruleOf() returns the rule and the number of slots of every optimizer", () => {
  const rules = Object.values(OPTIMIZERS).map((options) => {
    const { name, slots } = optimizerOf(options).rule;
    return `${name} ${slots}`;
  });
  deepEqual(rules, [
    "sgd 0",
    "momentum 1",
    "nesterov 1",
    "rmsprop 1",
    "adam 2",
    "adam 2",
    "radam 2",
    "lion 1",
  ]);
});

Deno.test("slotsOf() is what a rule of ruleOf() needs, with and without an average", () => {
  for (const options of Object.values(OPTIMIZERS)) {
    const spec = OptimizerSpec.parse(options);
    for (const ema of [undefined, 0.99]) {
      equal(slotsOf(spec, ema !== undefined), optimizerOf(options, ema).rule.slots, spec.kind);
    }
  }
});

/** Steps of one parameter that starts at 1, with the gradients 4, -2, 4, ..., halved by the scale, at a rate of 0.1. */
function steps(options: OptimizerOptions, count = 2): number[] {
  const { rule, scalars } = optimizerOf(options), build = graphBuilder();
  const p = build.parameter("p", [1, 1]);
  const program = referenceEngine("f64").compile(
    build.finish({ outputs: { loss: p }, gradients: [build.constant(1)] }),
    { capacity: 1, rule },
  );
  program.parameters[0] = 1;
  for (let step = 1; step <= count; step++) {
    program.gradients[0] = step % 2 === 1 ? 4 : -2;
    program.update(scalars({ learningRate: 0.1, gradientScale: 0.5, step }));
  }
  return [program.parameters[0], ...program.slots.map(([value]) => value)];
}

const second = (0.08 / 0.19) / (Math.sqrt(0.0496 / 0.0199) + 0.01);
const moments = { beta1: 0.9, beta2: 0.99, epsilon: 0.01 };
const decayed = 1 - 0.1 * 0.2 - 0.1 * (2 / 2.01);

/** The parameter and the slots after two steps, worked out by hand (RAdam: after eight, by PyTorch 2.15's `RAdam`). */
const BY_HAND: Record<
  keyof typeof OPTIMIZERS,
  [options: OptimizerOptions, expected: number[], steps?: number]
> = {
  sgd: [sgd(), [1 - 0.2 + 0.1]],
  // v = 2, then 0.9 * 2 - 1 = 0.8.
  momentum: [momentum(), [1 - 0.2 - 0.08, 0.8]],
  nesterov: [momentum({ nesterov: true }), [1 - 0.1 * (2 + 0.9 * 2) - 0.1 * (-1 + 0.9 * 0.8), 0.8]],
  // s = 0.1 * 4 = 0.4, then 0.36 + 0.1 = 0.46.
  rmsprop: [
    rmsprop({ epsilon: 0.01 }),
    [1 - 0.2 / (Math.sqrt(0.4) + 0.01) + 0.1 / (Math.sqrt(0.46) + 0.01), 0.46],
  ],
  // m = 0.2, then 0.18 - 0.1 = 0.08; v = 0.04, then 0.0396 + 0.01 = 0.0496. The first corrected moments are 2 and 4.
  adam: [adam(moments), [1 - 0.1 * (2 / 2.01) - 0.1 * second, 0.08, 0.0496]],
  adamw: [
    adamw({ ...moments, weightDecay: 0.2 }),
    [decayed * (1 - 0.1 * 0.2) - 0.1 * second, 0.08, 0.0496],
  ],
  radam: [radam({ beta2: 0.9 }), [0.5027627022235635, 0.23980328, 1.37886886], 8],
  // c = 0.2, so p = 1 - 0.1 (1 + 0.2); m = 0.02, then 0.0198 - 0.01. c = 0.018 - 0.1 < 0.
  lion: [lion({ weightDecay: 0.2 }), [0.88 - 0.1 * (-1 + 0.2 * 0.88), 0.0098]],
};

for (const [name, [options, expected, count]] of Object.entries(BY_HAND)) {
  Deno.test(`update() by ${name} gives the numbers computed by hand`, () => {
    assertClose(steps(options, count), expected, { relative: 1e-10 }, name);
  });
}
