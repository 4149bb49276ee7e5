import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { edgeMaps } from "../../../src/analysis/anomaly/edges.ts";
import { readPoints } from "../../../src/analysis/points/points.ts";
import type { PictureShape } from "../../../src/core/shape.ts";
import { assertClose } from "../../support/close.ts";

const SHAPE = { height: 5, width: 4 };
/** `x[i, j] = ((3 i + 5 j) mod 7) / 7`. */
const PICTURE = Array.from({ length: 20 }, (_, at) => ((3 * Math.floor(at / 4) + 5 * (at % 4)) % 7) / 7);

/** The edge map of one image. */
function mapOf(values: readonly number[], shape: PictureShape = SHAPE, sigma = 1): number[] {
  return Array.from(
    readPoints(edgeMaps({ values: Float32Array.from(values), count: 1 }, shape, sigma), 0, 1),
  );
}

Deno.test("edgeMaps() are those of SciPy", () => {
  // def edge_map(x):
  //     G = lambda a: scipy.ndimage.gaussian_filter(a, 1, mode="constant", truncate=3)
  //     p = np.pad(G(x), 1)
  //     gx, gy = p[1:-1, 2:] - p[1:-1, :-2], p[2:, 1:-1] - p[:-2, 1:-1]
  //     m = np.stack([G(abs(np.cos(t) * gx + np.sin(t) * gy))[1::2, 1::2] for t in np.arange(4) * np.pi / 4])
  //     return m / np.linalg.norm(m)
  // i, j = np.mgrid[:5, :4]
  // edge_map(((3 * i + 5 * j) % 7) / 7)
  const expected = [
    [0.29749298, 0.30444055, 0.24586281, 0.27186470],
    [0.32170003, 0.18830666, 0.22464038, 0.27053780],
    [0.25037344, 0.15140131, 0.23909716, 0.13838283],
    [0.21615605, 0.29986211, 0.29378930, 0.19227916],
  ];
  assertClose(mapOf(PICTURE), expected.flat(), { absolute: 1e-7 }, "map");
});

Deno.test("edgeMaps() of one pixel, without smoothing, are worked out by hand", () => {
  // The pixel is to the right of the middle, where gx = 1 and gy = 0; only the middle of 3x3 stays. The norm of [1, r, 0, r] is sqrt(2).
  const map = mapOf([0, 0, 0, 0, 0, 1, 0, 0, 0], { height: 3, width: 3 }, 0);
  assertClose(map, [Math.SQRT1_2, 0.5, 0, 0.5], { absolute: 1e-7 }, "map");
});

Deno.test("edgeMaps() have norm 1 and depend neither on the amount of ink nor on its sign; an empty image stays 0", () => {
  const map = mapOf(PICTURE);
  assertClose([Math.hypot(...map)], [1], { absolute: 1e-6 }, "norm");
  for (const factor of [0.2, 255, -1]) {
    const scaled = mapOf(PICTURE.map((value) => factor * value));
    assertClose(scaled, map, { absolute: 1e-6 }, String(factor));
  }
  deepEqual(new Set(mapOf(Array(20).fill(0))), new Set([0]));
});

Deno.test("edgeMaps() take each image of a split by itself", () => {
  const other = PICTURE.toReversed();
  const maps = edgeMaps({ values: Float32Array.from([...PICTURE, ...other]), count: 2 }, SHAPE, 1);
  deepEqual([maps.count, maps.dimensions], [2, 16]);
  deepEqual([...readPoints(maps, 0, 1)], mapOf(PICTURE));
  deepEqual([...readPoints(maps, 1, 1)], mapOf(other));
});

Deno.test("edgeMaps() filter each channel of a colour image by itself, under one norm", () => {
  const coloured = (channels: readonly number[]) => {
    const values = PICTURE.flatMap((value) =>
      [0, 1, 2].map((channel) => channels.includes(channel) ? value : 0)
    );
    return mapOf(values, { ...SHAPE, channels: 3 });
  };
  const grey = mapOf(PICTURE), green = coloured([1]), all = coloured([0, 1, 2]);
  deepEqual(green, grey.flatMap((value) => [0, value, 0]));
  const shared = grey.flatMap((value) => Array(3).fill(value / Math.sqrt(3)));
  assertClose(all, shared, { absolute: 1e-7 }, "all");
});

Deno.test("edgeMaps() keep a single row, column or pixel", () => {
  equal(mapOf([0, 1, 0, 0], { height: 1, width: 4 }).length, 4 * 2);
  equal(mapOf([0, 1, 0, 0], { height: 4, width: 1 }).length, 4 * 2);
  deepEqual(mapOf([1], { height: 1, width: 1 }), [0, 0, 0, 0]);
});
