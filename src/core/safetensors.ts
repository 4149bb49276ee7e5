// A safetensors file: the header's length (8 bytes, little-endian), the header (JSON), the numbers of all tensors.

/**
 * Writes and reads safetensors, the plain format for named tensors (github.com/huggingface/safetensors, "Format").
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "./errors.ts";

/** A tensor with its name. */
export interface NamedTensor {
  readonly name: string;
  /** The size of each dimension. */
  readonly shape: readonly number[];
  /** Row-major. Length: the product of `shape`. */
  readonly data: Float32Array;
}

/** The content of a safetensors file. */
export interface Safetensors {
  /** In the order in which the file has them. */
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
const METADATA = "__metadata__";
const elements = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The bytes of a safetensors file with these tensors, in this order, as 32-bit floats. */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.keys(metadata).length === 0 ? {} : { [METADATA]: metadata };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    if (Object.hasOwn(header, name) || name === METADATA) {
      throw new RangeError(
        `the names of tensors must be unique, got "${name}" twice`,
      );
    }
    if (elements(shape) !== data.length) {
      throw new RangeError(
        `"${name}" must have ${elements(shape)} numbers for its shape [${shape}], got ${data.length}`,
      );
    }
    header[name] = { dtype: "F32", shape, data_offsets: [end, end += data.byteLength] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header let the numbers begin at a multiple of eight bytes.
  const start = Math.ceil((LENGTH_BYTES + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  bytes.set(text, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + text.length, start);
  let position = start;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

const count = z.int().nonnegative();
const TensorEntry = z.strictObject({
  dtype: z.literal("F32"),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
const Header = z.object({ [METADATA]: z.record(z.string(), z.string()).default({}) }).catchall(TensorEntry);

function parseHeader(bytes: Uint8Array, must: string): { header: z.output<typeof Header>; start: number } {
  const stated = bytes.length < LENGTH_BYTES
    ? undefined
    : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (stated === undefined || stated > bytes.length - LENGTH_BYTES) {
    throw new RunError(
      `${must} with a whole header, got one of ${bytes.length} bytes that was cut off`,
    );
  }
  const start = LENGTH_BYTES + stated;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, start)));
  } catch (thrown) {
    throw new RunError(`${must} with a JSON header: ${messageOf(thrown)}`);
  }
  const parsed = Header.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new RunError(
      `${must} whose header describes tensors of 32-bit floats: ${path.join(".")}: ${message}`,
    );
  }
  return { header: parsed.data, start };
}

/**
 * Reads the bytes of a safetensors file of 32-bit floats, strictly: the tensors must fill the file without gap or overlap. `file` is
 * its name for errors.
 */
export function decodeSafetensors(bytes: Uint8Array, file = "the file"): Safetensors {
  const must = `"${file}" must be a safetensors file`;
  const { header: { [METADATA]: metadata, ...entries }, start } = parseHeader(bytes, must);
  let end = 0;
  const inFile = bytes.length - start;
  const inOrder = Object.entries(entries as Record<string, z.output<typeof TensorEntry>>).sort((
    [, a],
    [, b],
  ) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  const tensors = inOrder.map(([name, { shape, data_offsets: [from, to] }]) => {
    const needed = elements(shape) * Float32Array.BYTES_PER_ELEMENT;
    if (from !== end || to !== from + needed) {
      throw new RunError(
        `${must} with "${name}" [${shape}] at bytes ${end} to ${
          end + needed
        }, got ${from} to ${to} in its header`,
      );
    }
    if (to > inFile) {
      throw new RunError(
        `${must} with "${name}" up to byte ${to}, got ${inFile} bytes after its header: it was cut off`,
      );
    }
    end = to;
    // A copy, as the bytes may begin anywhere and floats may not.
    return { name, shape, data: new Float32Array(bytes.slice(start + from, start + to).buffer) };
  });
  if (end !== inFile) {
    throw new RunError(
      `${must} with ${end} bytes after its header, got ${inFile}`,
    );
  }
  return { tensors, metadata };
}
