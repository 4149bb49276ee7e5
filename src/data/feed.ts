/**
 * How images reach the memory from which a program gathers them: all at once, or a part at a time out of a file that is larger than
 * the memory.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import type { ImageFile, Split } from "./dataset.ts";

/** Fills the image memory of a program. */
export interface ImageFeed {
  /**
   * Makes sure that the images of samples `first` to `first + count - 1` are there. Sample s shows image `s mod images` of its split
   * and lies in place `s mod places` of the memory, which is where a program's `gather` looks for it.
   *
   * @throws {RunError} When the file has changed since it was opened.
   */
  load(first: number, count: number): void;
  /** Closes the file. */
  close(): void;
}

/** How many images a program should have places for: all, at most `most`, or as many as a file's share of the memory allows. */
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
          `Cannot load as at most ${places} images must be asked for at a time: current value is ${count}`,
        );
      }
      for (let done = 0; done < count;) {
        const sample = first + done, image = sample % split.count, place = sample % places;
        // As far as neither the split nor the memory begins anew.
        const length = Math.min(count - done, split.count - image, places - place);
        read(image, memory.subarray(place * pixels, (place + length) * pixels));
        done += length;
      }
    },
  };
}

/** Reads images `from`, from + 1, ... of a split, wherever it keeps them, until `target` is full. */
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
      `Cannot go on reading "${path}" as it must stay as it was when it was opened, ${size} bytes: ${what}; ` +
        "start again when nothing writes to it",
    );
  return {
    read(from, target) {
      const now = file.statSync();
      if (now.size !== size) throw changed(`current size is ${now.size} bytes`);
      if (now.mtime?.getTime() !== modified) throw changed("it was written to");
      file.seekSync(start + from * pixels, Deno.SeekMode.Start);
      for (let done = 0; done < target.length;) {
        const read = file.readSync(target.subarray(done));
        if (read === null) throw changed("it became shorter");
        done += read;
      }
    },
    close: () => file.close(),
  };
}
