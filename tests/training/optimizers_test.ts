import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { SLOTS } from "../../src/engine/engine.ts";
import {
  adam,
  adamw,
  momentum,
  OptimizerSpec,
  rmsprop,
  sgd,
  updateOf,
} from "../../src/training/optimizers.ts";

Deno.test("OptimizerSpec fills in the rates and shares of the papers", () => {
  const complete = [sgd(), momentum(), rmsprop(), adam(), adamw()].map((options) =>
    OptimizerSpec.parse(options)
  );
  const moments = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  deepEqual(complete, [
    { kind: "sgd", learningRate: 0.01 },
    { kind: "momentum", learningRate: 0.01, momentum: 0.9, nesterov: false },
    { kind: "rmsprop", learningRate: 1e-3, decay: 0.9, epsilon: 1e-8 },
    { kind: "adam", ...moments },
    { kind: "adamw", ...moments, weightDecay: 0.01 },
  ]);
});

Deno.test("OptimizerSpec keeps what it is told and refuses what cannot be", () => {
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
      { kind: "adam", weightDecay: 0.1 },
      { kind: "lion" },
    ]
  ) equal(OptimizerSpec.safeParse(wrong).success, false, JSON.stringify(wrong));
});

Deno.test("updateOf makes AdamW an Adam with weight decay, and Adam one without", () => {
  const update = (options: unknown) => updateOf(OptimizerSpec.parse(options));
  const common = { step: 0, gradientScale: 1 };
  const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  deepEqual(update(adam({ learningRate: 0.1 })), {
    kind: "adam",
    learningRate: 0.1,
    ...moments,
    weightDecay: 0,
    ...common,
  });
  deepEqual(update(adamw({ weightDecay: 0.2 })), {
    kind: "adam",
    learningRate: 1e-3,
    ...moments,
    weightDecay: 0.2,
    ...common,
  });
  deepEqual(update(sgd()), { kind: "sgd", learningRate: 0.01, ...common });
});

Deno.test("updateOf knows for every optimizer how many slots it keeps", () => {
  const slots = [sgd(), momentum(), rmsprop(), adam(), adamw()].map((options) =>
    SLOTS[updateOf(OptimizerSpec.parse(options)).kind]
  );
  deepEqual(slots, [0, 1, 1, 2, 2]);
});
