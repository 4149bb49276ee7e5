/**
 * Encoders of picture files for the pictures of `sheet.ts` and `scatter.ts`.
 *
 * @module
 */
export { encodeGif } from "./gif.ts";
export { encodePng } from "./png.ts";
