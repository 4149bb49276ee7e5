import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import type { Dataset } from "../../src/data/dataset.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { filterClasses, type FilterClassesOptions } from "../../mod.ts";
import { mustRun, runStage } from "./fake_run.ts";

const split = (labels: number[]) => ({
  count: labels.length,
  values: Uint8Array.from(labels.flatMap((label, row) => [label, row])),
  labels: Uint16Array.from(labels),
});
const THREE: Dataset = {
  name: "three",
  shape: [1, 2, 1],
  labelNames: ["cat", "dog", "owl"],
  train: split([0, 1, 2, 1, 0]),
  test: split([2, 1, 0]),
};

async function narrow(options: FilterClassesOptions) {
  const { result } = await mustRun(filterClasses(options), { inputs: { dataset: THREE } });
  return { dataset: result.outputs.dataset as Dataset, note: result.note };
}

Deno.test("filterClasses keeps the given classes for training, and all of them for testing", async () => {
  const { dataset, note } = await narrow({ labels: ["dog"] });
  deepEqual([...dataset.train.labels!], [1, 1]);
  deepEqual([...dataset.train.values], [1, 1, 1, 3]);
  deepEqual(dataset.test, THREE.test);
  deepEqual(dataset.labelNames, THREE.labelNames);
  equal(note, 'only "dog": 2 images to train on, 3 images to test');
});

Deno.test("filterClasses drops the classes of `except`, and filters the given splits", async () => {
  const { dataset } = await narrow({ except: ["dog"], splits: ["train", "test"] });
  deepEqual([...dataset.train.labels!], [0, 2, 0]);
  deepEqual([...dataset.test.labels!], [2, 0]);
});

Deno.test("filterClasses reads a `*` at the end as any rest, of a class to keep and of one to drop", async () => {
  const labelNames = ["face-smiling", "face-hat", "cat-face"];
  const keep = async (options: FilterClassesOptions) => {
    const { result } = await mustRun(filterClasses(options), {
      inputs: { dataset: { ...THREE, labelNames } },
    });
    return [...(result.outputs.dataset as Dataset).train.labels!];
  };
  deepEqual(await keep({ labels: ["face-*"] }), [0, 1, 1, 0]);
  deepEqual(await keep({ except: ["face-*"] }), [2]);
  deepEqual(await keep({ labels: ["*"] }), [0, 1, 2, 1, 0]);
  const none = await runStage(filterClasses({ labels: ["dog-*"] }), {
    inputs: { dataset: { ...THREE, labelNames } },
  });
  match(none.error!.message, /must be one of face-smiling, face-hat, cat-face, got "dog-\*"/);
});

Deno.test("filterClasses refuses an unknown class, images without labels, and a class without images", async () => {
  const errorOf = async (options: FilterClassesOptions, dataset: Dataset = THREE) =>
    (await runStage(filterClasses(options), { inputs: { dataset } })).error!.message;
  equal(
    await errorOf({ labels: ["dogg"] }),
    'class must be one of cat, dog, owl, got "dogg" (did you mean "dog"?)',
  );
  match(
    await errorOf({ labels: ["a"] }, { ...THREE, labelNames: undefined }),
    /must have labels, got three without any/,
  );
  const without = { ...THREE, train: split([0, 0]) };
  match(
    await errorOf({ labels: ["owl"] }, without),
    /train split must have images of only "owl", got none among 2/,
  );
});

Deno.test("filterClasses requires labels or except, and not both", () => {
  const { schema } = definitionOf(filterClasses({ labels: ["dog"] }));
  for (const options of [{}, { labels: ["dog"], except: ["cat"] }]) {
    equal(schema.safeParse(options).success, false);
  }
  equal(schema.safeParse({ labels: null, except: ["cat"] }).success, true);
});
