/**
 * Finds the pictures of a folder, and their labels.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import { PICTURE_ENDINGS, UNREAD_ENDINGS } from "./picture_endings.ts";

/** A picture that was found. */
export interface PictureFile {
  /** How to open it. */
  readonly path: string;
  /** Its path within the folder, with `/` between the parts. */
  readonly name: string;
  /** Its sub-folder, if any. */
  readonly label?: string;
}

/** Files of formats that are not read are taken, too: leaving them out silently would lose them. */
const isPicture = (name: string) =>
  [...PICTURE_ENDINGS, ...UNREAD_ENDINGS].some((ending) => name.toLowerCase().endsWith(ending));
const inOrder = (one: string, other: string) => one < other ? -1 : one > other ? 1 : 0;
/** A path as it is sorted: folder by folder, so that `a/x` comes before `a-b/x`. */
const sortKey = ({ name }: PictureFile) => name.replaceAll("/", "\0");
const joined = (folder: string, name: string) => folder.endsWith("/") ? folder + name : `${folder}/${name}`;

/** The entries of a folder, in the order of their names' characters (the same on every machine), without hidden ones. */
async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(path)) if (!entry.name.startsWith(".")) entries.push(entry);
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "it does not exist" : messageOf(thrown);
    throw new RunError(
      `"${path}" must be a folder of images, but ${reason} (pass another one, as in --set load.source.folder=FOLDER)`,
    );
  }
  return entries.sort((one, other) => inOrder(one.name, other.name));
}

/** Whether a folder is known to hold no other folder (nor a link to one), from which its pictures could have their labels. */
export function hasNoFolders(path: string): boolean {
  try {
    return [...Deno.readDirSync(path)].every(({ name, isFile }) => isFile || name.startsWith("."));
  } catch {
    // What cannot be read is reported by the run.
    return false;
  }
}

/** The state of a walk. */
interface Walk {
  readonly root: string;
  readonly found: PictureFile[];
  /** The real paths of all folders and pictures so far: each is taken once, however many links lead to it. */
  readonly seen: Set<string>;
  /** Links, which are followed after everything that is really in the folder. */
  readonly links: string[][];
  /** Files that are named like pictures but cannot be read, by reason. */
  readonly skipped: Map<string, string[]>;
  /** How many levels of sub-folders are read. */
  readonly depth: number;
}

function skip({ skipped }: Walk, reason: string, parts: readonly string[]): void {
  const names = skipped.get(reason) ?? [];
  skipped.set(reason, [...names, parts.join("/")]);
}

/** Adds a file, unless its real path was seen. Only regular files are opened: a named pipe would block forever. */
function takeFile(walk: Walk, parts: readonly string[], real: string, isRegular: boolean): void {
  if (!isPicture(parts.at(-1)!)) return;
  if (!isRegular) return skip(walk, "not a regular file", parts);
  if (walk.seen.has(real)) return skip(walk, "a link to a picture that is already included", parts);
  walk.seen.add(real);
  const label = parts.length > 1 ? parts[0] : undefined;
  walk.found.push({ path: [walk.root, ...parts].join("/"), name: parts.join("/"), label });
}

/** Takes all pictures under a folder, and remembers its links. */
async function takeFolder(walk: Walk, parts: readonly string[], real: string): Promise<void> {
  if (walk.seen.has(real)) return;
  if (parts.length > walk.depth) return skip(walk, `a folder below the depth of ${walk.depth}`, parts);
  walk.seen.add(real);
  for (const { name, isDirectory, isFile, isSymlink } of await entriesOf([walk.root, ...parts].join("/"))) {
    const inside = [...parts, name];
    if (isSymlink) walk.links.push(inside);
    else if (isDirectory) await takeFolder(walk, inside, joined(real, name));
    else takeFile(walk, inside, joined(real, name), isFile);
  }
}

/** Follows links one after the other, those found on the way included; none leads to the same folder or picture twice. */
async function followLinks(walk: Walk, realRoot: string): Promise<void> {
  for (const parts of walk.links) {
    const path = [walk.root, ...parts].join("/");
    let real: string, info: Deno.FileInfo;
    try {
      real = Deno.realPathSync(path);
      info = Deno.statSync(path);
    } catch {
      if (isPicture(parts.at(-1)!)) skip(walk, "a link to nothing that can be read", parts);
      continue;
    }
    if (!info.isDirectory) takeFile(walk, parts, real, info.isFile);
    else if (`${realRoot}/`.startsWith(real === "/" ? real : `${real}/`)) {
      skip(walk, "a link to a folder above", parts);
    } else await takeFolder(walk, parts, real);
  }
}

/** Reports pictures that are left out: the first of them by name, and the number of others. */
export function noteLeftOut(
  root: string,
  reason: string,
  names: readonly string[],
  note: (message: string) => void,
): void {
  if (names.length === 0) return;
  const more = names.length === 1 ? "" : ` and ${(names.length - 1).toLocaleString("en-US")} more`;
  note(`Skipped "${root}/${names.toSorted(inOrder)[0]}"${more}: ${reason}`);
}

/** A folder's path without a slash at its end. */
export function withoutSlash(folder: string): string {
  return folder.replace(/(?<=.)\/+$/, "");
}

/** Options for {@link findPictures}. */
export interface FindOptions {
  /** Called with what was skipped. @default nothing */
  note?(message: string): void;
  /** How many levels of sub-folders are read. @default all */
  readonly depth?: number;
}

/**
 * The pictures of a folder, sorted by name. Links are followed, each folder and file is taken once by its real path, and only regular
 * files are taken.
 *
 * @throws {RunError} When there are none.
 */
export async function findPictures(
  folder: string,
  { note = () => {}, depth = Infinity }: FindOptions = {},
): Promise<PictureFile[]> {
  const root = withoutSlash(folder);
  const walk: Walk = { root, found: [], seen: new Set(), links: [], skipped: new Map(), depth };
  const realRoot = await Deno.realPath(root).catch(() => root);
  await takeFolder(walk, [], realRoot);
  await followLinks(walk, realRoot);
  for (const [reason, names] of walk.skipped) noteLeftOut(root, reason, names, note);
  const files = walk.found.sort((one, other) => inOrder(sortKey(one), sortKey(other)));
  if (files.length > 0) return files;
  throw new RunError(
    `"${folder}" must have at least one image, got no ${PICTURE_ENDINGS.join(", ")} file (check the path)`,
  );
}

/** Why a folder cannot be read, found before any run: `undefined` when it is there. */
export function folderFault(folder: string): string | undefined {
  const remedy = "give another one, as in --set load.source.folder=FOLDER";
  try {
    if (Deno.statSync(folder).isDirectory) return undefined;
    return `must be a folder of images, got "${folder}", which is a file (${remedy})`;
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "which does not exist" : messageOf(thrown);
    return `must be a folder of images, got "${folder}", ${reason} (${remedy})`;
  }
}

/** Why a file cannot be read, found before any run: `undefined` when it is there. */
export function fileFault(file: string): string | undefined {
  try {
    if (Deno.statSync(file).isFile) return undefined;
    return `must be a regular file, got "${file}", which is none (check the path)`;
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "which does not exist" : messageOf(thrown);
    return `must be a regular file, got "${file}", ${reason} (check the path)`;
  }
}
