/**
 * Picture files as samples of a model, read one by one: a folder of any size takes the memory of one batch.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { isPicture, pictureShape, type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import { PICTURE_ENDINGS } from "../data/picture_endings.ts";
import { findPictures } from "../data/picture_files.ts";
import { surveyFolder } from "../data/picture_survey.ts";
import { type Picture, scalePicture } from "../data/raster.ts";
import { kindOfForm, type PictureForm, readPictures, readPixelsOf } from "../data/read_picture.ts";
import type { TrainedModel } from "../models/trained.ts";
import { kindOfModel } from "./input_scale.ts";
import type { PixelPicture } from "../export/picture_file.ts";
import type { SampleInput } from "./sample_input.ts";

/** A picture's file. */
export interface NamedFile {
  readonly path: string;
  /** Its path within the folder. */
  readonly name: string;
}

/** Whether a file's name is that of a picture. */
export function isPictureName(name: string): boolean {
  return PICTURE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** The pictures at a path: those of a folder, sorted by name, or one file. @throws {RunError} When there are none. */
export async function picturesAt(path: string, note: (message: string) => void): Promise<NamedFile[]> {
  if (Deno.statSync(path).isDirectory) return await findPictures(path, { note });
  return [{ path, name: path.split(/[/\\]/).at(-1)! }];
}

/** A picture of bytes with as many channels as a model sees. @throws {RunError} When the file is no picture, or damaged. */
export async function readPixels(path: string, channels: 1 | 3): Promise<PixelPicture> {
  const { height, width, pixels } = await readPixelsOf(path, channels);
  return { height, width, channels, pixels };
}

/** A picture that is stretched to a size by area averaging. */
export function scalePixels(picture: PixelPicture, height: number, width: number): PixelPicture {
  return {
    ...picture,
    ...scalePicture(picture as Picture<Uint8Array>, height, width),
    channels: picture.channels,
  };
}

/** How many channels a model of pictures sees. @throws {RunError} When it was trained on vectors. */
export function channelsOf(shape: SampleShape, what: string): 1 | 3 {
  if (isPicture(shape) && (shape[2] === 1 || shape[2] === 3)) return shape[2];
  throw new RunError(
    `samples of ${what} must be vectors of ${
      sampleShapeText(shape)
    } values as those the model was trained on, got pictures ` +
      "(pass a table or an .npy file)",
  );
}

/** The first folder of each file within an input folder: its class, as where a model is trained; `undefined` where one has none. */
export function classFolders(files: readonly NamedFile[]): string[] | undefined {
  const paths = files.map(({ name }) => name.split(/[/\\]/));
  return paths.every(({ length }) => length > 1) ? paths.map(([folder]) => folder) : undefined;
}

/**
 * Pictures as samples of a model, scaled to the size that it was trained on. A model of floats gets the values of 16 bits and floats in
 * their own units, any other model bytes.
 */
export function pictureInput(
  files: readonly NamedFile[],
  model: Pick<TrainedModel, "use" | "scale" | "shape">,
  what: string,
): SampleInput {
  const { shape } = model, { height, width } = pictureShape(shape), size = sampleSize(shape);
  const survey = { frames: "first", isOwnRange: false } as const;
  const depth = kindOfModel(model) === "bytes" ? "8" : surveyFolder(what, files, survey).depth;
  const form: PictureForm = { folder: what, height, width, channels: channelsOf(shape, what), depth };
  return {
    count: files.length,
    kind: kindOfForm(form),
    shape,
    names: files.map(({ name }) => name),
    classes: classFolders(files),
    async read(start, target) {
      for (let row = 0; row * size < target.length; row++) {
        for await (const values of readPictures(files[start + row].path, form)) {
          target.set(values, row * size);
        }
      }
    },
  };
}
