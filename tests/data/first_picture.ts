/** The first frame of picture files. @module */
import type { SampleValues } from "../../src/core/shape.ts";
import { type PictureForm, readPictures } from "../../src/data/read_picture.ts";

/** The values of the first frame of a file in a form. */
export async function readPicture(path: string, form: PictureForm): Promise<SampleValues> {
  for await (const values of readPictures(path, form)) return values;
  throw new Error("no frame");
}
