import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { RunError } from "../../src/core/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/core/safetensors.ts";

/** A file with any header and a number of zero bytes after it. */
function fileOf(header: string, data: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  return new Uint8Array([text.length, 0, 0, 0, 0, 0, 0, 0, ...text, ...new Uint8Array(data)]);
}

Deno.test("encodeSafetensors follows the format, byte for byte", () => {
  const bytes = encodeSafetensors([{ name: "w", shape: [1, 2], data: Float32Array.of(1, -2) }]);
  const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
  equal(header.length, 56, "with the 8 bytes of the length that is a multiple of 8 already");
  deepEqual([...bytes.subarray(0, 8)], [56, 0, 0, 0, 0, 0, 0, 0]);
  equal(new TextDecoder().decode(bytes.subarray(8, 64)), header);
  deepEqual([...bytes.subarray(64)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});

Deno.test("encodeSafetensors pads the header with spaces to a multiple of eight bytes", () => {
  const bytes = encodeSafetensors([{ name: "bias", shape: [1], data: Float32Array.of(0.5) }], { seed: "42" });
  const length = bytes[0];
  equal(length % 8, 0);
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  equal(header.trimEnd() + " ".repeat(length - header.trimEnd().length), header);
  deepEqual(JSON.parse(header).__metadata__, { seed: "42" });
  equal(bytes.length, 8 + length + 4);
});

Deno.test("decodeSafetensors reads back what encodeSafetensors wrote, wherever the bytes begin", () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
  // JSON.parse gives the name __proto__ a meaning of its own, and the format __metadata__.
  const name = fc.string({ minLength: 1 }).filter((text) => !/^__(proto|metadata)__$/.test(text));
  const named = fc.uniqueArray(fc.tuple(name, shape), { selector: ([name]) => name, maxLength: 5 });
  const metadata = fc.dictionary(name, fc.string(), { noNullPrototype: true });
  fc.assert(
    fc.property(named, metadata, fc.nat(7), (list, metadata, shift) => {
      const tensors = list.map(([name, shape]) => ({
        name,
        shape,
        data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index / 3),
      }));
      const bytes = encodeSafetensors(tensors, metadata);
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      const read = decodeSafetensors(shifted.subarray(shift));
      const sorted = (items: readonly { name: string }[]) =>
        [...items].sort((a, b) => a.name < b.name ? -1 : 1);
      deepEqual(sorted(read.tensors), sorted(tensors));
      deepEqual({ ...read.metadata }, { ...metadata });
    }),
  );
});

Deno.test("encodeSafetensors refuses a shape that does not fit and a name that is taken", () => {
  const data = Float32Array.of(1, 2, 3);
  throws(
    () => encodeSafetensors([{ name: "w", shape: [2, 2], data }]),
    /"w" must have 4 numbers for its shape \[2,2\], got 3/,
  );
  const w = { name: "w", shape: [3], data };
  throws(() => encodeSafetensors([w, w]), /must be unique, got "w" twice/);
});

Deno.test("decodeSafetensors refuses every truncation and other damage, and reports it", () => {
  const whole = encodeSafetensors([{ name: "w", shape: [3], data: Float32Array.of(1, 2, 3) }]);
  for (let length = 0; length < whole.length; length++) {
    throws(() => decodeSafetensors(whole.subarray(0, length), "m"), RunError);
  }
  const entry = (shape: string, offsets: string, dtype = "F32") =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
  const damages: [string, number, RegExp][] = [
    ["[1", 0, /with a JSON header/],
    ['{"w":7}', 0, /describes tensors of 32-bit floats: w: /],
    [`{"w":${entry("[1]", "[0,2]", "F16")}}`, 2, /w.dtype: /],
    [`{"w":${entry("[2]", "[0,4]")}}`, 4, /"w" \[2\] at bytes 0 to 8, got 0 to 4/],
    [`{"v":${entry("[1]", "[0,4]")},"w":${entry("[1]", "[0,4]")}}`, 4, /"w" \[1\] at bytes 4 to 8/],
    [`{"w":${entry("[1]", "[4,8]")}}`, 8, /at bytes 0 to 4, got 4 to 8/],
    [`{"w":${entry("[1]", "[0,4]")}}`, 5, /with 4 bytes after its header, got 5/],
    ['{"__metadata__":{"seed":1}}', 0, /__metadata__.seed: /],
  ];
  for (const [header, data, message] of damages) {
    throws(() => decodeSafetensors(fileOf(header, data), "m"), message);
  }
});
