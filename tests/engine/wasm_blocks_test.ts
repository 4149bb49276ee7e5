import { deepStrictEqual as deepEqual, equal, ok } from "node:assert/strict";
import { wasmEngine } from "../../src/engine/wasm.ts";
import { blocksOf, patchesBytes } from "../../src/engine/wasm/blocks.ts";
import { fuse } from "../../src/engine/wasm/fuse.ts";
import type { ProductInstruction } from "../../src/engine/wasm/instructions.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { type Graph, perSample } from "../../src/graph/graph.ts";
import { windowOf, type WindowOptions } from "../../src/graph/window.ts";

/** A convolution of square maps to four channels. */
function convolution(size: number, options: Partial<WindowOptions> = {}): Graph {
  const window = windowOf({ height: size, width: size, channels: 32, kernel: [3, 3], ...options });
  const build = graphBuilder(), x = build.input("x", [perSample(size * size), window.channels]);
  const [kh, kw] = window.kernel, weight = build.parameter("w", [kh * kw * window.channels, 4]);
  return build.finish({ outputs: { y: build.relu(build.matmul(build.patches(x, window), weight)) } });
}

const blocks = (graph: Graph) => blocksOf(fuse(graph)[0] as ProductInstruction)!;

Deno.test("blocksOf() takes as many maps as have a megabyte of patches, or equal bands of one", () => {
  // 14 x 14 places of 288 numbers are 226 kB: four maps.
  equal(blocks(convolution(14)).most, 4 * 14);
  // 28 x 28: 903 kB, one map.
  equal(blocks(convolution(28)).most, 28);
  // 64 x 64: 4.7 MB, 74 kB a row; five bands of 13 rows (the last of 12) instead of four of 14 and one of 8.
  equal(blocks(convolution(64)).most, 13);
});

Deno.test("blocksOf() takes at least 256 places, so that packing the weights pays", () => {
  const wide = convolution(4, { channels: 512, kernel: [4, 4] });
  // 16 places of 8,192 numbers: 524 kB a map.
  equal(blocks(wide).most, 16 * 4);
});

Deno.test("patchesBytes() are those of the largest block, or of the whole batch if it is smaller", () => {
  const instructions = fuse(convolution(14)), map = 4 * 14 * 14 * 288;
  equal(patchesBytes(instructions, 100), 4 * map);
  equal(patchesBytes(instructions, 3), 3 * map);
  equal(patchesBytes([], 100), 0);
});

Deno.test("wasm memory of a convolution does not grow with its patches", async () => {
  const graph = convolution(28), engine = await wasmEngine();
  const bytes = [8, 16].map((capacity) => engine.compile(graph, { capacity }).bytes);
  const values = 4 * 8 * 28 * 28 * (32 + 4);
  ok(Math.abs(bytes[1] - bytes[0] - values) < 4096, `${bytes[1] - bytes[0]} bytes for 8 more samples`);
});

Deno.test("wasm run() makes patches and folds in the instruction of their product", async () => {
  const window = windowOf({ height: 6, width: 6, channels: 2, kernel: [3, 3], stride: [2, 2] });
  const build = graphBuilder(), x = build.input("x", [perSample(36), 2]);
  const hidden = build.tanh(build.add(
    build.matmul(build.patches(x, window), build.parameter("w", [18, 5])),
    build.parameter("b", [1, 5]),
  ));
  const folded = build.foldPatches(build.matmul(hidden, build.parameter("v", [5, 18])), window);
  const y = build.sigmoid(build.add(folded, build.parameter("c", [1, 2])));
  const program = (await wasmEngine()).compile(build.finish({ outputs: { y } }), { capacity: 2 });
  program.run(2);
  deepEqual(program.calls, { "patches+matmul+bias+tanh": 1, "matmul+foldPatches+bias+sigmoid": 1 });
});
