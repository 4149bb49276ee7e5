import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { glyphDataset } from "../../src/data/glyphs.ts";

Deno.test("glyphDataset has 32 glyphs of 7x5, one class each, and tests on the train split", () => {
  const { shape: [height, width], labelNames, train, test } = glyphDataset();
  deepEqual([height, width, train.count, train.values.length], [7, 5, 32, 32 * 35]);
  equal(test, train);
  deepEqual([...train.labels!], Array.from({ length: 32 }, (_, label) => label));
  equal(labelNames!.join(""), "`abcdefghijklmnopqrstuvwxyz{|}~DEL");
  deepEqual(train.names, labelNames);
});

Deno.test("glyphDataset draws an a as the font does", () => {
  const { train: { values: images } } = glyphDataset();
  const rows = Array.from({ length: 7 }, (_, row) => [...images.subarray(35 + 5 * row, 40 + 5 * row)]);
  const drawn = rows.map((row) => row.map((byte) => ({ 0: ".", 255: "#" })[byte]).join(""));
  deepEqual(drawn, [".....", ".###.", "....#", ".##.#", "#..##", "#..##", ".##.#"]);
});
