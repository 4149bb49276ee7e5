/** The classes of a folder of pictures, as far as the names of its folders give them before a picture is read. @module */
import type { SplitName } from "./dataset.ts";
import type { ImagesSpec } from "./images_spec.ts";
import { isPictureName } from "./picture_files.ts";
import { areSplits, listOfSplit, splitOfFolder } from "./picture_splits.ts";

/** The classes of a folder. */
export interface PictureClasses {
  /** Of all splits, in the order of their labels; empty where the pictures have none. */
  readonly all: readonly string[];
  /** Those of each split; a test split that is drawn is not here. */
  readonly bySplit: ReadonlyMap<SplitName, readonly string[]>;
  /** A picture in no folder of a class, where others are in one: they cannot be mixed. */
  readonly mixed?: { readonly bare: string; readonly labelled: string };
}

/** Entries of folders that are read at most: a plan shall not wait for millions of files. */
const MOST_ENTRIES = 50_000;

/** Why the classes of a folder are not known: what decides is read by the run only. */
class Unknown extends Error {}

/** Names of the entries of folders, until there are too many. */
function folderReader() {
  let entries = 0;
  return (path: string): { files: string[]; folders: string[] } => {
    const files: string[] = [], folders: string[] = [];
    for (const { name, isSymlink, isDirectory } of Deno.readDirSync(path)) {
      if (++entries > MOST_ENTRIES || isSymlink) throw new Unknown();
      if (name.startsWith(".")) continue;
      if (isDirectory) folders.push(name);
      else if (isPictureName(name)) files.push(name);
    }
    return { files: files.sort(), folders: folders.sort() };
  };
}

/**
 * The classes of a folder of pictures; `undefined` where they are not known before the run: with a list of splits, links, very many files, or
 * folders that cannot be read.
 */
export function pictureClasses(
  { folder, split, depth = Infinity }: Pick<ImagesSpec, "folder" | "split" | "depth">,
): PictureClasses | undefined {
  if (listOfSplit(split) !== undefined) return undefined;
  try {
    return classesIn(folder, split, depth);
  } catch {
    // What cannot be read is reported by the run.
    return undefined;
  }
}

function classesIn(folder: string, split: string, depth: number): PictureClasses {
  const read = folderReader();
  const holdsPictures = (path: string, level: number): boolean => {
    if (level > depth) return false;
    const { files, folders } = read(path);
    return files.length > 0 || folders.some((name) => holdsPictures(`${path}/${name}`, level + 1));
  };
  /** The pictures right in a folder, and its folders with pictures. */
  const inside = (path: string, level: number) => {
    const { files, folders } = read(path);
    return { files, folders: folders.filter((name) => holdsPictures(`${path}/${name}`, level + 1)) };
  };
  const top = inside(folder, 0),
    isBySplit = split === "folders" || (split === "auto" && areSplits(top.folders));
  const parts = isBySplit
    ? top.folders.flatMap((name) => {
      const of = splitOfFolder(name);
      return of === undefined ? [] : [{ of, path: `${name}/`, ...inside(`${folder}/${name}`, 1) }];
    })
    : [{ of: "train" as const, path: "", ...top }];
  const bySplit = Map.groupBy(parts, ({ of }) => of);
  const bare = parts.find(({ files }) => files.length > 0),
    labelled = parts.find(({ folders }) => folders.length > 0);
  return {
    all: [...new Set(parts.flatMap(({ folders }) => folders))].sort(),
    bySplit: new Map([...bySplit].map(([of, some]) => [of, some.flatMap(({ folders }) => folders)])),
    ...bare && labelled && {
      mixed: { bare: `${bare.path}${bare.files[0]}`, labelled: `${labelled.path}${labelled.folders[0]}` },
    },
  };
}
