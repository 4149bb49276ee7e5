/** Writes rows of numbers to the file or folder that a command was given. @module */
import { isPicture, pictureShape, type SampleShape, sampleSize } from "../../core/shape.ts";
import { makeInnerFolders } from "../../core/paths.ts";
import { openPartFile } from "../../core/part_file.ts";
import { rawBrightness, type Scale } from "../../core/scale.ts";
import { floatBytes, npyHeader } from "../../export/arrays/npy.ts";
import type { Column } from "../../export/arrays/table.ts";
import { openTable, TABLE_ENDINGS } from "../../export/arrays/table_file.ts";
import { encodePicture, type PixelPicture } from "../../export/picture_file.ts";
import type { Rows } from "../../inference/operations.ts";
import type { Work } from "./common.ts";

/** The endings of files of rows. */
export const ROW_ENDINGS: readonly string[] = [".npy", ...TABLE_ENDINGS];

/** What rows are called and how they are arranged. */
export interface RowsLayout {
  readonly count: number;
  /** The dimensions of a row in an .npy file. */
  readonly shape: readonly number[];
  /** The columns of a table. */
  readonly columns: readonly string[];
  /** The first column of a table: the name of each row, else its number. */
  readonly names?: readonly string[];
}

/** Writes rows to an .npy file or a table, whole or not at all. */
export async function writeRows(
  path: string,
  rows: AsyncIterable<Rows>,
  layout: RowsLayout,
  work: Work,
): Promise<void> {
  await (/\.npy$/i.test(path) ? writeNpy : writeTable)(path, rows, layout, work);
}

async function writeNpy(path: string, all: AsyncIterable<Rows>, { count, shape }: RowsLayout, work: Work) {
  const file = openPartFile(path);
  try {
    file.write(npyHeader([count, ...shape]));
    for await (const { start, rows, values } of all) {
      file.write(floatBytes(values));
      work.done(start + rows, count);
    }
    file.finish();
  } finally {
    file.abort();
  }
}

/** The first column of tables: the name of a sample, or its number. */
export function sampleColumn(names: readonly string[] | undefined): Column {
  return names === undefined ? { name: "sample", type: "integer" } : { name: "file", type: "text" };
}

async function writeTable(
  path: string,
  all: AsyncIterable<Rows>,
  { count, columns, names }: RowsLayout,
  work: Work,
) {
  const floats = columns.map((name): Column => ({ name, type: "float" }));
  const table = await openTable(path, [sampleColumn(names), ...floats]);
  try {
    for await (const { start, rows, values } of all) {
      await table.write(Array.from({ length: rows }, (_, row) => [
        names?.[start + row] ?? start + row,
        ...values.subarray(row * columns.length, (row + 1) * columns.length),
      ]));
      work.done(start + rows, count);
    }
    await table.finish();
  } finally {
    table.abort();
  }
}

/** Names of the values of samples: `x0`, `x1`, ... */
export function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at}`);
}

/** Writes a file below an output folder, whole or not at all. */
export async function writeInFolder(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const file = openPartFile(await makeInnerFolders(folder, name));
  try {
    file.write(bytes);
    file.finish();
  } finally {
    file.abort();
  }
}

/** The name of the picture of a sample: `000042.png`, as wide as the last. */
export function pictureName(sample: number, count: number): string {
  return `${String(sample).padStart(String(Math.max(0, count - 1)).length, "0")}.png`;
}

/** A sample in the units of data as a picture; a vector is one row of pixels. */
function pictureOf(values: ArrayLike<number>, shape: SampleShape, scale: Scale): PixelPicture {
  const bright = rawBrightness(scale, values), channels = isPicture(shape) && shape[2] === 3 ? 3 : 1;
  return {
    ...pictureShape(shape),
    channels,
    pixels: new Uint8Array(Uint8ClampedArray.from(bright, (value) => 255 * value).buffer),
  };
}

/** Writes a picture for each row into a folder; calls back after each. */
export async function writePictures(
  folder: string,
  all: AsyncIterable<Rows>,
  { shape, scale, count }: { readonly shape: SampleShape; readonly scale: Scale; readonly count: number },
  work: Work,
  onWritten: () => void,
): Promise<void> {
  const size = sampleSize(shape);
  for await (const { start, rows, values } of all) {
    for (let row = 0; row < rows; row++) {
      const name = pictureName(start + row, count);
      const picture = pictureOf(values.subarray(row * size, (row + 1) * size), shape, scale);
      await writeInFolder(folder, name, await encodePicture(name, picture));
      onWritten();
      work.done(start + row + 1, count);
    }
  }
}
