import { deepStrictEqual as deepEqual, rejects, throws } from "node:assert/strict";
import * as hourglass from "../../mod.ts";
import { optionsOf } from "../../src/core/arguments.ts";

Deno.test("optionsOf() returns the options, undefined as an empty object, and refuses everything else", () => {
  deepEqual(optionsOf("train", { epochs: 5 }), { epochs: 5 });
  deepEqual(optionsOf("train", undefined), {});
  for (
    const [value, got] of [[5, "5"], [null, "null"], [[], "a list"], ["x", '"x"'], [true, "true"]] as const
  ) {
    throws(() => optionsOf("train", value as never), {
      name: "UsageError",
      message: `train: options must be an object, got ${got} (train({ ... }))`,
    });
  }
});

/** Functions whose last argument is options, with the arguments before it. */
const BEFORE: Readonly<Record<string, readonly unknown[]>> = {
  pipeline: ["x"],
  sweep: [{}, {}],
  images: ["folder"],
  cifar10: ["folder"],
  paired: ["noisy", "clean"],
  npy: ["x.npy"],
  npz: ["x.npz"],
  table: ["x.csv"],
  train: [{}],
  load: [{}],
  dense: [5],
  conv: [5],
  convTranspose: [5],
  upsample: [2],
  residual: [[5]],
  groupNorm: [2],
  uniform: [0, 1],
  logUniform: [1, 2],
  shards: [[]],
  loadModel: ["x.safetensors"],
  runPipeline: [hourglass.pipeline("x")],
};
/** Functions without options, and those that have messages of their own. */
const NO_OPTIONS = [
  ...["glyphs", "klConstant", "bytes", "range", "dropout", "flatten", "globalAveragePool", "reshape"],
  ...["stage", "source", "metric", "unit", "choice"],
];

Deno.test("every function of mod.ts refuses options that are not an object, by its own name", async () => {
  const functions = Object.entries(hourglass).filter(([name, value]) =>
    typeof value === "function" && !NO_OPTIONS.includes(name)
  ) as unknown as [string, (...given: unknown[]) => unknown][];
  for (const [name, make] of functions) {
    for (const wrong of [5, null, []]) {
      // Those that give a promise refuse by it.
      await rejects(async () => await make(...BEFORE[name] ?? [], wrong), {
        name: "UsageError",
        message: new RegExp(`^${name}: options must be an object, got `),
      }, `${name}(${JSON.stringify(wrong)})`);
    }
  }
});

Deno.test("pipeline() refuses an option that it does not know, and names the nearest", () => {
  throws(() => hourglass.pipeline("x", { sead: 1 } as never), {
    name: "UsageError",
    message: 'pipeline: option sead is unknown: did you mean "seed"?',
  });
});

Deno.test("standardize() and minMax() keep an unknown option, so that the plan reports it", () => {
  deepEqual(hourglass.standardize({ pre: "all" } as never), {
    kind: "standardize",
    per: "feature",
    pre: "all",
  });
});
