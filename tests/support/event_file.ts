/** A reader of TensorBoard's event files: records with their checksums, and messages as fields, whatever they mean. */
import { strictEqual as equal } from "node:assert/strict";
import { crc32c } from "../../src/export/tensorboard/record.ts";

/** The field of a message: its number, and its content as bytes or a number. */
export interface Field {
  readonly field: number;
  readonly value: Uint8Array | number;
}

/** The messages of a file; an incomplete last record is an error. */
export function readRecords(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [], view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    equal(view.getUint32(at + 8, true), masked(crc32c(bytes.subarray(at, at + 8))), `length at ${at}`);
    const message = bytes.subarray(at + 12, at + 12 + length);
    equal(view.getUint32(at + 12 + length, true), masked(crc32c(message)), `message at ${at}`);
    messages.push(message);
    at += 16 + length;
  }
  return messages;
}

function masked(crc: number): number {
  return Number((BigInt(crc >>> 15 | crc << 17) + 0xa282ead8n) & 0xffffffffn);
}

/** The fields of a message in order. */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < message.length) {
    const key = varint(), field = key >> 3;
    if ((key & 7) === 0) fields.push({ field, value: varint() });
    else if ((key & 7) === 1) fields.push({ field, value: view.getFloat64((at += 8) - 8, true) });
    else if ((key & 7) === 5) fields.push({ field, value: view.getFloat32((at += 4) - 4, true) });
    else {
      const length = varint();
      fields.push({ field, value: message.subarray(at, at += length) });
    }
  }
  return fields;
}

/** The first field of this number; `undefined` when there is none. */
export function fieldOf(message: Uint8Array, field: number): Uint8Array | number | undefined {
  return fieldsOf(message).find((one) => one.field === field)?.value;
}

const text = (bytes: Uint8Array | number | undefined) => new TextDecoder().decode(bytes as Uint8Array);

/** A value of a summary: a scalar, the height, width and bytes of a picture, or the content of a plugin. */
export interface ReadValue {
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly scalar?: number;
  readonly image?: readonly (Uint8Array | number)[];
  readonly plugin?: Uint8Array;
  readonly description?: string;
}

/** What a file holds: its version, how many (re)starts, and all values in order. */
export function readEventFile(bytes: Uint8Array) {
  let version: string | undefined, starts = 0;
  const values: ReadValue[] = [];
  for (const event of readRecords(bytes)) {
    const [time, step] = [fieldOf(event, 1) as number, fieldOf(event, 2) as number];
    const named = fieldOf(event, 3), session = fieldOf(event, 7), summary = fieldOf(event, 5);
    if (named !== undefined) version = text(named);
    if (session !== undefined && fieldOf(session as Uint8Array, 1) === 1) starts++;
    if (summary === undefined) continue;
    for (const { value } of fieldsOf(summary as Uint8Array)) {
      const message = value as Uint8Array, image = fieldOf(message, 4);
      const metadata = (fieldOf(message, 9) ?? new Uint8Array()) as Uint8Array;
      const plugin = fieldOf(metadata, 1) as Uint8Array | undefined, description = fieldOf(metadata, 3);
      values.push({
        tag: text(fieldOf(message, 1)),
        step,
        time,
        scalar: fieldOf(message, 2) as number | undefined,
        image: image === undefined ? undefined : fieldsOf(image as Uint8Array).map(({ value }) => value),
        plugin: plugin === undefined ? undefined : fieldOf(plugin, 2) as Uint8Array | undefined,
        description: description === undefined ? undefined : text(description),
      });
    }
  }
  return { version, starts, values };
}

/** The newest event file in a folder. */
export function newestEventFile(folder: string): string {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.includes("tfevents")
  );
  return `${folder}/${names.sort().at(-1)}`;
}
