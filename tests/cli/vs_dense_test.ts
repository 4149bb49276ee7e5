import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { writeCifar } from "../support/cifar.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import type { Sweep } from "../../src/pipeline/sweep/sweep.ts";
import { sweepMembers } from "../../src/sweep/settings.ts";

const CIFAR = await Deno.makeTempDir();
writeCifar(CIFAR);
globalThis.addEventListener("unload", () => Deno.removeSync(CIFAR, { recursive: true }));

/** The sweeps that compare convolutional models with dense ones. */
const COMPARISONS = [...Deno.readDirSync(new URL("../../pipelines/", import.meta.url))]
  .map(({ name }) => name).filter((name) => name.endsWith("-vs-dense.ts")).sort();

Deno.test("every convolutional pipeline is compared with dense models", () => {
  deepEqual(COMPARISONS, [
    "anomaly-conv-vs-dense.ts",
    "cifar-conv-vs-dense.ts",
    "digits-conditional-vs-dense.ts",
    "emoji-colour-vs-dense.ts",
    "emoji-conv-vs-dense.ts",
    "faces-conv-vs-dense.ts",
    "mnist-conv-iwae-vs-dense.ts",
    "mnist-conv-vs-dense.ts",
  ]);
});

/** A model without what may differ from another: its encoder, and its latent where `isMap`, the other's latent being a feature map. */
function withoutLayers(model: unknown, isMap: boolean): object {
  const whole = { ...model as object, encoder: [] };
  return isMap ? { ...whole, latent: 0, latentChannels: 0 } : whole;
}

for (const name of COMPARISONS) {
  Deno.test(`pipelines/${name} gives each model the same time and seeds, and one dense model as many parameters within 2 %`, async () => {
    const { default: sweep } = await import(`../../pipelines/${name}`) as { default: Sweep };
    const { seeds = 1, baseline } = sweep.options;
    ok(seeds >= 3, `${seeds} seeds`);
    equal(baseline, "convolutional");
    const runs = sweepMembers(sweep, sweep.pipeline.seed).map(({ label, overrides, seed }) => {
      const given = name.startsWith("cifar") ? [`load.source.folder=${JSON.stringify(CIFAR)}`] : [];
      const { stages } = resolvePipeline(sweep.pipeline, { overrides: [...given, ...overrides], seed });
      const { options, lines } = stages.find(({ kind }) => kind === "train")!;
      const [, parameters] = lines.join("\n").match(/([\d,]+) parameters/)!;
      return { label, parameters: Number(parameters.replaceAll(",", "")), options };
    });
    const { model, ...rest } = runs[0].options as Record<string, unknown>;
    const isMap = (model as { latentChannels?: number }).latentChannels !== undefined;
    ok((rest.maxSeconds as number) > 0);
    for (const { options } of runs) {
      const { model: own, ...others } = options as Record<string, unknown>;
      deepEqual(others, rest, "only the model differs");
      deepEqual(withoutLayers(own, isMap), withoutLayers(model, isMap), "only its layers");
    }
    const sizes = Object.fromEntries(runs.map(({ label, parameters }) => [label, parameters]));
    const [conv, usual, equalSize] = Object.keys(sizes);
    match(usual, /^dense, as in .*\.ts$/);
    deepEqual([conv, equalSize], ["convolutional", "dense, equal parameters"]);
    for (const { label, options } of runs) {
      const { encoder, latent } = (options as { model: { encoder: unknown[]; latent: number } }).model;
      const width = encoder.at(-1);
      if (isMap && label !== "convolutional") {
        ok(latent <= (width as number), `${label}: ${latent} of ${width}`);
      }
    }
    const ratio = sizes[equalSize] / sizes[conv];
    ok(Math.abs(ratio - 1) < 0.02, `${sizes[equalSize]} against ${sizes[conv]} parameters`);
  });
}
