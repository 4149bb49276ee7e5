/** Float samples that stay in their file. @module */
import type { Split } from "../../src/data/dataset.ts";

/** Writes values after twelve bytes of something else, and gives them as a split of which `block` samples are in memory at a time. */
export async function withFloatFile(
  values: Float32Array,
  size: number,
  use: (split: Split, path: string) => Promise<void>,
  block = 2,
): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await Deno.writeFile(path, Uint8Array.of(...new Uint8Array(12).fill(9), ...bytes));
    const { size: fileSize, mtime } = await Deno.stat(path);
    const file = {
      path,
      kind: "floats",
      start: 12,
      block,
      size: fileSize,
      modified: mtime!.getTime(),
    } as const;
    await use({ count: values.length / size, values: new Float32Array(), file }, path);
  } finally {
    await Deno.remove(path);
  }
}
