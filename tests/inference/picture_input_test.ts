import { deepEqual, equal } from "node:assert/strict";
import { BYTES_SCALE, PLAIN_SCALE, scaled } from "../../src/core/scale.ts";
import { newValues, sampleSize } from "../../src/core/shape.ts";
import { pictureInput } from "../../src/inference/picture_files.ts";
import { inputScale } from "../../src/inference/input_scale.ts";
import { images } from "../../src/data/images.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";
import { withFolder } from "../data/pictures.ts";

const DEEP = {
  spec: { kind: "range", min: 100, max: 1100 },
  shift: [100],
  divisor: [1000],
  drawn: [100, 1100],
} as const;
const SHAPE = [1, 2, 1];

Deno.test("pictureInput() gives a model of 16 bits the values of files in their own units, and others as brightness", async () => {
  const files = { "deep.pgm": "P2 2 1 65535 100 600", "grey.pgm": "P2 2 1 255 0 51" };
  await withFolder(files, async (folder) => {
    const seen = async (name: string, scale: typeof DEEP | typeof BYTES_SCALE) => {
      const model = { scale, shape: SHAPE };
      const input = pictureInput([{ path: `${folder}/${name}`, name }], model, folder);
      const values = newValues(input.kind, sampleSize(SHAPE));
      await input.read(0, values);
      const sight = scaled(inputScale(model, input.kind, undefined), values);
      return [input.kind, ...Array.from(sight, (value) => Number(value.toFixed(3)))];
    };
    deepEqual(await seen("deep.pgm", DEEP), ["floats", 0, 0.5]);
    deepEqual(await seen("grey.pgm", DEEP), ["bytes", 0, 0.2]);
    deepEqual(await seen("grey.pgm", BYTES_SCALE), ["bytes", 0, 0.2]);
    // 600 of 65,535 are 2 of 255.
    deepEqual(await seen("deep.pgm", BYTES_SCALE), ["bytes", 0, 0.008]);
    equal(pictureInput([], { scale: DEEP, shape: SHAPE }, "nothing").count, 0);
  });
});

Deno.test("pictureInput() prepares pictures as those of the model's data were: own ranges, fit and background", async () => {
  const files = { "a.pgm": "P2 2 1 65535 100 300", "b.pgm": "P2 1 2 255 9 4" };
  await withFolder(files, async (folder) => {
    const options = { height: 2, width: 2, fit: "contain", background: "#808080", range: "file" } as const;
    const spec = SourceSpec.parse(images(folder, { ...options, testShare: 0 }));
    const { train, preparation, shape } = await openSource(spec, { seed: 0, log() {} });
    const model = { scale: PLAIN_SCALE, shape, use: { values: "floats", preparation } } as const;
    const named = Object.keys(files).map((name) => ({ name, path: `${folder}/${name}` }));
    const input = pictureInput(named, model, folder), values = newValues(input.kind, 2 * sampleSize(shape));
    await input.read(0, values);
    deepEqual([...values], [...train.values]);
    equal(Math.max(...values), 1);
  });
});
