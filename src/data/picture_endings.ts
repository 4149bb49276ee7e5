/** The endings of picture files, apart from the decoders, which finding files needs none of. @module */

/** The endings of the files that are taken for pictures. */
export const PICTURE_ENDINGS: readonly string[] = [
  ".png",
  ".jpg",
  ".jpeg",
  ".gif",
  ".webp",
  ".bmp",
  ".tif",
  ".tiff",
  ".pgm",
  ".ppm",
  ".pnm",
];

/** The endings of pictures of other formats. */
export const UNREAD_ENDINGS: readonly string[] = [
  ".heic",
  ".heif",
  ".avif",
  ".jp2",
  ".jxl",
  ".svg",
  ".psd",
  ".exr",
  ".hdr",
  ".tga",
  ".dcm",
  ".dng",
  ".cr2",
  ".nef",
  ".arw",
];
