import { strictEqual as equal } from "node:assert/strict";
import { bytes, double, integer, integers, join, single, text } from "../../src/core/protobuf.ts";

Deno.test("protobuf's fields are the bytes that its documentation has", () => {
  // The first two are the examples of https://protobuf.dev/programming-guides/encoding.
  equal(integer(1, 150).toHex(), "089601");
  equal(text(2, "testing").toHex(), "120774657374696e67");
  equal(integers(6, [3, 270, 86942]).toHex(), "3206038e029ea705");
  equal(bytes(3, integer(1, 150)).toHex(), "1a03089601");
  equal(single(5, 1.5).toHex(), "2d0000c03f");
  equal(double(1, -2).toHex(), "0900000000000000c0");
  // Two bytes for the number of a field above 15, ten for a negative number, eight for 2^53 - 1.
  equal(integer(16, 0).toHex(), "800100");
  equal(integer(1, -2).toHex(), "08feffffffffffffffff01");
  equal(integer(1, Number.MAX_SAFE_INTEGER).toHex(), "08ffffffffffffff0f");
  equal(join([integer(1, 0), integer(2, 127), integer(3, 128)]).toHex(), "0800107f188001");
});
