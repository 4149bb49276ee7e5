import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import type { SampleValues } from "../../src/core/shape.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { sheet, tilesOfBytes } from "../../src/export/sheet.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { clusters, type ClustersOptions, generate } from "../../mod.ts";
import { GLYPHS, modelOf, mustRun, pngSize, runStage } from "./fake_run.ts";

const MODEL = modelOf({ kind: "vae" });

/** Images of one bright pixel each: three groups of sizes 5, 3 and 2, each image a little different. */
const GROUPS: Dataset = (() => {
  const images = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((row) => {
    const place = row < 5 ? 0 : row < 8 ? 17 : 34;
    return Array.from({ length: 35 }, (_, at) => at === place ? 200 + row : 0);
  }));
  const split = { count: 10, values: images };
  return { name: "groups", shape: [7, 5, 1], train: split, test: split };
})();

async function part(
  options: ClustersOptions<"test" | "train"> & { of: "test" | "train" },
  dataset = GROUPS,
  seed = 1,
) {
  const { result, files } = await mustRun(clusters(options), { inputs: { dataset, model: MODEL }, seed });
  return { ...result, files, metrics: result.metrics as Record<string, number> };
}

Deno.test("clusters finds the groups that there are, the largest first, and says how many it tried", async () => {
  const { metrics, outputs, note, files } = await part({
    of: "test",
    space: "pixels",
    k: [2, 5],
    members: 4,
  });
  deepEqual([metrics.k, metrics.size1, metrics.size2, metrics.size3], [3, 5, 3, 2]);
  deepEqual([...outputs.clusterOf as Uint32Array], [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]);
  ok(metrics.silhouette > 0.9);
  match(note!, /^3 groups, mean silhouette 0\.9\d\d, sizes 5, 3, 2$/);
  const raw = JSON.parse(new TextDecoder().decode(files.get("clusters.json")));
  deepEqual(Object.keys(raw.silhouettes), ["2", "3", "4", "5"]);
  const drawn = sheet(tilesOfBytes(new Uint8Array(15 * 35), { height: 7, width: 5 }), { columns: 5 });
  deepEqual(pngSize(files.get("clusters.png")), [drawn.width, drawn.height]);
});

Deno.test("clusters reports a number of groups at an end of its range", async () => {
  const found = async (k: ClustersOptions["k"], dataset = GROUPS) => {
    const { note, conditions } = await part({ of: "test", space: "pixels", k }, dataset);
    return [note!.split(", ")[0], conditions!.k];
  };
  const chosen = (from: number, to: number) =>
    `the number from ${from} to ${to} with the largest mean silhouette`;
  deepEqual(await found([2, 5]), ["3 groups", chosen(2, 5)]);
  const upper = "the upper end of the range 2 to 3: more may fit better";
  deepEqual(await found([2, 3]), [`3 groups (${upper})`, `${chosen(2, 3)}: ${upper}`]);
  match((await found([3, 5]))[0], /^3 groups \(the lower end of the range 3 to 5: fewer may fit better\)$/);
  deepEqual(await found(3), ["3 groups", "as given"]);
  // Two bright pixels: two groups, and a silhouette is defined for no fewer.
  const two = { count: 6, values: GROUPS.test.values.slice(0, 6 * 35) };
  match(
    (await found([2, 4], { ...GROUPS, train: two, test: two }))[0],
    /^2 groups \(the fewest for which a silhouette is defined: there may be no groups at all\)$/,
  );
});

Deno.test("clusters parts the latents of generated images, and draws from the seed", async () => {
  const made = { dataset: GLYPHS, model: MODEL };
  const { result } = await mustRun(generate({ count: 40 }), { inputs: made });
  const run = (seed: number) =>
    mustRun(clusters({ k: 4, name: "kinds" }), { inputs: { ...made, ...result.outputs }, seed });
  const [first, again] = [await run(1), await run(1)];
  deepEqual(first.result.metrics, again.result.metrics);
  deepEqual([...first.files.keys()], ["kinds.png", "kinds.json"]);
  const { k, size1, size2, size3, size4 } = first.result.metrics as Record<string, number>;
  deepEqual([k, size1 + size2 + size3 + size4], [4, 40]);
});

Deno.test("clusters needs generated images only where it parts them", async () => {
  deepEqual(definitionOf(clusters()).inputs, ["dataset", "model", "generated"]);
  deepEqual(definitionOf(clusters({ of: "test" })).inputs, ["dataset", "model"]);
  const { error } = await runStage(clusters(), { inputs: { dataset: GLYPHS, model: MODEL } });
  equal(
    error!.message,
    'input "generated" must come from an earlier stage, got none (put generate() before clusters)',
  );
});

Deno.test("clusters refuses an empty generated set", async () => {
  const made = { dataset: GLYPHS, model: MODEL, generated: new Float32Array(0) };
  const { error } = await runStage(clusters(), { inputs: made });
  equal(error!.message, "generated images must be at least 1, got 0");
});

Deno.test("clusters parts latents of one number, and three images into two groups", async () => {
  const { result } = await mustRun(clusters({ of: "test" }), {
    inputs: { dataset: GLYPHS, model: modelOf({ latent: 1 }) },
  });
  ok(Object.values(result.metrics!).every(Number.isFinite));
  const three = { count: 3, values: GROUPS.test.values.subarray(3 * 35, 6 * 35) };
  const { metrics } = await part({ of: "test", space: "pixels" }, { ...GROUPS, test: three });
  deepEqual([metrics.k, metrics.size1, metrics.size2], [2, 2, 1]);
});

Deno.test("clusters refuses images that are all the same, and too few", async () => {
  const errorOf = async (images: SampleValues, options: ClustersOptions<"test"> = {}) => {
    const dataset = { ...GROUPS, test: { count: images.length / 35, values: images } };
    const made = { dataset, model: MODEL };
    return (await runStage(clusters({ ...options, of: "test" }), { inputs: made })).error!.message;
  };
  const message = "images must be at least 3 for 2 groups, with 2 distinct ones, ";
  equal(await errorOf(new Uint8Array(9 * 35).fill(7)), `${message}got 9 with 1 distinct`);
  equal(await errorOf(GROUPS.test.values.subarray(0, 70)), `${message}got 2 with 2 distinct`);
  match(await errorOf(GROUPS.test.values, { k: 20 }), /images must be at least 20 for 20 groups/);
});

Deno.test("clusters refuses a range that runs backwards", () => {
  const { schema } = definitionOf(clusters({ k: [5, 2] }));
  equal(schema.safeParse({ k: [5, 2] }).success, false);
  equal(schema.safeParse({ k: [2, 2] }).success, true);
});
