/**
 * TFRecord: the framing of the messages in an event file. A reader takes whole records and returns to a cut one when it has grown.
 *
 * Format: https://www.tensorflow.org/tutorials/load_data/tfrecord; CRC-32C: RFC 3720, B.4.
 *
 * @module
 */

/** The reversed polynomial of CRC-32C (Castagnoli). */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The CRC-32C of some bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ crc >>> 8;
  return ~crc >>> 0;
}

/** A checksum as records hold it: rotated right by 15 bits plus a constant, as the checksum of a text with its checksum would be 0. */
function masked(crc: number): number {
  return ((crc >>> 15 | crc << 17) + 0xa282ead8) >>> 0;
}

/** The bytes around a message: its length and that length's checksum before it, its own checksum after it. */
const HEAD = 12, FOOT = 4;

/** A message as a record: `uint64 length, uint32 masked CRC of the length, the message, uint32 masked CRC of the message`. */
export function tfRecord(message: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD + message.length + FOOT), view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(message, HEAD);
  view.setUint32(HEAD + message.length, masked(crc32c(message)), true);
  return record;
}
