import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { BYTES_SCALE } from "../../src/core/scale.ts";
import { blankTile, modelTiles, sampleTiles } from "../../src/stages/tiles.ts";

Deno.test("sampleTiles() and modelTiles() have one tile for each colour picture, of its own size", () => {
  const shape = [2, 3, 3], values = Uint8Array.from({ length: 36 }, (_, at) => at < 18 ? 255 : 0);
  const samples = sampleTiles({ shape }, { count: 2, values });
  const made = modelTiles({ shape, scale: BYTES_SCALE }, Float32Array.from(values, (value) => value / 255));
  for (const tiles of [samples, made]) {
    deepEqual(tiles.map(({ height, width, channels }) => [height, width, channels]), [[2, 3, 3], [2, 3, 3]]);
    deepEqual(tiles.map(({ pixels }) => Array.from(pixels)), [Array(18).fill(1), Array(18).fill(0)]);
  }
  deepEqual(Array.from(blankTile(shape).pixels), Array(18).fill(0));
});
