import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { reconstructPictures } from "../../src/inference/reconstruct_pictures.ts";
import { tileStarts, tiling } from "../../src/inference/tiles.ts";
import { encodePicture } from "../../src/export/picture_file.ts";
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
