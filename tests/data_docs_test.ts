/** The examples of sources of arrays in docs/data.md, and the lines of docs/how-to.md, each run on files of the names in it. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type Dataset, pipeline, runPipeline, type Stage } from "../mod.ts";
import { formatIdx } from "../src/data/idx_format.ts";
import { npyFloats } from "./data/arrays/npy_support.ts";
import { zipBytes } from "./data/arrays/zip_support.ts";
import { flatPgm, withFolder } from "./data/pictures.ts";
import { ROOT } from "./support/program.ts";

const wave = (count: number) => Float32Array.from({ length: count }, (_, at) => Math.sin(at / 3));
const array = (samples: number, size: number) => npyFloats([samples, size], wave(samples * size));
const labels = (samples: number) => npyFloats([samples], Array.from({ length: samples }, (_, at) => at % 3));

/** Every file that an example names. */
async function exampleFiles(): Promise<Record<string, Uint8Array | string>> {
  const files: Record<string, Uint8Array | string> = {
    "x.npy": array(30, 8),
    "y.npy": labels(30),
    "x_test.npy": array(5, 8),
    "x_val.npy": array(4, 8),
    "flat.npy": array(6, 784),
    "gaps.npy": npyFloats([5, 2], [1, NaN, 3, 4, Infinity, 6, 7, 8, 9, 10]),
    "noisy.npy": array(10, 8),
    "clean.npy": array(10, 8),
    "spectra.npy": array(20, 16),
    "classes.npy": labels(20),
    "mnist.npz": await zipBytes([
      { name: "x_train.npy", content: npyFloats([6, 4, 4], wave(96)) },
      { name: "y_train.npy", content: labels(6) },
      { name: "x_test.npy", content: npyFloats([2, 4, 4], wave(32)) },
      { name: "y_test.npy", content: labels(2) },
    ]),
    "letters-images-idx3-ubyte.gz": gzipSync(
      formatIdx({ sizes: [12, 4, 4], values: Uint8Array.from({ length: 192 }, (_, at) => at) }),
    ),
    "letters-labels-idx1-ubyte.gz": gzipSync(
      formatIdx({ sizes: [12], values: Uint8Array.from({ length: 12 }, (_, at) => at % 4) }),
    ),
  };
  for (let k = 0; k < 12; k++) {
    files[`noisy/${k}.pgm`] = flatPgm(16, 16, 20 * k);
    files[`clean/${k}.pgm`] = flatPgm(16, 16, 10 * k);
  }
  for (
    const name of [
      "data_batch_1",
      "data_batch_2",
      "data_batch_3",
      "data_batch_4",
      "data_batch_5",
      "test_batch",
    ]
  ) {
    files[`cifar-10-batches-bin/${name}.bin`] = Uint8Array.from(
      { length: 2 * 3073 },
      (_, at) => at % 3073 % 10,
    );
  }
  return files;
}

/** Runs code that defines `stage`, the names of files in it replaced by those in a folder. */
async function datasetOf(code: string, folder: string): Promise<Dataset> {
  const known = new Set([...Deno.readDirSync(folder)].map(({ name }) => name));
  const placed = code.replace(/"([^"]+)"/g, (text, name) => known.has(name) ? `"${folder}/${name}"` : text)
    .replace('"hourglass"', `"file://${ROOT}mod.ts"`);
  const file = `${folder}/${crypto.randomUUID()}.ts`;
  Deno.writeTextFileSync(file, `${placed}\nexport { stage };\n`);
  const { stage } = await import(`file://${file}`) as { stage: Stage<object, { dataset: Dataset }> };
  const { outputs } = await runPipeline(pipeline("example", { seed: 1 }).pipe(stage));
  return outputs.dataset;
}

const textOf = (document: string) => Deno.readTextFileSync(`${ROOT}docs/${document}`);

Deno.test("docs/data.md has an example for each source of arrays that loads", async () => {
  const shown = [
    ...textOf("data.md").matchAll(
      /```ts ignore\n(import \{[^}]*\} from "hourglass";\n[\s\S]*?const stage =[\s\S]*?)```/g,
    ),
  ]
    .map(([, code]) => code);
  await withFolder(await exampleFiles(), async (folder) => {
    const found = new Map<string, Dataset>();
    for (const code of shown) {
      const dataset = await datasetOf(code, folder);
      found.set(dataset.name, dataset);
    }
    for (const name of ["idx", "npy", "npz", "arrays", "paired", "cifar10"]) {
      ok(found.has(name), `docs/data.md must have an example of ${name}`);
    }
    deepEqual(found.get("arrays")!.labelNames, ["early", "late"]);
    deepEqual([found.get("npz")!.train.count, found.get("npz")!.test.count], [6, 2]);
    equal(found.get("npy")!.train.scale!.spec.kind, "standardize");
    deepEqual(found.get("cifar10")!.shape, [32, 32, 1]);
    ok(found.get("paired")!.train.targets !== undefined);
  });
});

Deno.test("docs/how-to.md loads arrays and data sets as it says", async () => {
  const [, section] = /^## Arrays and data sets\n([\s\S]*?)(?=^## )/m.exec(textOf("how-to.md"))!;
  const codes = [...section.matchAll(/`(load\(.*\))` *\|$/gm)].map(([, code]) => code);
  equal(codes.length, 13);
  await withFolder(await exampleFiles(), async (folder) => {
    for (const code of codes) {
      const names = [...new Set(code.matchAll(/\b(\w+)\(/g).map(([, name]) => name))];
      const { train, validation, shape } = await datasetOf(
        `import { ${names.join(", ")} } from "hourglass";\nconst stage = ${code};`,
        folder,
      );
      ok(train.count >= 2, code);
      equal(validation !== undefined, code.includes("validation"), code);
      equal(train.targets !== undefined, /targets|paired/.test(code), code);
      if (code.includes("28, 28")) deepEqual(shape, [28, 28, 1]);
      if (code.includes("gaps")) ok(train.values.every(Number.isFinite));
    }
  });
});
