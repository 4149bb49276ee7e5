// An .npy file: magic and version, the header's length, the header (a Python dict as text), the numbers.

/** Samples in a file of NumPy. @module */
import { RunError } from "../core/errors.ts";
import { sampleSize, type SampleValues } from "../core/shape.ts";
import type { SampleInput } from "./sample_input.ts";

const MAGIC = "\x93NUMPY";
const READERS = {
  "|u1": { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  "|b1": { bytes: 1, read: (view: DataView, at: number) => 255 * view.getUint8(at) },
  "<f4": { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  "<f8": { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
} as const;

/** Opens an .npy file; it is read batch by batch. */
export function npyInput(path: string): SampleInput {
  const file = Deno.openSync(path);
  try {
    const { shape, descr, start } = readHeader(file, path), { bytes, read } = READERS[descr];
    const [count, ...rest] = shape,
      sample = rest.length === 2 ? [...rest, 1] : rest.length === 0 ? [1] : rest;
    const size = sampleSize(sample), needed = start + count * size * bytes;
    if (file.statSync().size !== needed) {
      throw new RunError(
        `"${path}" must have ${needed} bytes for its shape [${shape}], got ${file.statSync().size}`,
      );
    }
    return {
      count,
      kind: bytes === 1 ? "bytes" : "floats",
      shape: sample,
      read(from, target: SampleValues) {
        const isPlain = descr === "|u1" || descr === "<f4";
        const raw = isPlain
          ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
          : new Uint8Array(target.length * bytes);
        file.seekSync(start + from * size * bytes, Deno.SeekMode.Start);
        for (let done = 0; done < raw.length;) {
          const read = file.readSync(raw.subarray(done));
          if (read === null) {
            throw new RunError(`"${path}" must not change while it is read, got an early end`);
          }
          done += read;
        }
        if (isPlain) return;
        const view = new DataView(raw.buffer);
        for (let at = 0; at < target.length; at++) target[at] = read(view, at * bytes);
      },
      close: () => file.close(),
    };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

function readHeader(
  file: Deno.FsFile,
  path: string,
): { shape: number[]; descr: keyof typeof READERS; start: number } {
  const first = new Uint8Array(4096), got = file.readSync(first) ?? 0;
  const must = `"${path}" must be an .npy file`;
  if (String.fromCharCode(...first.subarray(0, 6)) !== MAGIC || got < 12) {
    throw new RunError(`${must}, got other content`);
  }
  const view = new DataView(first.buffer), isOld = first[6] === 1;
  const length = isOld ? view.getUint16(8, true) : view.getUint32(8, true), begin = isOld ? 10 : 12;
  const text = new TextDecoder().decode(first.subarray(begin, Math.min(begin + length, got)));
  const descr = /'descr': '([^']+)'/.exec(text)?.[1] ?? "", shape = /'shape': \(([\d, ]*)\)/.exec(text)?.[1];
  if (shape === undefined || !Object.hasOwn(READERS, descr) || !text.includes("'fortran_order': False")) {
    throw new RunError(`${must} of ${Object.keys(READERS).join(", ")} in C order, got ${text.trim()}`);
  }
  const sizes = shape.split(",").filter((part) => part.trim() !== "").map(Number);
  return { shape: sizes, descr: descr as keyof typeof READERS, start: begin + length };
}
