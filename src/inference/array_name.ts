/** Paths that name an array: a file, or an array of an archive. @module */

/** An archive with the name of one of its arrays. */
const MEMBER = /^(.*\.npz):([^/\\]+)$/i;

/** The file of a path, and the array that it names in an archive: `x.npz:train`. */
export function arrayMember(path: string): [file: string, array?: string] {
  const [, archive = path, name] = MEMBER.exec(path) ?? [];
  return [archive, name];
}

/** The file of a path that may name an array of an archive. */
export function fileOfArray(path: string): string {
  return arrayMember(path)[0];
}

/** Whether a path names an array. */
export function isArrayName(path: string): boolean {
  return /\.np[yz]$/i.test(path) || MEMBER.test(path);
}
