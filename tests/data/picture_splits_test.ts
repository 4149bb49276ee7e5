import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { Split } from "../../src/data/dataset.ts";
import { images, type ImagesOptions } from "../../src/data/images.ts";
import {
  describeSource,
  hasValidation,
  openSource,
  sourceFaults,
  SourceSpec,
} from "../../src/data/source.ts";
import { flatPgm, withFolder } from "./pictures.ts";

/** Opens a folder, and keeps its notes. */
async function open(folder: string, options: ImagesOptions = {}, memory?: number) {
  const notes: string[] = [], spec = SourceSpec.parse(images(folder, options));
  const log = (note: string) => notes.push(note.replaceAll(folder, "FOLDER"));
  const dataset = await openSource(spec, { seed: 1, log, memory });
  return { ...dataset, notes, spec };
}

/** The name and label of each sample. */
const content = ({ names, labels }: Split, labelNames: readonly string[] = []) =>
  names!.map((name, at) => labels === undefined ? name : `${name} ${labelNames[labels[at]]}`);

const picture = (grey: number) => flatPgm(1, 2, grey);
/** A set for anomaly detection as MVTec publishes its own. */
const ANOMALIES = {
  "train/good/0.pgm": picture(0),
  "train/good/1.pgm": picture(100),
  "test/good/2.pgm": picture(2),
  "test/scratch/3.pgm": picture(3),
  "test/crack/4.pgm": picture(4),
  "ground_truth/scratch/3.pgm": picture(255),
};

Deno.test("images() takes train/good and test/<defect> as splits with labels, and says what lies elsewhere", async () => {
  await withFolder(ANOMALIES, async (folder) => {
    const { train, test, validation, labelNames, notes, spec } = await open(folder);
    deepEqual(labelNames, ["crack", "good", "scratch"]);
    deepEqual(content(train, labelNames), ["train/good/0.pgm good", "train/good/1.pgm good"]);
    deepEqual(content(test, labelNames), [
      "test/crack/4.pgm crack",
      "test/good/2.pgm good",
      "test/scratch/3.pgm scratch",
    ]);
    deepEqual([...test.values], [4, 4, 2, 2, 3, 3]);
    equal(validation, undefined);
    deepEqual(notes, [
      'Skipped "FOLDER/ground_truth/scratch/3.pgm": in none of the folders train, test and validation ' +
      "(use --set load.source.split=share to take every folder as a label)",
    ]);
    deepEqual([hasValidation(spec), describeSource(spec)], [
      false,
      `images: ${folder}, split by its folders`,
    ]);
  });
});

for (const name of ["val", "valid", "Validation"]) {
  Deno.test(`images() takes a folder "${name}" as the validation split, and draws the test split where none is given`, async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10 }, (_, k) => [`train/${k}.pgm`, picture(20 * k)]),
    );
    await withFolder({ ...files, [`${name}/v.pgm`]: picture(99) }, async (folder) => {
      const { train, test, validation, labelNames, notes, spec } = await open(folder, { testShare: 0.2 });
      deepEqual([train.count, test.count, labelNames, notes], [8, 2, undefined, []]);
      deepEqual(content(validation!), [`${name}/v.pgm`]);
      equal(hasValidation(spec), true);
    });
  });
}

Deno.test("images() takes train and test as labels when it is asked to split by share, and where there is no other split", async () => {
  await withFolder(ANOMALIES, async (folder) => {
    const { train, test, labelNames } = await open(folder, { split: "share", testShare: 0.5 });
    deepEqual([train.count, test.count, labelNames], [3, 3, ["ground_truth", "test", "train"]]);
  });
  await withFolder({ "train/1.pgm": picture(1), "bus/2.pgm": picture(2) }, async (folder) => {
    const { labelNames, spec } = await open(folder);
    deepEqual([labelNames, describeSource(spec)], [["bus", "train"], `images: ${folder}`]);
    await rejects(
      open(folder, { split: "folders", depth: 0 }),
      /must have at least one image, got no \.png/,
    );
  });
  await withFolder({ "test/1.pgm": picture(1), "val/2.pgm": picture(2) }, async (folder) => {
    await rejects(
      open(folder, { split: "folders" }),
      /must have a folder "train" with images, got none \(pass another split, as in --set load.source.split=share\)/,
    );
  });
});

Deno.test("images() splits by a list, in words, in CelebA's numbers, or with a header and quotes", async () => {
  const files = {
    "a 1.pgm": picture(1),
    "b,2.pgm": picture(2),
    "c.pgm": picture(3),
    "d.pgm": picture(4),
  };
  const lists = {
    words: "a 1.pgm,train\r\n./b,2.pgm, test\r\nc.pgm,val\r\ngone.pgm,train\r\n",
    numbers: "a 1.pgm 0\nb,2.pgm 2\nc.pgm 1\ngone.pgm 0",
    table: 'file,split\n"a 1.pgm","Train"\n"b,2.pgm",TESTING\n\nc.pgm,validation\ngone.pgm,train\n',
  };
  await withFolder(files, async (folder) => {
    for (const [name, text] of Object.entries(lists)) {
      const list = `${folder}/${name}.csv`;
      await Deno.writeTextFile(list, text);
      const { train, test, validation, notes, spec } = await open(folder, { split: list });
      deepEqual([train, test, validation!].map((split) => content(split)), [["a 1.pgm"], ["b,2.pgm"], [
        "c.pgm",
      ]]);
      deepEqual(notes, [
        `Skipped "FOLDER/d.pgm": not listed in "FOLDER/${name}.csv"`,
        `Skipped "FOLDER/gone.pgm": listed in "FOLDER/${name}.csv", but not in the folder`,
      ]);
      deepEqual([hasValidation(spec), sourceFaults(spec)], [true, []]);
    }
  });
});

Deno.test("images() names the line of a list that is no file and split, and a list that is missing", async () => {
  await withFolder({ "a.pgm": picture(1), "list.csv": "a.pgm,train\nb.pgm,tset\n" }, async (folder) => {
    await rejects(
      open(folder, { split: `${folder}/list.csv` }),
      /list.csv", line 2, must be a file and its split as in "cats\/1.png,test", got "b.pgm,tset" \(splits are train,/,
    );
    await Deno.writeTextFile(`${folder}/list.csv`, "a.pgm,test\n");
    await rejects(
      open(folder, { split: `${folder}/list.csv` }),
      /must have images to train on in ".*list.csv", got none/,
    );
    const [{ path, message }] = sourceFaults(SourceSpec.parse(images(folder, { split: "no/such.csv" })));
    match(`${path} ${message}`, /^split must be a regular file, got "no\/such.csv", which does not exist/);
  });
});

Deno.test("images() keeps to `limit` in each split", async () => {
  const files = Object.fromEntries(
    ["train", "test"].flatMap((split, at) =>
      Array.from({ length: 20 }, (_, k) => [`${split}/${k}.pgm`, picture(100 * at + k)])
    ),
  );
  await withFolder(files, async (folder) => {
    const { train, test } = await open(folder, { limit: 5 });
    deepEqual([train.count, test.count], [5, 5]);
    deepEqual([train.values.every((grey) => grey < 20), test.values.every((grey) => grey >= 100)], [
      true,
      true,
    ]);
  });
});
