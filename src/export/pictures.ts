/**
 * Encoders of picture files for the pictures of `sheet.ts` and `scatter.ts`.
 *
 * @module
 */
export { encodeGif, type GifOptions } from "./gif.ts";
export type { Picture } from "./picture.ts";
export { encodePng } from "./png.ts";
