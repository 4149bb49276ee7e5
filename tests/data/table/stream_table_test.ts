import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { forEachSample } from "../../../src/data/each_sample.ts";
import type { Dataset, Split } from "../../../src/data/dataset.ts";
import type { TableOptions } from "../../../src/data/table/options.ts";
import { type Loaded, loadFiles, rowsOf, withFiles } from "./files_support.ts";

/** 5,000 rows sorted by class, with gaps, categories, names, and every tenth row a copy of the one before. */
const TEXT = `id,a,b,colour,y\n${
  Array.from({ length: 5000 }, (_, row) => {
    const own = row % 10 === 9 ? row - 1 : row;
    const a = own % 97 === 0 ? "" : String(own % 1000);
    return `row ${own},${a},${(own * 7) % 501},${["red", "blue", "green"][own % 3]},${
      row < 2500 ? "low" : "high"
    }`;
  }).join("\n")
}\n`;

const OPTIONS = { id: "id", label: "y", categories: "oneHot", missing: "median" } as const;

/** The rows of a split that is in a file. */
function storedRows(split: Split, size: number): number[][] {
  const rows: number[][] = [];
  forEachSample(split, size, (values) => rows.push([...values]));
  return rows;
}

/** Loads in memory that holds too little, and removes the cache afterwards. */
async function streamed(
  contents: Record<string, string>,
  options: TableOptions,
  use: (loaded: Loaded) => void,
  memory = 8000,
): Promise<void> {
  const loaded = await loadFiles(contents, options, { memory });
  const base = loaded.dataset.train.file!.path.replace(/-train\.values$/, "");
  try {
    use(loaded);
  } finally {
    for (const { name } of Deno.readDirSync("data/cache")) {
      if (`data/cache/${name}`.startsWith(base)) Deno.removeSync(`data/cache/${name}`);
    }
  }
}

/** The rows of a dataset with names and classes, sorted, so that only their order is left out. */
function described(dataset: Dataset, split: Split): string[] {
  const rows = split.file === undefined ? rowsOf(split) : storedRows(split, dataset.shape[0]);
  return rows.map((row, place) =>
    `${split.names?.[place]} ${dataset.labelNames?.[split.labels![place]]} ${row.join(" ")}`
  ).sort();
}

Deno.test("table() keeps rows that are too many for memory in files, the same rows as in memory", async () => {
  const inMemory = await loadFiles({ "t.csv": TEXT }, { ...OPTIONS, testShare: 0 });
  await streamed({ "t.csv": TEXT }, { ...OPTIONS, testShare: 0 }, ({ dataset, warned }) => {
    deepEqual(dataset.featureNames, inMemory.dataset.featureNames);
    equal(dataset.train.values.length, 0);
    equal(dataset.train.file!.block, 8000 / 4 / 5);
    deepEqual(described(dataset, dataset.train), described(inMemory.dataset, inMemory.dataset.train));
    equal(dataset.test, dataset.train);
    deepEqual(warned, inMemory.warned);
  });
});

Deno.test("table() puts rows of a file in an order of chance, as training shuffles what is in memory alone", () =>
  streamed({ "t.csv": TEXT }, { ...OPTIONS, testShare: 0 }, ({ dataset: { train } }) => {
    for (let start = 0; start < 5000; start += 500) {
      const low = train.labels!.subarray(start, start + 500).filter((label) => label === 1).length;
      ok(low > 180 && low < 320, `${low} of 500 rows from ${start} on`);
    }
  }));

Deno.test("table() draws splits of rows in files by their values: near the share, and identical rows together", () =>
  streamed({ "t.csv": TEXT }, { ...OPTIONS, testShare: 0.2, validationShare: 0.25 }, ({ dataset }) => {
    const { train, test, validation } = dataset;
    equal(train.count + test.count + validation!.count, 5000);
    ok(Math.abs(test.count - 1000) < 150 && Math.abs(validation!.count - 1000) < 150, `${test.count}`);
    const values = (split: Split) => new Set(storedRows(split, 5).map((row) => row.join()));
    const [a, b, c] = [train, test, validation!].map(values);
    deepEqual([...b].filter((row) => a.has(row) || c.has(row)), []);
    deepEqual([...c].filter((row) => a.has(row)), []);
  }));

Deno.test("table() fills rows in files from the train rows alone, and takes splits from a column and from files", async () => {
  const text = "a,part,y\n1,train,p\n,train,q\n5,train,p\n,test,q\n100,test,p\n3,train,q\n";
  await streamed(
    { "t.csv": text },
    { split: "part", label: "y", missing: "median" },
    ({ dataset, logged }) => {
      deepEqual(storedRows(dataset.train, 1).flat().sort(), [1, 3, 3, 5]);
      deepEqual(storedRows(dataset.test, 1).flat().sort(), [100, 3]);
      deepEqual(dataset.preparation, { fills: [3] });
      ok(
        logged.some((line) => line.includes('2 missing values of "') && line.includes("median")),
        logged.join(),
      );
    },
    8,
  );
  const files = { "t.csv": "a,b\n1,2\n2,3\n3,4\n", "test.csv": "b,a\n9,8\n", "valid.csv": "a,b\n7,6\n" };
  await streamed(files, { test: "test.csv", validation: "valid.csv" }, ({ dataset }) => {
    deepEqual(storedRows(dataset.test, 2), [[8, 9]]);
    deepEqual(storedRows(dataset.validation!, 2), [[7, 6]]);
    deepEqual(storedRows(dataset.train, 2).sort(), [[1, 2], [2, 3], [3, 4]]);
  }, 8);
});

Deno.test("table() reads a large table again from its cache, with all that was logged and warned", async () => {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  const text = `a,b\n${Array.from({ length: 300 }, (_, row) => `${row},5`).join("\n")}\n`;
  await Deno.writeTextFile(path, text);
  const { loadTable } = await import("../../../src/data/table/load_table.ts");
  const { TableSpec } = await import("../../../src/data/table/options.ts");
  const load = async () => {
    const logged: string[] = [], warned: string[] = [];
    const spec = TableSpec.parse({ source: "table", file: path, testShare: 0.2 });
    const context = { seed: 3, memory: 400, log: (line: string) => logged.push(line) };
    const dataset = await loadTable(spec, { ...context, warn: (line) => warned.push(line) });
    return { dataset, logged, warned };
  };
  const first = await load(), second = await load();
  const base = first.dataset.train.file!.path.replace(/-train\.values$/, "");
  try {
    ok(first.logged[0].startsWith("Converting ") && second.logged.length === first.logged.length - 1);
    deepEqual(second.dataset, first.dataset);
    deepEqual(second.warned, first.warned);
    equal(first.warned.length, 1);
  } finally {
    for (const end of ["-train.values", "-test.values", ".json"]) Deno.removeSync(base + end);
    Deno.removeSync(path);
  }
});

Deno.test("table() reads at most `limit` rows of a large table, into memory where they fit", async () => {
  const { dataset } = await loadFiles({ "t.csv": TEXT }, { ...OPTIONS, limit: 100, testShare: 0.2 }, {
    memory: 8000,
  });
  equal(dataset.train.file, undefined);
  equal(dataset.train.count + dataset.test.count, 100);
  const numbers = [...dataset.train.names!, ...dataset.test.names!].map((name) =>
    Number(name.slice("row ".length))
  );
  ok(Math.max(...numbers) > 4000 && Math.min(...numbers) < 1000);
  await streamed({ "t.csv": TEXT }, { ...OPTIONS, limit: 1000, testShare: 0 }, ({ dataset: { train } }) => {
    equal(train.count, 1000);
    ok(train.file !== undefined);
  });
});

Deno.test("table() keeps the order of its rows for inputs of a trained model, however many or few there are", async () => {
  const { loadTable } = await import("../../../src/data/table/load_table.ts");
  const { TableSpec } = await import("../../../src/data/table/options.ts");
  await withFiles({ "many.csv": TEXT, "one.csv": "a,b\n7,5\n" }, async (path) => {
    const warned: string[] = [];
    const load = (name: string, options: TableOptions) =>
      loadTable(TableSpec.parse({ source: "table", file: path(name), testShare: 0, ...options }), {
        seed: 0,
        memory: 100,
        inOrder: true,
        log: (message) => warned.push(message),
      });
    const { train } = await load("many.csv", { features: ["b"], id: "id" });
    deepEqual(
      train.names!.slice(0, 11),
      Array.from({ length: 11 }, (_, row) => `row ${row === 9 ? 8 : row}`),
    );
    equal(train.values.length, 5000);
    deepEqual([...(await load("one.csv", {})).train.values], [7, 5]);
    deepEqual(warned, []);
  });
});

Deno.test("table() leaves nothing behind when a large table is refused", async () => {
  Deno.mkdirSync("data/cache", { recursive: true });
  const before = new Set(Array.from(Deno.readDirSync("data/cache"), ({ name }) => name));
  const text = `a,b\n${
    Array.from({ length: 300 }, (_, row) => `${row},${row === 250 ? "x" : 5}`).join("\n")
  }\n`;
  await rejects(
    loadFiles({ "t.csv": text }, {}, { memory: 400 }),
    /column "b" must hold numbers, got "x" in row 251/,
  );
  const left = Array.from(Deno.readDirSync("data/cache"), ({ name }) => name)
    .filter((name) => !before.has(name) && name.startsWith("table-"));
  deepEqual(left, []);
});
