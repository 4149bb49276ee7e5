/**
 * Errors of picture files: a decoder's own messages name neither the file nor a remedy.
 *
 * @module
 */

/** A picture that cannot be used. Its message continues `"<file>" must be ...`. */
export class PictureError extends Error {
  override readonly name = "PictureError";
}

/** A picture whose bytes contradict its format: `must be a valid GIF picture, got one that was cut off`. */
export function damaged(format: string, found: string, cause?: unknown): PictureError {
  return new PictureError(`must be a valid ${format} picture, got ${found} (fix or remove the file)`, {
    cause,
  });
}

/** A picture of an unsupported kind: `must be a PNG picture of ..., got ...`. */
export function unsupported(must: string, found: string): PictureError {
  return new PictureError(`must be ${must}, got ${found} (convert or remove the file)`);
}
