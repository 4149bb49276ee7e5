/** Zip archives for tests, also such as no honest program writes. */
import { crc32, deflateRawSync } from "node:zlib";

/** A member, and what its headers say of it. */
export interface Member {
  readonly name: string;
  readonly content: Uint8Array;
  /** What is packed instead of the content. */
  readonly packed?: ArrayLike<number>;
  readonly size?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
}

/** The bytes of an archive; sizes have 64 bits. */
export function zipBytes(members: readonly Member[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, packed, size = content.length, crc, method = 8, flags = 0 } of members) {
    const named = new TextEncoder().encode(name), bytes = deflateRawSync(Uint8Array.from(packed ?? content));
    const header = new Uint8Array(26), view = new DataView(header.buffer);
    view.setUint16(0, 45, true);
    view.setUint16(2, flags, true);
    view.setUint16(4, method, true);
    view.setUint32(10, crc ?? crc32(content), true);
    view.setUint32(14, 0xffffffff, true);
    view.setUint32(18, 0xffffffff, true);
    view.setUint16(22, named.length, true);
    view.setUint16(24, 20, true);
    const extra = new DataView(new ArrayBuffer(20));
    extra.setUint16(0, 1, true);
    extra.setUint16(2, 16, true);
    extra.setBigUint64(4, BigInt(size), true);
    extra.setBigUint64(12, BigInt(bytes.length), true);
    const local = [Uint8Array.of(0x50, 0x4b, 3, 4), header, named, new Uint8Array(extra.buffer), bytes];
    parts.push(...local);
    const place = new DataView(new ArrayBuffer(14));
    place.setUint32(10, at, true);
    directory.push(
      Uint8Array.of(0x50, 0x4b, 1, 2, 45, 0),
      header,
      new Uint8Array(place.buffer),
      named,
      new Uint8Array(extra.buffer),
    );
    at += local.reduce((sum, { length }) => sum + length, 0);
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, members.length, true);
  end.setUint16(10, members.length, true);
  end.setUint32(12, directory.reduce((sum, { length }) => sum + length, 0), true);
  end.setUint32(16, at, true);
  return new Uint8Array([...parts, ...directory, new Uint8Array(end.buffer)].flatMap((part) => [...part]));
}
