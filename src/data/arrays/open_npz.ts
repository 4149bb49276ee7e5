/** Opens a .npz file, a zip archive of .npy files, of which only headers are read at first. @module */
import { RunError, shortened } from "../../core/errors.ts";
import { fileKind } from "./file_kind.ts";
import { HEADER_BYTES, parseNpyHeader } from "./npy_format.ts";
import { startOfFile } from "./open_npy.ts";
import type { StoredArray } from "./stored_array.ts";
import { peekMember, readZipDirectory, startOfMember, unpackMember, type ZipMember } from "./zip.ts";

/** The arrays of a file, by name. */
export interface NpzArchive {
  /** Where an array is. @throws {RunError} When there is none of this name, or it is not one of real numbers. */
  array(name: string): StoredArray;
}

/** At most how many bytes each packed byte unpacks to (Deflate). */
const MOST_EXPANSION = 1032;

/** An array that unpacks to more than this and to more than this many times its packed size is refused: few real ones do. */
const BOMB_BYTES = 1 << 30, BOMB_EXPANSION = 200;

const ENDING = ".npy";
const count = (bytes: number) => `${bytes.toLocaleString("en-US")} bytes`;

/** Opens a file. @throws {RunError} When it is no archive of arrays. */
export function openNpz(path: string): NpzArchive {
  const { start, size } = startOfFile(path, HEADER_BYTES);
  if (start[0] !== 0x50 || start[1] !== 0x4b) {
    throw new RunError(
      `"${path}" must be an archive of NumPy arrays (.npz), got ${
        fileKind(start, size) ?? "another kind of file (save it with np.savez)"
      }`,
    );
  }
  const members = readZipDirectory(path).filter(({ name }) => name.endsWith(ENDING));
  return {
    array(name) {
      const member = members.find((one) => one.name === name + ENDING);
      if (member === undefined) throw missing(path, name, members);
      return locate(path, name, member);
    },
  };
}

function missing(path: string, name: string, members: readonly ZipMember[]): RunError {
  const names = members.map((member) => `"${member.name.slice(0, -ENDING.length)}"`);
  return new RunError(
    `"${path}" must have an array "${shortened(name)}", got ${
      names.length === 0 ? "no array" : shortened(names.join(", "))
    } (name one of them, or save it with np.savez)`,
  );
}

function locate(path: string, array: string, member: ZipMember): StoredArray {
  const name = `"${array}" of "${path}"`, { size, packedSize, isPacked } = member;
  if (!isPacked && size !== packedSize) {
    throw new RunError(`${name} must have ${count(size)}, got ${count(packedSize)} (write it again)`);
  }
  const expansion = size / Math.max(1, packedSize);
  if (isPacked && (expansion > MOST_EXPANSION || (size > BOMB_BYTES && expansion > BOMB_EXPANSION))) {
    throw new RunError(
      `${name} must unpack to at most ${BOMB_EXPANSION} times its packed size, got ${count(size)} of ${
        count(packedSize)
      }, as an archive that is made to fill a disk has (write it with np.savez, which does not pack)`,
    );
  }
  const header = parseNpyHeader(peekMember(path, member, HEADER_BYTES), name, size);
  if (!isPacked) return { name, path, ...header, start: startOfMember(path, member) + header.start };
  return { name, path, ...header, unpack: () => unpackMember(path, member, header.start) };
}
