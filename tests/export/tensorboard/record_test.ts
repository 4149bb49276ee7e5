import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { crc32c, tfRecord } from "../../../src/export/tensorboard/record.ts";
import { readRecords } from "../../support/event_file.ts";

Deno.test("crc32c() gives the checksums that RFC 3720 lists", () => {
  const cases: [Uint8Array, number][] = [
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(255), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, place) => place), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, place) => 31 - place), 0x113fdb5c],
    [new TextEncoder().encode("123456789"), 0xe3069283],
  ];
  for (const [bytes, crc] of cases) equal(crc32c(bytes), crc);
});

Deno.test("tfRecord() frames a message as TensorFlow does", () => {
  // What RecordWriter(file).write(b"hello") of the Python package tensorboard writes.
  const record = tfRecord(new TextEncoder().encode("hello"));
  equal(record.toHex(), "0500000000000000eab2043e68656c6c6fbb1f1c19");
  deepEqual(readRecords(record), [new TextEncoder().encode("hello")]);
});
