// A zip archive: members (a local header, then bytes), the central directory (a header for each member), the record of its end.

/**
 * Reads the directory of a zip archive (PKWARE APPNOTE 6.3.10, with its 64-bit fields) and the members by ranges.
 *
 * Libraries for zip read whole archives or read asynchronously; a plan needs the sizes of arrays synchronously, from a few bytes of a
 * large file. Unpacking is zlib's.
 *
 * @module
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { messageOf, RunError, shortened } from "../../core/errors.ts";

/** A member of an archive. */
export interface ZipMember {
  readonly name: string;
  readonly isPacked: boolean;
  /** Its bytes as they lie in the archive, and unpacked. */
  readonly packedSize: number;
  readonly size: number;
  readonly crc: number;
  /** The byte at which its local header begins. */
  readonly at: number;
}

const END = 0x06054b50, END_64 = 0x06064b50, LOCATOR_64 = 0x07064b50, ENTRY = 0x02014b50, LOCAL = 0x04034b50;
const END_BYTES = 22, LOCATOR_BYTES = 20, END_64_BYTES = 56, ENTRY_BYTES = 46, LOCAL_BYTES = 30;

/** The longest comment that may follow the end record. */
const COMMENT_BYTES = 0xffff;

/** Directories that are larger than this have more members than any archive of arrays. */
const MOST_DIRECTORY = 64 << 20;

const STORED = 0, DEFLATED = 8;

/** A field of 32 or 16 bits of this value is in 64 bits elsewhere. */
const IS_64 = 0xffffffff, IS_64_SHORT = 0xffff;

const ENCRYPTED = 1;

function damaged(path: string, why: string): RunError {
  return new RunError(`"${path}" must be a whole zip archive, got ${why} (fetch or write it again)`);
}

function viewAt(file: Deno.FsFile, path: string, at: number, length: number): DataView {
  if (at < 0) throw damaged(path, "one that was cut off");
  const bytes = new Uint8Array(length);
  file.seekSync(at, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const read = file.readSync(bytes.subarray(done));
    if (read === null) throw damaged(path, "one that was cut off");
    done += read;
  }
  return new DataView(bytes.buffer);
}

const word64 = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

/** Where the directory is, and how many members it has. */
function findDirectory(file: Deno.FsFile, path: string): { at: number; length: number; count: number } {
  const { size } = file.statSync(), tail = Math.min(size, END_BYTES + COMMENT_BYTES);
  const view = viewAt(file, path, size - tail, tail);
  for (let at = tail - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) !== tail) continue;
    const count = view.getUint16(at + 10, true), length = view.getUint32(at + 12, true);
    const start = view.getUint32(at + 16, true);
    if (count !== IS_64_SHORT && length !== IS_64 && start !== IS_64) return { at: start, length, count };
    const locator = viewAt(file, path, size - tail + at - LOCATOR_BYTES, LOCATOR_BYTES);
    if (locator.getUint32(0, true) !== LOCATOR_64) return { at: start, length, count };
    const end = viewAt(file, path, word64(locator, 8), END_64_BYTES);
    if (end.getUint32(0, true) !== END_64) throw damaged(path, "one whose end is damaged");
    return { at: word64(end, 48), length: word64(end, 40), count: word64(end, 32) };
  }
  throw damaged(path, "one without a directory, which was cut off or is no zip");
}

/** The fields of a member that may have 64 bits, in the order in which an extra field has them. */
function extended(view: DataView, from: number, to: number, fields: number[]): number[] {
  for (let at = from; at + 4 <= to;) {
    const id = view.getUint16(at, true), end = at + 4 + view.getUint16(at + 2, true);
    if (id === 1) {
      let next = at + 4;
      return fields.map((field) => {
        if (field !== IS_64 || next + 8 > Math.min(end, to)) return field;
        next += 8;
        return word64(view, next - 8);
      });
    }
    at = end;
  }
  return fields;
}

/** The members of an archive. @throws {RunError} When it is damaged. */
export function readZipDirectory(path: string): ZipMember[] {
  using file = Deno.openSync(path);
  const { at: start, length, count } = findDirectory(file, path);
  if (length > MOST_DIRECTORY || start + length > file.statSync().size) {
    throw damaged(path, "one whose directory is not where its end says");
  }
  const view = viewAt(file, path, start, length), members: ZipMember[] = [];
  for (let at = 0; members.length < count;) {
    const { member, end } = readEntry(view, at, path);
    members.push(member);
    at = end;
  }
  return members;
}

/** The entry of the directory at a byte, and the byte after it. */
function readEntry(view: DataView, at: number, path: string): { member: ZipMember; end: number } {
  const length = view.byteLength;
  if (at + ENTRY_BYTES > length || view.getUint32(at, true) !== ENTRY) {
    throw damaged(path, "one whose directory is damaged");
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
    view.getUint16(at + field, true)
  );
  const nameEnd = at + ENTRY_BYTES + nameLength, end = nameEnd + extraLength + commentLength;
  if (end > length) throw damaged(path, "one whose directory is damaged");
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + ENTRY_BYTES, nameLength));
  const flags = view.getUint16(at + 8, true), method = view.getUint16(at + 10, true);
  checkPacking(name, flags, method, path);
  const [size, packedSize, local] = extended(
    view,
    nameEnd,
    nameEnd + extraLength,
    [24, 20, 42].map((field) => view.getUint32(at + field, true)),
  );
  const crc = view.getUint32(at + 16, true);
  return { member: { name, isPacked: method === DEFLATED, packedSize, size, crc, at: local }, end };
}

function checkPacking(name: string, flags: number, method: number, path: string): void {
  if ((flags & ENCRYPTED) === 0 && (method === STORED || method === DEFLATED)) return;
  const how = (flags & ENCRYPTED) !== 0 ? "encrypted" : `packed by method ${method}`;
  throw new RunError(
    `members of "${path}" must be stored or deflated, got "${
      shortened(name)
    }", which is ${how} (write it with np.savez)`,
  );
}

/** The byte at which the content of a member begins. */
export function startOfMember(path: string, { name, at, packedSize }: ZipMember): number {
  using file = Deno.openSync(path);
  const header = viewAt(file, path, at, LOCAL_BYTES);
  if (header.getUint32(0, true) !== LOCAL) throw damaged(path, `a damaged member "${shortened(name)}"`);
  const start = at + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packedSize > file.statSync().size) throw damaged(path, "one that was cut off");
  return start;
}

/** The first bytes of a member, unpacked: at most `most`. */
export function peekMember(path: string, member: ZipMember, most: number): Uint8Array<ArrayBuffer> {
  using file = Deno.openSync(path);
  const start = startOfMember(path, member);
  const bytes = new Uint8Array(
    viewAt(file, path, start, Math.min(most, member.packedSize)).buffer as ArrayBuffer,
  );
  if (!member.isPacked) return bytes;
  try {
    // The flush mode allows the end to be missing.
    return Uint8Array.from(
      inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, Math.min(most, member.size)),
    );
  } catch (thrown) {
    throw damaged(path, `a damaged member "${shortened(member.name)}": ${messageOf(thrown)}`);
  }
}

const PART_BYTES = 1 << 18;

/**
 * The unpacked bytes of a member from `from` on, a part at a time. It ends with an error where a member unpacks to more or less than the
 * directory says, or has another checksum.
 */
export async function* unpackMember(
  path: string,
  member: ZipMember,
  from: number,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const what = `a damaged member "${shortened(member.name)}"`;
  let at = 0, sum = 0;
  try {
    for await (const part of unpacked(path, member)) {
      sum = crc32(part, sum);
      const skipped = Math.max(0, Math.min(part.length, from - at));
      at += part.length;
      if (at > member.size) throw damaged(path, `${what}, which unpacks to more than it says`);
      if (skipped < part.length) yield part.subarray(skipped);
    }
  } catch (thrown) {
    throw thrown instanceof RunError ? thrown : damaged(path, `${what}: ${messageOf(thrown)}`);
  }
  if (at !== member.size) throw damaged(path, `${what}, which unpacks to less than it says`);
  if (sum !== member.crc) throw damaged(path, `${what}, whose checksum is another one`);
}

function unpacked(path: string, member: ZipMember): ReadableStream<Uint8Array<ArrayBuffer>> {
  const file = Deno.openSync(path);
  let at = 0, start: number;
  try {
    start = startOfMember(path, member);
  } catch (thrown) {
    file.close();
    throw thrown;
  }
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const length = Math.min(PART_BYTES, member.packedSize - at);
      if (length === 0) {
        file.close();
        return controller.close();
      }
      controller.enqueue(new Uint8Array(viewAt(file, path, start + at, length).buffer as ArrayBuffer));
      at += length;
    },
    cancel: () => file.close(),
  });
  return member.isPacked ? packed.pipeThrough(new DecompressionStream("deflate-raw")) : packed;
}
