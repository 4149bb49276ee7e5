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

/** The names in a folder, in the order of their characters (the same on every machine), without hidden ones. */
async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) if (!name.startsWith(".")) names.push(name);
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "it does not exist" : messageOf(thrown);
    throw new RunError(`Cannot load the images of "${path}": ${reason}; give a folder of images`);
  }
  return names.sort();
}

/** All pictures under a folder, sorted by name. The name of a picture's first sub-folder is its label. */
async function walk(root: string, within: readonly string[]): Promise<PictureFile[]> {
  const found: PictureFile[] = [];
  const folder = [root, ...within].join("/");
  for (const entry of await namesIn(folder)) {
    const path = `${folder}/${entry}`;
    // Follows links; one that leads nowhere is left to the decoder, which names it.
    const isFolder = (await Deno.stat(path).catch(() => undefined))?.isDirectory ?? false;
    if (isFolder) found.push(...await walk(root, [...within, entry]));
    else if (isPicture(entry)) found.push({ path, name: [...within, entry].join("/"), label: within[0] });
  }
  return found;
}

/** The pictures of a folder, sorted by name. Throws a RunError when there are none, or only some of them have labels. */
export async function findPictures(folder: string): Promise<PictureFile[]> {
  const files = await walk(folder.replace(/(?<=.)\/+$/, ""), []);
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
