/**
 * Picture files: what the pictures of `sheet.ts` and `scatter.ts` are written as.
 *
 * @module
 */
export { encodeGif, type GifOptions } from "./gif.ts";
export type { Picture } from "./picture.ts";
export { encodePng } from "./png.ts";
