/**
 * Reads the headers of picture files: how many bits their values have, and how many frames or pages there are.
 *
 * @module
 */
import { type Frames, type PictureSurvey, type SurveyedFile, surveyPicture } from "./decode.ts";
import type { PictureFile } from "./picture_files.ts";
import { MAX_PIXELS } from "./picture_limits.ts";
import type { Depth } from "./raster.ts";
import { mixedDepths, readInto, readPictureFile } from "./read_picture.ts";
import type { NumberReader } from "./tiff_directory.ts";

/** A picture file with the number of its frames that are read. */
export interface SurveyedPicture extends PictureFile {
  readonly frames: number;
}

/** The files of a folder and the common depth of their pictures. */
export interface FolderSurvey {
  readonly depth: Depth;
  /** The frames of each file, by its path. */
  readonly framesOf: ReadonlyMap<string, number>;
}

/** Files that are never deeper than 8 bits, and have one frame unless their format has several. */
const NEVER_DEEP = /\.(jpe?g|bmp)$/i, DEEP_OR_SEVERAL = /\.(gif|webp)$/i;

const START_BYTES = 4096, PAGE_BITS = 14;

/** Numbers of a file, of which only the parts that are needed are read. */
function fileNumbers(file: Deno.FsFile, byteLength: number): NumberReader {
  const pages = new Map<number, Uint8Array>();
  const byteAt = (at: number): number => {
    if (!(at >= 0 && at < byteLength)) throw new RangeError("beyond the end of the file");
    const number = Math.floor(at / 2 ** PAGE_BITS), start = number * 2 ** PAGE_BITS;
    let page = pages.get(number);
    if (page === undefined) {
      page = new Uint8Array(Math.min(2 ** PAGE_BITS, byteLength - start));
      file.seekSync(start, Deno.SeekMode.Start);
      readInto(file, page);
      // A directory and its values lie in few places.
      if (pages.size >= 8) pages.clear();
      pages.set(number, page);
    }
    return page[at - start];
  };
  const getUint16 = (at: number, little: boolean) => {
    const [low, high] = little ? [at, at + 1] : [at + 1, at];
    return byteAt(low) + 2 ** 8 * byteAt(high);
  };
  const getUint32 = (at: number, little: boolean) => {
    const [low, high] = little ? [at, at + 2] : [at + 2, at];
    return getUint16(low, little) + 2 ** 16 * getUint16(high, little);
  };
  return { byteLength, getUint8: byteAt, getUint16, getUint32 };
}

/** What the header of a file says; `undefined` when it is damaged, which decoding it reports. */
function surveyFile(path: string, frames: Frames, maxPixels: number): PictureSurvey | undefined {
  try {
    using file = Deno.openSync(path);
    const { size, isFile } = file.statSync();
    if (!isFile) return undefined;
    const start = new Uint8Array(Math.min(size, START_BYTES));
    readInto(file, start);
    const surveyed: SurveyedFile = {
      start,
      view: fileNumbers(file, size),
      readAll: () => readPictureFile(path, maxPixels),
    };
    return surveyPicture(surveyed, frames);
  } catch {
    return undefined;
  }
}

/**
 * Surveys the files of a folder. Files are not opened where their names say that they have 8 bits and one frame.
 *
 * @throws {RunError} When some pictures are floats and others are not, unless each has a range of its own.
 */
export function surveyFolder(
  folder: string,
  files: readonly Pick<PictureFile, "path">[],
  { frames, maxPixels = MAX_PIXELS, isOwnRange }: {
    readonly frames: Frames;
    readonly maxPixels?: number;
    readonly isOwnRange: boolean;
  },
): FolderSurvey {
  const framesOf = new Map<string, number>(), firstOf = new Map<Depth, string>();
  for (const { path } of files) {
    const isPlain = NEVER_DEEP.test(path) || (frames === "first" && DEEP_OR_SEVERAL.test(path));
    const survey = isPlain ? { depth: "8" as const, frames: 1 } : surveyFile(path, frames, maxPixels);
    if (survey === undefined) continue;
    framesOf.set(path, survey.frames);
    if (!firstOf.has(survey.depth)) firstOf.set(survey.depth, path);
  }
  const other = firstOf.has("16") ? "16" : "8", otherPath = firstOf.get(other), float = firstOf.get("float");
  if (float !== undefined && otherPath !== undefined && !isOwnRange) {
    throw mixedDepths(folder, float, "float", other);
  }
  return { depth: float !== undefined ? "float" : other, framesOf };
}
