/**
 * Loads images into the memory from which a program gathers them: all at once, or in parts from a file that is larger than the memory.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import type { ImageFile, Split } from "./dataset.ts";

/** Fills the image memory of a program. */
export interface ImageFeed {
  /**
   * Loads the images of samples `first` to `first + count - 1`. Sample s shows image `s mod images` of its split and has place
   * `s mod places` of the memory, from which a program's `gather` reads it.
   *
   * @throws {RunError} When the file has changed since it was opened.
   */
  load(first: number, count: number): void;
  /** Closes the file. */
  close(): void;
}

/** How many images a program's image memory should hold: all, at most `most`, or as many as the memory for a file allows. */
export function bufferCapacity({ count, file }: Split, most = Infinity): number {
  return Math.min(count, most, file?.block ?? Infinity);
}

/** Connects a split to the image memory of a program, which has room for `bufferCapacity(split)` images. */
export function feedImages(split: Split, pixels: number, memory: Uint8Array): ImageFeed {
  const places = memory.length / pixels;
  const { read, close } = openImages(split, pixels);
  if (places === split.count) {
    read(0, memory);
    return { load() {}, close };
  }
  return {
    close,
    load(first, count) {
      if (count > places) {
        throw new RangeError(
          `load() must get at most ${places} images at a time, got ${count}`,
        );
      }
      for (let done = 0; done < count;) {
        const sample = first + done, image = sample % split.count, place = sample % places;
        // Up to the end of the split or of the memory, where each wraps around.
        const length = Math.min(count - done, split.count - image, places - place);
        read(image, memory.subarray(place * pixels, (place + length) * pixels));
        done += length;
      }
    },
  };
}

/** Reads images `from`, from + 1, ... of a split, in memory or from its file, until `target` is full. */
export function readImages(split: Split, pixels: number, from: number, target: Uint8Array): void {
  const { read, close } = openImages(split, pixels);
  try {
    read(from, target);
  } finally {
    close();
  }
}

/** Reads ranges of images until it is closed. */
interface ImageReader {
  read(from: number, target: Uint8Array): void;
  close(): void;
}

function openImages({ images, file }: Split, pixels: number): ImageReader {
  if (file !== undefined) return openImageFile(file, pixels);
  return {
    read: (from, target) => target.set(images.subarray(from * pixels, from * pixels + target.length)),
    close() {},
  };
}

/** A file of raw images, opened for reading. */
function openImageFile({ path, start, size, modified }: ImageFile, pixels: number): ImageReader {
  const file = Deno.openSync(path);
  const changed = (what: string) =>
    new RunError(
      `"${path}" must not change while it is read, got ${what} (run again when nothing writes to it)`,
    );
  return {
    read(from, target) {
      const now = file.statSync();
      if (now.size !== size) throw changed(`${now.size} bytes instead of ${size}`);
      if (now.mtime?.getTime() !== modified) throw changed("a new modification time");
      file.seekSync(start + from * pixels, Deno.SeekMode.Start);
      for (let done = 0; done < target.length;) {
        const read = file.readSync(target.subarray(done));
        if (read === null) throw changed("an early end of the file");
        done += read;
      }
    },
    close: () => file.close(),
  };
}
