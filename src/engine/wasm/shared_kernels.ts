// A memory import ends with its limits: a byte of flags (1: it has a maximum, 3: and is shared), then the sizes.

/**
 * The same kernels for a memory that two threads share: only the import's flag byte differs.
 *
 * @module
 */

/** `"env" "memory"` and the kind of a memory, as an import section has them. */
const IMPORT = [3, ...new TextEncoder().encode("env"), 6, ...new TextEncoder().encode("memory"), 2];
const WITH_MAXIMUM = 1, SHARED = 3;

/** A copy of the kernels' bytes whose memory is shared. @throws {TypeError} When the bytes are not the kernels. */
export function sharedKernels(kernels: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(kernels);
  const start = bytes.findIndex((_, at) => IMPORT.every((byte, offset) => bytes[at + offset] === byte));
  const flags = start + IMPORT.length;
  if (start < 0 || bytes[flags] !== WITH_MAXIMUM) {
    throw new TypeError(
      "the kernels must import a memory with a maximum to be shared, got none",
    );
  }
  bytes[flags] = SHARED;
  return bytes;
}
