import { deepStrictEqual as deepEqual, rejects } from "node:assert/strict";
import { PLAIN_SCALE } from "../../src/core/scale.ts";
import { openInputFile } from "../../src/inference/input_file.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { untrained } from "../analysis/hand_models.ts";

const MODEL: TrainedModel = {
  ...untrained({ kind: "ae", encoder: [4, 3], latent: 2, outputActivation: "linear" }),
  shape: [4],
  scale: PLAIN_SCALE,
  featureNames: ["height", "colour=blue", "colour=red", "width"],
};

/** The values of all rows of a table, as a model gets them. */
async function rowsOf(content: string, model = MODEL): Promise<number[][]> {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(file, content);
    const input = await openInputFile(file, model, () => {}), values = new Float32Array(input.count * 4);
    await input.read(0, values);
    return Array.from({ length: input.count }, (_, row) => [...values.subarray(4 * row, 4 * row + 4)]);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("openInputFile() puts the columns of a table into the order of the model, and leaves others out", async () => {
  deepEqual(await rowsOf("id,width,colour,height\na,1,red,2\nb,3,blue,4\n"), [[2, 0, 1, 1], [4, 1, 0, 3]]);
});

Deno.test("openInputFile() makes zeros of a category that no row has, and refuses one that the model does not know", async () => {
  deepEqual(await rowsOf("height,width,colour\n1,2,red\n3,4,red\n"), [[1, 0, 1, 2], [3, 0, 1, 4]]);
  await rejects(rowsOf("height,width,colour\n1,2,red\n3,4,green\n"), /categories .* got colour=green/);
  await rejects(rowsOf("height,colour\n1,red\n3,red\n"), /width/);
  await rejects(rowsOf("height,width,colour\n1,x,red\n3,4,red\n"), /x/);
});

Deno.test("openInputFile() keeps missing values of a table for a model that knows what to fill them by, and refuses others", async () => {
  const gap = "height,colour,width\n1,red,\n3,,2\n";
  await rejects(rowsOf(gap), /width/);
  const use = { values: "floats", preparation: { fills: [5, 0, 0, 7] } } as const;
  deepEqual(await rowsOf(gap, { ...MODEL, use }), [[1, 0, 1, NaN], [3, 0, 0, 2]]);
});

Deno.test("openInputFile() refuses a table for a model of pictures whose rows are no pictures, and takes one with a number for each pixel", async () => {
  const { featureNames: _, ...model } = MODEL, pictures = { ...model, shape: [2, 2, 1] };
  await rejects(rowsOf("name,a,b\nx,1,2\ny,3,4\n", pictures), {
    name: "UsageError",
    message:
      /^input must be pictures of 2x2, on which the model was trained, got the rows of the table ".*\.csv" with 3 columns, no numbers in "name" \(pass pictures, or a table of 4 numbers a row\)$/,
  });
  await rejects(
    rowsOf("a,b\n1,2\n", pictures),
    /got the rows of the table ".*" with 2 columns \(pass pictures/,
  );
  await rejects(rowsOf("a,b\n1,2\n", model), /input must be samples of 4 values, .* \(pass arrays, or/);
  deepEqual(await rowsOf("a,b,c,d\n1,2,3,4\n", pictures), [[1, 2, 3, 4]]);
});
