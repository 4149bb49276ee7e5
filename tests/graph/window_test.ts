import { deepStrictEqual as deepEqual, equal, throws } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { perSample } from "../../src/graph/graph.ts";
import { patchSize, windowOf, type WindowOptions } from "../../src/graph/window.ts";
import { outputSize } from "../../src/graph/window_loops.js";

const window = (options: Partial<WindowOptions>) =>
  windowOf({ height: 28, width: 28, channels: 1, kernel: [3, 3], ...options });

Deno.test("windowOf() pads `same` as TensorFlow does: ceil(size / stride) places, the larger half at the end", () => {
  // Of tf.image.extract_patches and Conv2D: 28 by stride 2 is 14 places, with kernel 3 one row is missing, at the end.
  deepEqual(window({ stride: [2, 2] }).padding, { top: 0, left: 0, bottom: 1, right: 1 });
  deepEqual(outputSize(window({ stride: [2, 2] })), { height: 14, width: 14 });
  deepEqual(window({}).padding, { top: 1, left: 1, bottom: 1, right: 1 });
  deepEqual(window({ kernel: [4, 4], stride: [2, 2] }).padding, { top: 1, left: 1, bottom: 1, right: 1 });
  deepEqual(window({ kernel: [4, 7], height: 7, stride: [3, 1] }).padding, {
    top: 1,
    left: 3,
    bottom: 2,
    right: 3,
  });
  // A stride above the kernel leaves places out and pads nothing.
  deepEqual(window({ kernel: [1, 2], stride: [3, 4], height: 7, width: 7 }).padding, {
    top: 0,
    left: 0,
    bottom: 0,
    right: 0,
  });
});

Deno.test("outputSize() of `valid` are the whole kernels", () => {
  deepEqual(outputSize(window({ padding: "valid" })), { height: 26, width: 26 });
  deepEqual(outputSize(window({ padding: "valid", kernel: [4, 5], stride: [3, 2] })), {
    height: 9,
    width: 12,
  });
});

Deno.test("patchSize() is rows times columns times channels", () => {
  equal(patchSize(window({ channels: 5, kernel: [3, 4] })), 60);
});

Deno.test("windowOf() refuses what is no window, and names it", () => {
  const message = (options: Partial<WindowOptions>, message: string) =>
    throws(() => window(options), { name: "RangeError", message });
  message({ kernel: [0, 3] }, "window.kernel[0] must be a positive integer, got 0");
  message({ stride: [1, 1.5] }, "window.stride[1] must be a positive integer, got 1.5");
  message({ channels: -1 }, "window.channels must be a positive integer, got -1");
  message(
    { padding: { top: 0, left: -1, bottom: 0, right: 0 } },
    "window.padding.left must be an integer from 0, got -1",
  );
  message(
    { height: 2, padding: "valid" },
    "window.kernel must be at most as large as the padded map of 2x28, got 3x3",
  );
});

/** What the reference engine makes of a map of 2 rows, 3 columns and 2 channels: 0, 1, ..., 11. */
function ofMap(compute: "patches" | "foldPatches"): number[] {
  const build = graphBuilder(),
    form = windowOf({ height: 2, width: 3, channels: 2, kernel: [2, 2], stride: [1, 2] });
  const x = build.input("x", [perSample(6), 2]), patches = build.patches(x, form);
  const y = compute === "patches" ? patches : build.foldPatches(patches, form);
  const program = referenceEngine("f64").compile(build.finish({ outputs: { y } }), { capacity: 1 });
  program.input("x").set(Array.from({ length: 12 }, (_, at) => at));
  program.run(1);
  return [...program.output("y")];
}

Deno.test("patches() are rows by place, columns by kernel row, kernel column and channel, zeros beyond the border", () => {
  // 2 x 2 places: one row is missing at the bottom, one column at the right.
  deepEqual(ofMap("patches"), [
    ...[0, 1, 2, 3, 6, 7, 8, 9],
    ...[4, 5, 0, 0, 10, 11, 0, 0],
    ...[6, 7, 8, 9, 0, 0, 0, 0],
    ...[10, 11, 0, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("foldPatches() of patches counts how often each place was in one", () => {
  deepEqual(ofMap("foldPatches"), [0, 1, 2, 3, 4, 5, 12, 14, 16, 18, 20, 22]);
});
