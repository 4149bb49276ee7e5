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
import type { Depth } from "../data/raster.ts";
import { kindOfForm, type PictureForm, readPictures } from "../data/read_picture.ts";
import type { TrainedModel } from "../models/trained.ts";
import { isSeenAsShare, kindOfModel } from "./input_scale.ts";
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

/** The depth in which a model gets pictures: that of the files where its data have their units. */
function depthFor(
  model: Pick<TrainedModel, "use" | "scale">,
  folder: string,
  files: readonly NamedFile[],
): Depth {
  if (kindOfModel(model) === "bytes") return "8";
  const { depth } = surveyFolder(folder, files, { frames: "first", isOwnRange: false });
  return isSeenAsShare(model, depth) ? "8" : depth;
}

/**
 * Pictures as samples of a model, scaled to the size that it was trained on. A model of floats gets the values of 16 bits and floats in
 * their own units, any other model bytes, prepared as the pictures of its data were.
 */
export function pictureInput(
  files: readonly NamedFile[],
  model: Pick<TrainedModel, "use" | "scale" | "shape">,
  folder: string,
): SampleInput {
  const { shape } = model, { height, width } = pictureShape(shape), size = sampleSize(shape);
  const { ownRange: isOwnRange = false, fit, background } = model.use?.preparation?.pictures ?? {};
  const depth = isOwnRange ? "8" : depthFor(model, folder, files);
  const channels = channelsOf(shape, `"${folder}"`);
  const form: PictureForm = { folder, height, width, channels, depth, isOwnRange, fit, background };
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
