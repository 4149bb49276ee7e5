/** Access to the images of a program. @module */
import type { ProgramOptions } from "./engine.ts";

/**
 * The images that a program was compiled with.
 *
 * @throws {TypeError} When there are none.
 */
export function compiledImages({ images }: ProgramOptions): NonNullable<ProgramOptions["images"]> {
  if (images !== undefined) return images;
  throw new TypeError(
    "gather() needs a program that was compiled with images, got none (set options.images)",
  );
}
