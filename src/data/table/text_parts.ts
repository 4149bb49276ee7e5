/**
 * Text files in parts: gzipped or not, in UTF-8 or UTF-16, and in whole lines where that is possible.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";

/** Bytes that are read at a time. */
export const PIECE = 1 << 20;

/** A row may have at most this many characters; a longer one is a quote that is not closed. */
export const LONGEST_ROW = 1 << 24;

const LINE_FEED = 10;

/** The bytes of a file, piece by piece; gzipped ones are unpacked. A piece lasts until the next one. @throws {RunError} */
async function* bytePieces(path: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const start = new Uint8Array(2);
  await file.read(start);
  await file.seek(0, Deno.SeekMode.Start);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    yield* readPieces(file);
    return;
  }
  try {
    yield* ungzipped(file);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    throw new RunError(
      `"${path}" must be a whole gzipped text, got one that does not unpack (write it again)`,
    );
  }
}

/** A part of a file. Parts are used in their order. */
interface Part {
  /** Its bytes where they are whole lines of UTF-8. */
  readonly lines?: Uint8Array;
  text(): string;
}

/** The parts of a file: whole lines where it is in UTF-8 and its lines end with a line feed. UTF-16 is found by its mark. @throws {RunError} */
export async function* partsOf(path: string, newline: string): AsyncGenerator<Part> {
  let decoder: TextDecoder | undefined, rest = new Uint8Array();
  const decoded = (bytes: Uint8Array, stream = false) => {
    try {
      return decoder?.decode(bytes, { stream }) ?? "";
    } catch {
      throw new RunError(
        `"${path}" must be a text in UTF-8, got other bytes (save it as UTF-8: iconv -f latin1 -t utf8)`,
      );
    }
  };
  for await (const piece of bytePieces(path)) {
    decoder ??= new TextDecoder(encodingOf(piece), { fatal: true });
    if (newline !== "\n" || decoder.encoding !== "utf-8") {
      yield { text: () => decoded(piece, true) };
      continue;
    }
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    const end = bytes.lastIndexOf(LINE_FEED) + 1, lines = bytes.subarray(0, end);
    if (end > 0) yield { lines, text: () => decoded(lines) };
    rest = bytes.slice(end);
    // The parser refuses it.
    if (rest.length > LONGEST_ROW) yield { text: () => decoded(rest, true) };
  }
  yield { text: () => decoded(rest) };
}

async function* readPieces(file: Deno.FsFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(PIECE);
  for (let count = await file.read(piece); count !== null; count = await file.read(piece)) {
    yield piece.subarray(0, count);
  }
}

async function* ungzipped(file: Deno.FsFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const source = ReadableStream.from(copies(file)).pipeThrough(new DecompressionStream("gzip"));
  yield* source;
}

async function* copies(file: Deno.FsFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const piece of readPieces(file)) yield piece.slice();
}

function encodingOf(piece: Uint8Array): string {
  if (piece[0] === 0xff && piece[1] === 0xfe) return "utf-16le";
  return piece[0] === 0xfe && piece[1] === 0xff ? "utf-16be" : "utf-8";
}

/** At least as many lines as a file has: line ends in its bytes, of which other letters of UTF-16 may have some too. */
export async function countLines(path: string, newline: string): Promise<number> {
  const code = newline.charCodeAt(0);
  let lines = 1;
  for await (const piece of bytePieces(path)) {
    for (let at = piece.indexOf(code); at >= 0; at = piece.indexOf(code, at + 1)) lines++;
  }
  return lines;
}
