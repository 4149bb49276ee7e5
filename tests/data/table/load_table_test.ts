import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { TableOptions } from "../../../src/data/table/options.ts";
import { type Loaded, loadFiles, rowsOf } from "./files_support.ts";

/** The message of tables that are refused. */
async function refusal(
  contents: Record<string, string>,
  options: TableOptions = {},
): Promise<string> {
  const { message, name } = await loadFiles(contents, options).then(
    () => ({ name: "", message: "" }),
    (thrown) => thrown,
  );
  equal(name, "RunError", message);
  return message;
}

const PLAIN = { testShare: 0 } as const;

Deno.test("table() loads columns of numbers as vectors with their names", async () => {
  const { dataset, warned } = await loadFiles({ "t.csv": "a,b\n1,2.5\n-3e2,.5\n 4 ,+5\n" }, PLAIN);
  deepEqual(dataset.shape, [2]);
  deepEqual(dataset.featureNames, ["a", "b"]);
  deepEqual(rowsOf(dataset.train), [[1, 2.5], [-300, 0.5], [4, 5]]);
  equal(dataset.test, dataset.train);
  deepEqual(warned, []);
});

Deno.test("table() takes features in the order that was asked for, and leaves out excluded columns, label, id and split", async () => {
  const text = "id,a,b,c,state,part\nx,1,2,3,on,train\ny,4,5,6,off,test\nz,7,8,9,on,train\n";
  const roles = { id: "id", label: "state", split: "part" };
  const all = await loadFiles({ "t.csv": text }, roles);
  deepEqual(all.dataset.featureNames, ["a", "b", "c"]);
  deepEqual(all.dataset.labelNames, ["off", "on"]);
  deepEqual([...all.dataset.train.labels!], [1, 1]);
  deepEqual(all.dataset.train.names, ["x", "z"]);
  deepEqual(rowsOf(all.dataset.test), [[4, 5, 6]]);
  const some = await loadFiles({ "t.csv": text }, { ...roles, features: ["c", "a"] });
  deepEqual(rowsOf(some.dataset.train), [[3, 1], [9, 7]]);
  const less = await loadFiles({ "t.csv": text }, { ...roles, exclude: ["b"] });
  deepEqual(less.dataset.featureNames, ["a", "c"]);
});

Deno.test("table() sorts the classes of a label by number where all are numbers", async () => {
  const { dataset } = await loadFiles({ "t.csv": "a,y\n1,10\n2,9\n3,2\n" }, { ...PLAIN, label: "y" });
  deepEqual([dataset.labelNames, [...dataset.train.labels!]], [["2", "9", "10"], [2, 1, 0]]);
});

Deno.test("table() makes a column of 0 and 1 of each category, booleans 1 and 0, dates days", async () => {
  const text =
    "colour,ok,day,zip\nred,true,1970-01-02,10\nblue,FALSE,1970-01-01 12:00,9\nred,true,1969-12-31,10\n";
  const { dataset } = await loadFiles({ "t.csv": text }, {
    ...PLAIN,
    categories: "oneHot",
    dates: "days",
    types: { zip: "category" },
  });
  deepEqual(dataset.featureNames, ["colour=blue", "colour=red", "ok", "day", "zip=9", "zip=10"]);
  deepEqual(rowsOf(dataset.train), [[0, 1, 1, 1, 0, 1], [1, 0, 0, 0.5, 1, 0], [0, 1, 1, -1, 0, 1]]);
});

const GAPS = "a,b,colour\n1,10,red\n,20,blue\n4,NaN,\n7,inf,red\n9,50,blue\n";

Deno.test("table() fills missing values by a rule from the train rows alone", async () => {
  const rules: [TableOptions["missing"], number[][]][] = [
    ["mean", [[1, 10], [4, 20], [4, 15], [7, 15]]],
    ["median", [[1, 10], [4, 20], [4, 15], [7, 15]]],
    ["zero", [[1, 10], [0, 20], [4, 0], [7, 0]]],
  ];
  for (const [missing, rows] of rules) {
    const text = GAPS.split("\n").map((line, at) =>
      line === "" ? "" : `${line},${["part", "train"][Math.min(at, 1)]}`
    )
      .join("\n").replace("50,blue,train", "50,blue,test");
    const { dataset, logged } = await loadFiles({ "t.csv": text }, {
      split: "part",
      exclude: ["colour"],
      missing,
      infinite: "missing",
    });
    deepEqual(rowsOf(dataset.train), rows, missing);
    deepEqual(rowsOf(dataset.test), [[9, 50]]);
    deepEqual(dataset.preparation, { fills: missing === "zero" ? [0, 0] : [4, 15] });
    deepEqual(
      logged,
      [
        `3 missing values of "t.csv" filled by ${
          missing === "zero" ? "0" : `the ${missing} of their column in the train rows`
        }`,
      ].map((line) => line.replace('"t.csv"', /"[^"]*"/.exec(logged[0])![0])),
    );
  }
});

Deno.test("table() leaves rows with missing values out, or gives a missing category a 0 in each of its columns", async () => {
  const dropped = await loadFiles({ "t.csv": GAPS }, {
    ...PLAIN,
    missing: "drop",
    infinite: "missing",
    categories: "oneHot",
  });
  deepEqual(rowsOf(dropped.dataset.train), [[1, 10, 0, 1], [9, 50, 1, 0]]);
  equal(dropped.logged.length, 1);
  const filled = await loadFiles({ "t.csv": GAPS }, {
    ...PLAIN,
    missing: "zero",
    infinite: "missing",
    categories: "oneHot",
    features: ["a", "colour"],
  });
  deepEqual(rowsOf(filled.dataset.train)[2], [4, 0, 0]);
});

Deno.test("table() refuses missing values and infinite numbers, with rows, columns and counts", async () => {
  equal(
    await refusal({ "t.csv": "a,b,c\n1,,inf\n2,NA,1\n3,,-Infinity\n4,?,2\n5,6,3\n7,8,9\n9,9,9\n8,8,8\n" }),
    '"t.csv": column "b" must have a value in each row, got none in row 1, in row 2, in row 3 and 1 more row (choose a ' +
      'rule: missing: "mean", "median", "zero" or "drop", or exclude: ["b"]); "t.csv": column "c" must hold finite ' +
      'numbers, got "inf" in row 1, "-Infinity" in row 3 (choose infinite: "missing" and a rule for missing values, or ' +
      "correct the cells)",
  );
  equal(
    await refusal({ "t.csv": "a\n1\n1e39\n" }),
    '"t.csv": column "a" must hold numbers of single precision, up to 3.4e38, got "1e39" in row 2 (give it in a larger ' +
      'unit, or exclude: ["a"])',
  );
});

Deno.test("table() refuses a text in a column of numbers, with its row", async () => {
  const rows = Array.from(
    { length: 3000 },
    (_, row) => row === 1999 || row === 2500 ? `${row},1 200` : `${row},${row}`,
  );
  equal(
    await refusal({ "t.csv": `a,b\n${rows.join("\n")}\n` }),
    '"t.csv": column "b" must hold numbers, got "1 200" in row 2,000, "1 200" in row 2,501 (correct the cells, or choose: ' +
      'decimal: ",", types: { "b": "category" } or exclude: ["b"])',
  );
  for (const cell of ["0x10", "true", "2024-01-01", "1,5", "1_000", "5 kg"]) {
    ok((await refusal({ "t.csv": `a\n1\n2\n3\n"${cell}"\n` })).includes(`got "${cell}" in row 4`), cell);
  }
});

Deno.test("table() refuses texts and dates among the features unless a rule is named", async () => {
  equal(
    await refusal({ "t.csv": "a,colour,when\n1,red,2024-01-01\n2,blue,2024-01-02\n" }),
    'load.source.categories must be "oneHot" for features of text, got "refuse" and texts in "colour" of "t.csv" (or leave ' +
      'them out: exclude: ["colour"]); load.source.dates must be "days" for features of dates, got "refuse" and dates in ' +
      '"when" of "t.csv" (they become days since 1970; or leave them out: exclude: ["when"])',
  );
});

Deno.test("table() refuses columns that are not there, and columns of one name", async () => {
  equal(
    await refusal({ "t.csv": "alcohol,ash\n1,2\n" }, { features: ["alchohol"], label: "x" }),
    'load.source.label must be a column of "t.csv", got "x" (its columns: "alcohol", "ash"); load.source.features[0] must ' +
      'be a column of "t.csv", got "alchohol" (did you mean "alcohol"?)',
  );
  equal(
    await refusal({ "t.csv": "a,b,a\n1,2,3\n" }),
    'load.source.file must have a name of its own for each column, got "a" more than once in "t.csv" (rename the others, ' +
      "or pass header: false)",
  );
  equal(
    await refusal({ "t.csv": "a,b\n1,2\n" }, { exclude: ["a"], label: "b" }),
    'load.source.features must be one column at least, got none of "t.csv"',
  );
});

Deno.test("table() refuses fewer than two rows, and labels and splits that a row lacks", async () => {
  equal(
    await refusal({ "t.csv": "a,b\n1,2\n" }),
    '"t.csv" must have two rows to train on at least, got 1 (add rows, or loosen what leaves rows out)',
  );
  equal(
    await refusal({ "t.csv": "a,b\n1,x\n2,\n" }, { label: "b" }),
    '"t.csv": column "b" must have a class in each row, got none in row 2 (correct it, or choose another column)',
  );
  equal(
    await refusal({ "t.csv": "a,b\n1,train\n2,tset\n" }, { split: "b" }),
    '"t.csv": column "b" must have "train", "test" or "validation" in each row, got "tset" in row 2 (correct it, or choose ' +
      "another column)",
  );
  equal(
    await refusal({ "t.csv": "a,b\n1,train\n2,train\n" }, { split: "b" }),
    '"t.csv" must have one row to test on at least, got none (mark some as "test", or draw them: testShare: 0.1)',
  );
});

Deno.test("table() refuses a label of measurements, and a column of more categories than allowed", async () => {
  const text = `a,b\n${Array.from({ length: 1500 }, (_, row) => `${row},n${row}`).join("\n")}\n`;
  equal(
    await refusal({ "t.csv": text }, { label: "b" }),
    '"t.csv": the label "b" must have at most 1,000 classes, got more (choose a column of classes, or none)',
  );
  equal(
    await refusal({ "t.csv": text }, { categories: "oneHot" }),
    '"t.csv": column "b" must have at most 100 categories, got more (leave it out: exclude: ["b"], or raise maxCategories)',
  );
});

Deno.test("table() warns of constant columns, of row numbers and of digits that single precision loses", async () => {
  const text = ",a,time\n0,5,1700000000001\n1,5,1700000000002\n2,5,1700000200003\n";
  const { dataset, warned } = await loadFiles({ "t.csv": text }, PLAIN);
  deepEqual(dataset.featureNames, ["a", "time"]);
  deepEqual(warned.map((message) => message.replace(/"\/[^"]*\//, '"')), [
    'Column 1 of "t.csv" is taken for row numbers and is no feature (pandas leaves it out with index=False)',
    '"a" is the same in all train rows (exclude it: nothing can be learnt from it)',
    '"time" has large values close to each other, of which single precision keeps few digits (subtract a constant in the file)',
  ]);
});

const MANY = `a,b,y\n${
  Array.from({ length: 200 }, (_, row) => `${row % 90},${row % 45},${"xyz"[row % 3]}`).join("\n")
}\n`;

function keysOf({ dataset }: Loaded): [train: string[], test: string[]] {
  const text = (split: Loaded["dataset"]["train"]) =>
    rowsOf(split).map((row, place) => `${row.join(" ")} ${split.labels![place]}`);
  return [text(dataset.train), text(dataset.test)];
}

Deno.test("table() draws the test split by the seed, identical rows only together, and keeps labels with their rows", async () => {
  const options = { label: "y", testShare: 0.25 };
  const [one, same, other] = await Promise.all(
    [1, 1, 2].map((seed) => loadFiles({ "t.csv": MANY }, options, { seed })),
  );
  deepEqual(keysOf(one), keysOf(same));
  ok(keysOf(one)[1].join() !== keysOf(other)[1].join());
  const [train, test] = keysOf(one);
  equal(train.length + test.length, 200);
  ok(Math.abs(test.length - 50) <= 2);
  // A row's label follows from its number: 90 and 45 are multiples of 3.
  for (const key of [...train, ...test]) {
    const [a, , label] = key.split(" ").map(Number);
    equal(label, a % 3);
  }
  const values = (keys: string[]) => new Set(keys);
  deepEqual([...values(test)].filter((key) => values(train).has(key)), []);
});

Deno.test("table() takes test and validation rows from files of the same columns in any order", async () => {
  const { dataset, warned } = await loadFiles({
    "t.csv": "a,colour,y\n1,red,u\n2,blue,v\n3,red,u\n",
    "test.csv": "y,colour,more,a\nw,green,9,5\nu,red,9,6\n",
    "valid.csv": "a,colour,y\n7,blue,v\n",
  }, { test: "test.csv", validation: "valid.csv", label: "y", categories: "oneHot" });
  deepEqual(dataset.labelNames, ["u", "v", "w"]);
  deepEqual(rowsOf(dataset.train), [[1, 0, 1], [2, 1, 0], [3, 0, 1]]);
  deepEqual(rowsOf(dataset.test), [[5, 0, 0], [6, 0, 1]]);
  deepEqual([...dataset.test.labels!], [2, 0]);
  deepEqual(rowsOf(dataset.validation!), [[7, 1, 0]]);
  equal(warned.length, 1);
  const missing = await refusal({ "t.csv": "a,b\n1,2\n2,3\n", "test.csv": "a\n1\n" }, { test: "test.csv" });
  equal(
    missing,
    '"test.csv" must have the columns of "t.csv", got none named "b" (add them, or leave them out: exclude)',
  );
});

Deno.test("table() leaves out a category that no train row has, as the test split may choose nothing", async () => {
  const { dataset, warned } = await loadFiles({
    "t.csv": "a,colour,part\n1,red,train\n2,blue,train\n3,green,test\n",
  }, { split: "part", categories: "oneHot" });
  deepEqual(dataset.featureNames, ["a", "colour=blue", "colour=red"]);
  deepEqual(rowsOf(dataset.train), [[1, 0, 1], [2, 1, 0]]);
  deepEqual(rowsOf(dataset.test), [[3, 0, 0]]);
  equal(warned.length, 1);
});

Deno.test("table() uses at most `limit` rows, chosen by the seed from all of them", async () => {
  const options = { label: "y", limit: 20, testShare: 0.2 };
  const { dataset } = await loadFiles({ "t.csv": MANY }, options);
  equal(dataset.train.count + dataset.test.count, 20);
  ok(rowsOf(dataset.train).some(([a]) => a > 60));
});
