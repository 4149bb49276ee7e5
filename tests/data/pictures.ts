/** Files and folders of the data tests. */

/** A folder of the given files for the time of `work`; names may contain sub-folders. */
export async function withFolder<T>(
  files: Record<string, Uint8Array | string>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    }
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A PGM picture whose pixels are all the same. */
export function flatPgm(height: number, width: number, grey: number): string {
  return `P2 ${width} ${height} 255 ${Array(height * width).fill(grey).join(" ")}`;
}

/** A little-endian TIFF of one strip (from byte 8 on), of the given tags: number to a value, or to two short ones. */
export function tiffOf(
  tags: Record<number, number | readonly [number, number]>,
  strip: Uint8Array,
): Uint8Array {
  const entries = Object.entries({ ...tags, 273: 8, 279: strip.length });
  const directory = 8 + strip.length;
  const bytes = new Uint8Array(directory + 2 + 12 * entries.length + 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  bytes.set(strip, 8);
  view.setUint16(directory, entries.length, true);
  entries.forEach(([tag, value], index) => {
    const at = directory + 2 + 12 * index;
    const values = typeof value === "number" ? [value] : value;
    view.setUint16(at, Number(tag), true);
    view.setUint16(at + 2, values.length === 1 ? 4 : 3, true);
    view.setUint32(at + 4, values.length, true);
    view.setUint32(at + 8, values[0] + 0x10000 * (values[1] ?? 0), true);
  });
  return bytes;
}
