/** The pictures that tests train on. @module */
import glyphs from "../../data/glyphs.json" with { type: "json" };
import { mnist } from "../../src/data/mnist.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";

/** Pictures as an engine gathers them: one byte per pixel. */
export interface Pictures {
  readonly bytes: Uint8Array;
  readonly pixels: number;
}

/** The 32 glyphs as the data file has them: 7 rows of 5. */
export function glyphImages(): Pictures {
  const bytes = glyphs.glyphs.flatMap(({ rows }) =>
    rows.flatMap((row) => [16, 8, 4, 2, 1].map((bit) => (row & bit) === 0 ? 0 : 255))
  );
  return { bytes: Uint8Array.from(bytes), pixels: 35 };
}

/** The first MNIST digits of the training split: 28 rows of 28. */
export async function digitImages(limit: number): Promise<Pictures> {
  const source = SourceSpec.parse(mnist({ limit, testLimit: 1 }));
  const { train } = await openSource(source, { seed: 0, log: () => {} });
  return { bytes: train.values as Uint8Array, pixels: 784 };
}
