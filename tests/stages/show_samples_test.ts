import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { showSamples } from "../../mod.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { encodePng } from "../../src/export/pictures.ts";
import { sheet } from "../../src/export/sheet.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { eventsOf, GLYPHS, mustRun, pngSize, runStage } from "./fake_run.ts";

const THREE: Dataset = {
  name: "three",
  shape: [1, 2, 1],

  labelNames: ["cat", "dog"],
  train: { count: 3, values: Uint8Array.of(0, 255, 255, 255, 255, 0), labels: Uint16Array.of(0, 1, 1) },
  test: { count: 0, values: new Uint8Array() },
};

Deno.test("showSamples draws the training images of the given numbers in their order, and says what they are", async () => {
  const { result, files } = await mustRun(showSamples({ samples: [2, 0] }), { inputs: { dataset: THREE } });
  const tiles = [[1, 0], [0, 1]].map((pixels) => ({ height: 1, width: 2, pixels }));
  deepEqual(files.get("showSamples.png"), await encodePng(sheet(tiles)));
  equal(result.note, "2 (dog), 0 (cat)");
  deepEqual(result.outputs, {});
});

Deno.test("showSamples calls images by their names, by their labels, or by nothing", async () => {
  const noteOf = async (dataset: Dataset, samples = [1]) =>
    (await mustRun(showSamples({ samples }), { inputs: { dataset } })).result.note;
  equal(await noteOf(GLYPHS), "1 (a)");
  equal(await noteOf({ ...THREE, labelNames: undefined }), "1");
  const { labels: _labels, ...unlabelled } = THREE.train;
  equal(await noteOf({ ...THREE, train: unlabelled }), "1");
  equal(await noteOf(THREE, Array(12).fill(1)), `${Array(10).fill("1 (dog)").join(", ")} and 2 more`);
});

Deno.test("showSamples writes a picture of its own name, of all given images", async () => {
  const samples = Array.from({ length: 32 }, (_, sample) => sample);
  const { files } = await mustRun(showSamples({ name: "glyphs", samples }), { inputs: { dataset: GLYPHS } });
  deepEqual([...files.keys()], ["glyphs.png"]);
  // 8 x 4 tiles of 5 x 7 pixels, 12 times enlarged, 12 between them.
  deepEqual(pngSize(files.get("glyphs.png")), [8 * (60 + 12) + 12, 4 * (84 + 12) + 12]);
});

Deno.test("showSamples skips numbers beyond the training images, and says so", async () => {
  const { result, events } = await mustRun(showSamples({ samples: [36922, 1, 3] }), {
    inputs: { dataset: THREE },
  });
  equal(result.note, "1 (dog)");
  deepEqual(eventsOf(events, "log").map(({ message }) => message), [
    "not shown, as there are 3 training images: 36922, 3",
  ]);
});

Deno.test("showSamples refuses numbers that are all beyond the training images, and no numbers", async () => {
  const { error } = await runStage(showSamples({ samples: [3] }), { inputs: { dataset: THREE } });
  equal(error?.name, "RunError");
  equal(
    error?.message,
    "samples must include a number below 3 (the training images), got 3",
  );
  const { schema } = definitionOf(showSamples({ samples: [0] }));
  for (const samples of [[], [-1], [0.5]]) throws(() => schema.parse({ samples }));
});
