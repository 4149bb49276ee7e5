import { deepEqual, equal, ok } from "node:assert/strict";
import { decodeFrames } from "../../src/data/decode.ts";
import { decodePicture } from "./first_picture.ts";
import { depthOf, type Raster } from "../../src/data/raster.ts";
import { hasPython, needsPython, python } from "../support/python.ts";
import { ROOT } from "../support/program.ts";

/** What Pillow reads of a file: rgba of 8 bits, else one value per pixel. */
interface Expected {
  readonly depth: string;
  readonly tolerance: number;
  readonly frames: readonly { readonly height: number; readonly width: number; readonly values: number[] }[];
}

const FIXTURES = `${ROOT}tests/fixtures/pictures`;

/** The samples of a picture as Pillow gives them; the colour behind full transparency is free. */
function valuesOf({ rgba }: Raster): number[] {
  const values = Array.from(rgba);
  return rgba instanceof Uint8Array ? values : values.filter((_, at) => at % 4 === 0);
}

function largestDifference(found: readonly number[], expected: readonly number[], isRgba: boolean): number {
  equal(found.length, expected.length);
  return found.reduce((most, value, at) => {
    const isHidden = isRgba && expected[at - at % 4 + 3] === 0 && found[at - at % 4 + 3] === 0;
    const difference = isHidden ? 0 : Math.abs(value - expected[at]);
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}

/** Decodes all files of a folder of `write.py`, and compares them with what Pillow reads. */
async function compare(folder: string): Promise<number> {
  const all: Record<string, Expected> = JSON.parse(await Deno.readTextFile(`${folder}/expected.json`));
  for (const [name, { depth, tolerance, frames }] of Object.entries(all)) {
    const bytes = await Deno.readFile(`${folder}/${name}`), found: Raster[] = [];
    for await (const raster of decodeFrames(bytes, "all")) found.push(raster);
    equal(found.length, frames.length, `${name}: frames`);
    deepEqual(await decodePicture(bytes), found[0], name);
    for (const [number, { height, width, values }] of frames.entries()) {
      deepEqual(
        [found[number].height, found[number].width, depthOf(found[number])],
        [height, width, depth],
        name,
      );
      const most = largestDifference(valuesOf(found[number]), values, depth === "8");
      ok(most <= tolerance, `${name}, frame ${number + 1}: ${most} is more than ${tolerance}`);
    }
  }
  return Object.keys(all).length;
}

Deno.test("decodeFrames() reads pictures of Pillow as Pillow does: formats, orientations, depths, frames and pages", async () => {
  ok(await compare(FIXTURES) >= 53);
});

Deno.test({
  name: `decodeFrames() reads what Pillow writes here as Pillow does ${needsPython("PIL")}`,
  ignore: !hasPython("PIL"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const count = python(await Deno.readTextFile(`${FIXTURES}/write.py`), folder);
      equal(await compare(folder), count);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
