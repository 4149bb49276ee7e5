import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { TableOptions } from "../../../src/data/table/options.ts";
import { assertClose } from "../../support/close.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";
import { loadFiles, rowsOf, withFiles } from "./files_support.ts";

const HAS = { pandas: hasPython("pandas"), pyarrow: hasPython("pandas", "pyarrow") };

/** Writes one frame in several ways into the folder of the first argument, and prints what pandas holds of it. */
const WRITE = `
import json, sys, numpy, pandas
folder, *codecs = sys.argv[1:]
rng = numpy.random.default_rng(7)
n = 2000
frame = pandas.DataFrame({
    "plain": rng.normal(size=n) * 10.0 ** rng.integers(-6, 7, n),
    "single": rng.normal(size=n).astype("float32"),
    "count": rng.integers(-5, 1000, n),
    "nullable": pandas.array(rng.integers(0, 9, n), dtype="Int64"),
    "flag": rng.random(n) < 0.5,
    "colour": pandas.Categorical(rng.choice(["red", "deep blue", "grün, fast"], n)),
    "when": pandas.date_range("1999-12-31", periods=n, freq="7h"),
    "note": rng.choice(['say "hi"', "two\\nlines", "a,b;c", " plain "], n),
})
frame.loc[3, "plain"] = numpy.nan
frame.loc[[5, 7], "nullable"] = pandas.NA
frame.loc[11, "colour"] = None
frame.to_csv(f"{folder}/plain.csv", index=False)
frame.to_csv(f"{folder}/index.csv")
frame.to_csv(f"{folder}/german.csv", index=False, sep=";", decimal=",")
frame.to_csv(f"{folder}/tabs.tsv", index=False, sep="\\t", encoding="utf-16")
frame.to_csv(f"{folder}/zipped.csv.gz", index=False)
frame.to_csv(f"{folder}/quoted.csv", index=False, quoting=1, lineterminator="\\r\\n")
for codec in codecs:
    frame.to_parquet(f"{folder}/{codec}.parquet", compression=None if codec == "none" else codec, row_group_size=700)
numbers = frame.assign(
    flag=frame["flag"].astype(float),
    when=(frame["when"] - pandas.Timestamp(0)) / pandas.Timedelta(days=1),
)
numbers = pandas.concat([numbers.drop(columns=["colour", "note"]), pandas.get_dummies(frame["colour"], prefix="colour", prefix_sep="=")], axis=1)
numbers = numbers.astype("float64")
medians = numbers.median()
print(json.dumps({"columns": list(numbers.columns), "values": numbers.fillna(medians).to_numpy().ravel().tolist()}))
`;

const OPTIONS: TableOptions = {
  exclude: ["note"],
  missing: "median",
  categories: "oneHot",
  dates: "days",
  testShare: 0,
};

async function compare(names: readonly string[], codecs: readonly string[]): Promise<void> {
  await withFiles({}, async (path) => {
    const expected = python(WRITE, path("").replace(/\/$/, ""), ...codecs) as {
      columns: string[];
      values: number[];
    };
    for (const name of names) {
      const own = name === "german.csv" ? { decimal: "," as const } : {};
      const bytes = await Deno.readFile(path(name));
      const { dataset, warned } = await loadFiles({ [name]: bytes }, { ...OPTIONS, ...own });
      const order = dataset.featureNames!.map((feature) => expected.columns.indexOf(feature));
      deepEqual([...order].sort((a, b) => a - b), [...expected.columns.keys()], name);
      const width = expected.columns.length, rows = rowsOf(dataset.train);
      equal(rows.length, expected.values.length / width, name);
      equal(warned.length, name === "index.csv" ? 1 : 0, `${name}: ${warned.join("; ")}`);
      rows.forEach((row, at) => {
        const wanted = order.map((place) => Math.fround(expected.values[at * width + place]));
        assertClose(row, wanted, { relative: 1e-7 }, `${name}, row ${at + 1}`);
      });
    }
  });
}

Deno.test({
  name: `table() reads what pandas writes as CSV: index, decimal comma, UTF-16, gzip, quotes ${
    needsPython("pandas")
  }`,
  ignore: !HAS.pandas,
  fn: () => compare(["plain.csv", "index.csv", "german.csv", "tabs.tsv", "zipped.csv.gz", "quoted.csv"], []),
});

Deno.test({
  name: `table() reads what pandas and pyarrow write as Parquet, by each codec ${
    needsPython("pandas", "pyarrow")
  }`,
  ignore: !HAS.pyarrow,
  async fn() {
    const codecs = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"];
    await compare(codecs.map((codec) => `${codec}.parquet`), codecs);
  },
});
