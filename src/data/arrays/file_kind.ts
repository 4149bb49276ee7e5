/** Recognises files by their first bytes, to say what was found where another format was expected. @module */

/** One character for each byte; the decoder of "latin1" is that of another table. */
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

const BEGINNINGS: readonly (readonly [beginning: string, what: string])[] = [
  ["\x93NUMPY", "a NumPy array (read it with npy())"],
  ["PK\x03\x04", "a zip archive (npz() reads .npz files; unpack others first)"],
  ["PK\x05\x06", "an empty zip archive"],
  ["\x89HDF", "an HDF5 file (save its arrays with np.savez, and read them with npz())"],
  ["\x89PNG", "a PNG picture (read a folder of pictures with images())"],
  ["\xff\xd8\xff", "a JPEG picture (read a folder of pictures with images())"],
  ["GIF8", "a GIF picture (read a folder of pictures with images())"],
  ["\x1f\x8b", "a gzip file (unpack it with gunzip)"],
  ["BZh", "a bzip2 file (unpack it with bunzip2)"],
  ["\xfd7zXZ", "an xz file (unpack it with unxz)"],
  ["PAR1", "a Parquet table"],
  ["ARROW1", "an Arrow table"],
  ["MATLAB", "a MATLAB file (save its arrays with np.savez, and read them with npz())"],
  ["\x80\x02", "a Python pickle (save its arrays with np.savez, and read them with npz())"],
  ["\x80\x03", "a Python pickle (save its arrays with np.savez, and read them with npz())"],
  ["\x80\x04", "a Python pickle (save its arrays with np.savez, and read them with npz())"],
  ["\x80\x05", "a Python pickle (save its arrays with np.savez, and read them with npz())"],
  ["<", "a text, maybe the page of an error (fetch it again)"],
];

const IDX_TYPES = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];

/** The bytes of a record of CIFAR-10 and of CIFAR-100. */
const CIFAR_10 = 3073, CIFAR_100 = 3074;

/** What a file is, by its first bytes and its size, with what to do; `undefined` where that cannot be seen. */
export function fileKind(start: Uint8Array, size: number): string | undefined {
  if (size === 0) return "an empty file (fetch or write it again)";
  const begin = text(start.subarray(0, 16));
  const known = BEGINNINGS.find(([beginning]) => begin.startsWith(beginning));
  if (known !== undefined) return known[1];
  if (start[0] === 0 && start[1] === 0 && IDX_TYPES.includes(start[2]) && start[3] > 0 && start[3] < 9) {
    return "an IDX file (read it with idx())";
  }
  if (size % CIFAR_10 === 0 && start[0] < 10) {
    return "a batch of CIFAR-10, by its size (read its folder with cifar10())";
  }
  if (size % CIFAR_100 === 0 && start[0] < 20 && start[1] < 100) {
    return "a file of CIFAR-100, by its size, which is not read (save its arrays with np.savez, and read them with npz())";
  }
  return undefined;
}
