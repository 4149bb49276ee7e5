import {
  deepStrictEqual as deepEqual,
  match,
  notDeepStrictEqual as notDeepEqual,
  strictEqual as equal,
} from "node:assert/strict";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { linearPath, meanPoint, sphericalPath } from "../../src/analysis/latent/latent_space.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { strip, tilesOfBytes } from "../../src/export/sheet.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { assertClose } from "../support/close.ts";
import { interpolate, type InterpolateOptions, type WalkEnd } from "../../mod.ts";
import { gifDelays, GLYPHS, modelOf, mustRun, pngSize, runStage } from "./fake_run.ts";

const MODEL = modelOf();
const POINTS = encodeImages(await loadEngine("wasm"), MODEL, GLYPHS.train);
const pointOf = (row: number) => [...POINTS.subarray(2 * row, 2 * row + 2)];
/** The glyphs as eight classes of four, without names of their own. */
const CLASSES: Dataset = (() => {
  const { names: _, ...split } = GLYPHS.train;
  const classes = { ...split, labels: Uint16Array.from(split.labels!, (label) => label % 8) };
  return { ...GLYPHS, train: classes, test: classes, labelNames: [..."stuvwxyz"] };
})();

async function walk(options: Partial<InterpolateOptions>, dataset = GLYPHS) {
  const ran = await mustRun(interpolate({ from: "a", to: "b", ...options }), {
    inputs: { dataset, model: MODEL },
  });
  return { ...ran, points: ran.result.outputs.walk as number[][] };
}
async function refusal(from: WalkEnd): Promise<string> {
  const { error, files } = await runStage(interpolate({ from, to: "b" }), {
    inputs: { dataset: GLYPHS, model: MODEL },
  });
  deepEqual([error?.name, files.size], ["RunError", 0]);
  return error!.message;
}

Deno.test("interpolate walks between two images by their names", async () => {
  const { points, result } = await walk({ steps: 5 });
  // Code 0x60 comes first, so "a" is the second glyph.
  assertClose(points.flat(), linearPath(pointOf(1), pointOf(2), 5).flat(), { absolute: 1e-6 }, "walk");
  equal(result.note, 'from "a" to "b", linear, 5 steps');
  notDeepEqual(points[0], points[4]);
});

Deno.test("interpolate walks between labels from the mean of one's images to that of the other's", async () => {
  const { points } = await walk({ from: "s", to: "u", steps: 2 }, CLASSES);
  const meanOf = (label: number) => meanPoint(POINTS, 2, [label, label + 8, label + 16, label + 24]);
  assertClose(points.flat(), [...meanOf(0), ...meanOf(2)], { absolute: 1e-6 }, "ends");
});

Deno.test("interpolate walks between test images by their numbers, and between points", async () => {
  const { points, result } = await walk({ from: { sample: 31 }, to: [0.5, -0.25], steps: 2 });
  assertClose(points.flat(), [...pointOf(31), 0.5, -0.25], { absolute: 1e-6 }, "ends");
  equal(result.note, "from sample 31 to (0.5, -0.25), linear, 2 steps");
});

Deno.test("interpolate follows the great circle with path spherical", async () => {
  const { points } = await walk({ from: [1, 0], to: [0, 2], steps: 4, path: "spherical" });
  deepEqual(points, sphericalPath([1, 0], [0, 2], 4));
});

Deno.test("interpolate draws a strip of all steps, and a GIF that plays forth and back", async () => {
  const { files } = await walk({ steps: 6, frameMs: 120 });
  deepEqual([...files.keys()].toSorted(), ["interpolate.gif", "interpolate.png"]);
  const { width, height } = strip(tilesOfBytes(new Uint8Array(6 * 35), { height: 7, width: 5 }));
  deepEqual(pngSize(files.get("interpolate.png")), [width, height]);
  // Six there and four back: the ends are not shown twice.
  deepEqual(gifDelays(files.get("interpolate.gif")), Array(10).fill(120));
});

Deno.test("interpolate calls its files after the stage, and writes the same bytes twice", async () => {
  const first = await walk({ name: "morph", steps: 3 }), again = await walk({ name: "morph", steps: 3 });
  deepEqual([...first.files.keys()].toSorted(), ["morph.gif", "morph.png"]);
  deepEqual(first.files, again.files);
});

Deno.test("interpolate takes a VAE's means, whatever the seed", async () => {
  const made = { dataset: GLYPHS, model: modelOf({ kind: "vae" }) };
  const points = async (seed: number) =>
    (await mustRun(interpolate({ from: "a", to: "b" }), { inputs: made, seed })).result.outputs;
  deepEqual(await points(1), await points(2));
});

Deno.test("interpolate refuses an end that is not there, and suggests the nearest", async () => {
  match(
    await refusal("A"),
    /must be a label or a name of the dataset, got "A" \(did you mean "a"\?\)$/,
  );
  match(await refusal("nothing like it"), /got "nothing like it"$/);
  match(await refusal({ sample: 32 }), /test image must be below 32, got 32$/);
  match(await refusal([1, 2, 3]), /latent point must have 2 numbers, got \(1, 2, 3\)$/);
});

Deno.test("interpolate finds a point of the wrong size before any work", () => {
  const stage = interpolate({ from: [1, 2, 3], to: "b" }), { plan, schema } = definitionOf(stage);
  const options = schema.parse(stage.options);
  deepEqual(plan!(options, { latent: 2 }).faults, [
    { path: "from", message: "must be a point of 2 numbers, got 3" },
  ]);
  deepEqual(plan!(options, { latent: 3 }).faults, []);
  deepEqual(plan!(options, {}).lines, ['(1, 2, 3) to "b" in 16 steps, linear']);
});
