/** The first frame of picture files. @module */
import type { SampleValues } from "../../src/core/shape.ts";
import { decodeFrames } from "../../src/data/decode.ts";
import type { Raster } from "../../src/data/raster.ts";
import { type PictureForm, readPictures } from "../../src/data/read_picture.ts";

/** Decodes the first frame of a picture. */
export async function decodePicture(bytes: Uint8Array): Promise<Raster> {
  for await (const raster of decodeFrames(bytes, "first")) return raster;
  throw new Error("no frame");
}

/** The values of the first frame of a file in a form. */
export async function readPicture(path: string, form: PictureForm): Promise<SampleValues> {
  for await (const values of readPictures(path, form)) return values;
  throw new Error("no frame");
}
