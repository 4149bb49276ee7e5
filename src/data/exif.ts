// EXIF is a TIFF directory: byte order, 42, the offset of a list of 12-byte entries (tag, type, count, value).

/**
 * The orientation that cameras write beside a picture (EXIF 2.32, tag 274): 1 is upright; 2, 4, 5 and 7 are mirrored; 3, 6 and 8 are
 * turned by 180, 90 and 270 degrees.
 *
 * @module
 */

const ORIENTATION = 274, UPRIGHT = 1;
const PREFIX = "Exif\0\0";

/** The orientation in EXIF data, with or without its prefix; 1 where it states none, or is damaged, as viewers take it. */
export function exifOrientation(bytes: Uint8Array): number {
  const start = String.fromCharCode(...bytes.subarray(0, PREFIX.length)) === PREFIX ? PREFIX.length : 0;
  const data = bytes.subarray(start);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.byteLength < 8) return UPRIGHT;
  const order = view.getUint16(0), little = order === 0x4949;
  if (!little && order !== 0x4d4d) return UPRIGHT;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return UPRIGHT;
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > view.byteLength) return UPRIGHT;
    if (view.getUint16(at, little) === ORIENTATION) return view.getUint16(at + 8, little);
  }
  return UPRIGHT;
}
