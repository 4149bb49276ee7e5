import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { reconstructPictures } from "../../src/inference/reconstruct_pictures.ts";
import { pictureUnits } from "../../src/inference/picture_units.ts";
import { tileStarts, tiling } from "../../src/inference/tiles.ts";
import { encodePicture, type PixelValues } from "../../src/export/picture_file.ts";
import { BYTES_SCALE, PLAIN_SCALE } from "../../src/core/scale.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { identityModel, wasm } from "../analysis/hand_models.ts";

Deno.test("tileStarts() covers a side from end to end, and neighbours overlap by a quarter", () => {
  deepEqual(tileStarts(20, 20), [0]);
  deepEqual(tileStarts(10, 20), [0]);
  for (const tile of [1, 2, 5, 28]) {
    for (let side = tile; side < 150; side++) {
      const starts = tileStarts(side, tile);
      equal(starts[0], 0);
      equal(starts.at(-1), side - tile);
      for (let at = 1; at < starts.length; at++) {
        const step = starts[at] - starts[at - 1];
        ok(step >= 1 && step <= Math.max(1, Math.ceil(tile * 0.75)), `${side} ${tile}: ${starts}`);
      }
    }
  }
});

Deno.test("tiling() gives back a picture whose tiles are unchanged, and blends seams linearly", () => {
  const picture = { height: 23, width: 17 }, tile = { height: 7, width: 5 };
  for (const channels of [1, 3]) {
    const pixels = Uint8Array.from({ length: 23 * 17 * channels }, (_, at) => (at * 53) % 256);
    const { tiles, cut, add, blended } = tiling(picture, tile, channels);
    const memory = new Float32Array(7 * 5 * channels);
    tiles.forEach((_, index) => {
      cut(index, pixels, memory, 0);
      add(index, memory, 0);
    });
    blended().forEach((value, at) => ok(Math.abs(value - pixels[at]) < 1e-9));
  }
  // Two tiles of one row: 0 and 1.
  const { tiles, add, blended } = tiling({ height: 1, width: 7 }, { height: 1, width: 4 }, 1);
  equal(tiles.length, 2);
  add(0, [0, 0, 0, 0], 0);
  add(1, [1, 1, 1, 1], 0);
  deepEqual([...blended()], [0, 0, 0, 0.5, 1, 1, 1]);
});

Deno.test("reconstructPictures() keeps sizes: equal ones as they are, larger ones in tiles, smaller ones scaled", async () => {
  const folder = await Deno.makeTempDir(), model = { ...identityModel(35), shape: [7, 5, 1] };
  try {
    const sizes = [[7, 5], [20, 31], [3, 4], [100, 5], [7, 5]] as const;
    const pictures = sizes.map(([height, width]) => ({
      height,
      width,
      channels: 1,
      pixels: Uint8Array.from({ length: height * width }, (_, at) => (at * 41) % 256),
    }));
    const files = await Promise.all(pictures.map(async (picture, at) => {
      const file = { name: `${at}.png`, path: `${folder}/${at}.png` };
      await Deno.writeFile(file.path, await encodePicture(file.name, picture));
      return file;
    }));
    let at = 0;
    for await (
      const { picture, tiles, file } of reconstructPictures({ engine: wasm, model }, files, {
        fit: "auto",
        what: "pictures",
      })
    ) {
      equal(file, files[at]);
      const { height, width, pixels } = pictures[at];
      deepEqual([picture.height, picture.width], [height, width]);
      // Scaling up and down again is not exact; all else is.
      if (at !== 2) deepEqual(picture.pixels, pixels);
      equal(tiles, [1, 40, 0, 20, 1][at]);
      at++;
    }
    equal(at, sizes.length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a model makes of a picture of one row of two pixels, which it has not changed. */
async function reconstructed(model: TrainedModel, name: string, pixels: PixelValues): Promise<PixelValues> {
  const folder = await Deno.makeTempDir(), path = `${folder}/${name}`;
  try {
    const picture = { height: 1, width: pixels.length, channels: 1, pixels };
    await Deno.writeFile(path, await encodePicture(name, picture));
    const made = reconstructPictures({ engine: wasm, model }, [{ name, path }], { fit: "auto", what: "it" });
    for await (const { picture } of made) return picture.pixels;
    throw new Error("no picture");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("reconstructPictures() keeps the depth of a file, whatever units the model's data have", async () => {
  const identity = { ...identityModel(2), shape: [1, 2, 1] };
  const bytes = { ...identity, scale: BYTES_SCALE }, floats = { ...identity, scale: PLAIN_SCALE };
  const deep = { ...identity, scale: { ...PLAIN_SCALE, divisor: [1000], drawn: [0, 1000] as const } };
  const own: TrainedModel = {
    ...floats,
    use: { values: "floats", preparation: { pictures: { ownRange: true } } },
  };
  for (const [at, model] of [bytes, floats, deep, own].entries()) {
    for (
      const [name, pixels] of [["a.png", Uint16Array.of(300, 40_001)], [
        "a.pgm",
        Uint8Array.of(3, 200),
      ]] as const
    ) {
      deepEqual(await reconstructed(model, name, pixels), pixels, `${at} ${name}`);
    }
  }
  // Dark pictures of 16 bits are no numbers from 0 to 1.
  deepEqual(await reconstructed(bytes, "a.png", Uint16Array.of(0, 1)), Uint16Array.of(0, 1));
  const values = Float32Array.of(-2, 7.5);
  for (const model of [floats, own]) deepEqual(await reconstructed(model, "a.tif", values), values);
});

Deno.test("pictureUnits() gives the model what its data had, and limits what comes back", () => {
  const picture = (depth: "8" | "16", ...values: number[]) => {
    const pixels = depth === "8" ? Uint8Array.from(values) : Float32Array.from(values);
    return { height: 1, width: values.length, channels: 1, depth, pixels };
  };
  // Shares of white: 13,107 of 65,535 is a fifth, as 51 of 255.
  const bytes = pictureUnits(picture("16", 0, 13_107, 65_535), { scale: BYTES_SCALE });
  deepEqual([...bytes.values], [0, 51, 255]);
  deepEqual([...bytes.restore([-1, 51, 300])], [0, 13_107, 65_535]);
  const floats = pictureUnits(picture("8", 0, 51, 255), { scale: PLAIN_SCALE });
  deepEqual([...floats.values], [0, Math.fround(0.2), 1]);
  deepEqual([...floats.restore([-0.1, 0.2, 2])], [0, 51, 255]);
  const use = { values: "floats", preparation: { pictures: { ownRange: true } } } as const;
  const own = pictureUnits(picture("16", 100, 350, 600), { scale: PLAIN_SCALE, use });
  deepEqual([...own.values], [0, 0.5, 1]);
  deepEqual([...own.restore([0, 0.5, 1.2])], [100, 350, 700]);
});
