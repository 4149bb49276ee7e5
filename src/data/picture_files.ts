/**
 * Finds the pictures of a folder, and their labels.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import { PICTURE_ENDINGS } from "./decode.ts";

/** A picture that was found. */
export interface PictureFile {
  /** How to open it. */
  readonly path: string;
  /** Its path within the folder, with `/` between the parts. */
  readonly name: string;
  /** The sub-folder that it lies in, if any. */
  readonly label?: string;
}

const isPicture = (name: string) => PICTURE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));

/** The entries of a folder, in the order of their names' characters (the same on every machine), without hidden ones. */
async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(path)) if (!entry.name.startsWith(".")) entries.push(entry);
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "it does not exist" : messageOf(thrown);
    throw new RunError(
      `Cannot load the images of "${path}": ${reason}; give a folder of images, as in --set load.source.folder=FOLDER`,
    );
  }
  return entries.sort((one, other) => one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
}

/** All pictures under a folder, sorted by name, added to `found`. The name of a picture's first sub-folder is its label. */
async function walk(root: string, within: readonly string[], found: PictureFile[]): Promise<PictureFile[]> {
  const folder = [root, ...within].join("/");
  for (const entry of await entriesOf(folder)) {
    const path = `${folder}/${entry.name}`;
    if (await isFolder(path, entry)) await walk(root, [...within, entry.name], found);
    else if (isPicture(entry.name)) {
      found.push({ path, name: [...within, entry.name].join("/"), label: within[0] });
    }
  }
  return found;
}

/** Follows links; one that leads nowhere is left to the decoder, which names it. */
async function isFolder(path: string, { isDirectory, isSymlink }: Deno.DirEntry): Promise<boolean> {
  if (!isSymlink) return isDirectory;
  return (await Deno.stat(path).catch(() => undefined))?.isDirectory ?? false;
}

/** The pictures of a folder, sorted by name. Throws a RunError when there are none, or only some of them have labels. */
export async function findPictures(folder: string): Promise<PictureFile[]> {
  const files = await walk(folder.replace(/(?<=.)\/+$/, ""), [], []);
  if (files.length === 0) {
    throw new RunError(
      `Cannot load the images of "${folder}" as there must be at least one: ` +
        `it has no ${PICTURE_ENDINGS.join(", ")} file; check the path`,
    );
  }
  const labelled = files.find(({ label }) => label !== undefined);
  const bare = files.find(({ label }) => label === undefined);
  if (labelled !== undefined && bare !== undefined) {
    throw new RunError(
      `Cannot label the images of "${folder}" as all must lie in sub-folders, or none: ` +
        `"${labelled.name}" does and "${bare.name}" does not; move one or the other`,
    );
  }
  return files;
}
