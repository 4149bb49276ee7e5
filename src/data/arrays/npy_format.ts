// A .npy file: "\x93NUMPY", major, minor, the header's length (2 bytes, from version 2 on 4), the header as a Python literal, the numbers.

/**
 * Reads the header of NumPy's file format (numpy.lib.format, versions 1.0 to 3.0).
 *
 * @module
 */
import { RunError, shortened } from "../../core/errors.ts";
import { fileKind } from "./file_kind.ts";
import { bytesOfNumber, type NumberCode, type NumberType, numberTypeText } from "./number_type.ts";
import { countOf } from "./stored_array.ts";

/** What a header says. */
export interface NpyHeader {
  readonly type: NumberType;
  readonly isFortran: boolean;
  readonly sizes: readonly number[];
  /** The byte at which the numbers begin. */
  readonly start: number;
}

/** Enough bytes for the header of an array of numbers. */
export const HEADER_BYTES = 4096;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const CODES = "b1 u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8".split(" ");

/** Types that hold no real numbers, by their letter, and what to do. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  O: "Python objects, whose pickle is a program (save numbers: x.astype('float32'))",
  U: "texts (save numbers: np.unique(x, return_inverse=True)[1] for labels)",
  S: "texts (save numbers: np.unique(x, return_inverse=True)[1] for labels)",
  a: "texts (save numbers: np.unique(x, return_inverse=True)[1] for labels)",
  c: "complex numbers (save x.real, x.imag or np.abs(x))",
  M: "dates (save numbers: x.astype('int64').astype('float32'))",
  m: "durations (save numbers: x.astype('int64').astype('float32'))",
  V: "records (save their fields as one array of numbers)",
  f: "numbers of another precision (save x.astype('float32'))",
};

const FORM =
  /^\{(?=.*'descr': *(?:'([^']*)'|(\[)))(?=.*'fortran_order': *(True|False))(?=.*'shape': *\(([\d, L]*)\)).*\}\s*$/s;

/**
 * Reads a header from the first bytes of a file; `name` is that of the array for errors, `size` the file's own.
 *
 * @throws {RunError} When it is none, or is not one of real numbers whose sizes the file has room for.
 */
export function parseNpyHeader(bytes: Uint8Array, name: string, size: number): NpyHeader {
  const must = `${name} must be a NumPy array of real numbers`;
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) {
    throw new RunError(
      `${must} (.npy), got ${fileKind(bytes, size) ?? "another kind of file (save it with np.save)"}`,
    );
  }
  const { text, start } = headerText(bytes, must, size);
  const [, descr, isRecord, order, shape] = FORM.exec(text) ?? [];
  if (order === undefined) {
    throw new RunError(`${must}, got the header ${shortened(JSON.stringify(text))} (save it again)`);
  }
  const type = numberTypeOf(isRecord === undefined ? descr : "|V", must);
  const sizes = shape.split(",").map((one) => one.trim().replace(/L$/, "")).filter((one) => one !== "").map(
    Number,
  );
  const whole = countOf(sizes) * bytesOfNumber(type), found = size - start;
  if (!Number.isSafeInteger(whole) || sizes.some((one) => !Number.isSafeInteger(one)) || whole !== found) {
    const remedy = found < whole ? "it was cut off" : "it has more than its header says";
    throw new RunError(
      `${must} with ${whole.toLocaleString("en-US")} bytes after its header for ${
        sizes.join("x") || "1"
      } numbers of ${numberTypeText(type)}, got ${found.toLocaleString("en-US")}: ${remedy} (save it again)`,
    );
  }
  return { type, isFortran: order === "True", sizes, start };
}

function headerText(bytes: Uint8Array, must: string, size: number): { text: string; start: number } {
  const [major, minor] = [bytes[6], bytes[7]], view = new DataView(bytes.buffer, bytes.byteOffset);
  if (major < 1 || major > 3 || minor !== 0) {
    throw new RunError(`${must} of version 1.0, 2.0 or 3.0, got ${major}.${minor} (save it with np.save)`);
  }
  const from = major === 1 ? 10 : 12;
  const length = bytes.length < from
    ? Infinity
    : major === 1
    ? view.getUint16(8, true)
    : view.getUint32(8, true);
  if (from + length > size) {
    throw new RunError(`${must}, got a file that was cut off in its header (fetch or write it again)`);
  }
  if (from + length > bytes.length) {
    throw new RunError(
      `${must}, got a header of ${
        length.toLocaleString("en-US")
      } bytes, as only records have (save their fields as one array)`,
    );
  }
  return { text: new TextDecoder().decode(bytes.subarray(from, from + length)), start: from + length };
}

function numberTypeOf(descr: string, must: string): NumberType {
  const [, order, code, letter] = /^([<>|=]?)(([a-zA-Z?])\d*)/.exec(descr) ?? [];
  const known = code === "?" ? "b1" : code;
  if (known !== undefined && CODES.includes(known) && descr === order + code) {
    return { code: known as NumberCode, isLittleEndian: order !== ">" };
  }
  const what = OTHER_TYPES[letter] ?? "a type that is not known (save x.astype('float32'))";
  throw new RunError(`${must}, got ${shortened(JSON.stringify(descr))}: ${what}`);
}
