/**
 * Deals out the pictures of a folder to splits and labels: by its folders `train`, `test` and `val`, by a list, or by none of these.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import type { SplitName } from "./dataset.ts";
import { noteLeftOut, type PictureFile, withoutSlash } from "./picture_files.ts";

/** The pictures of a folder by split. Without a test split, one is to be drawn. */
export interface SplitPictures {
  readonly train: readonly PictureFile[];
  readonly test?: readonly PictureFile[];
  readonly validation?: readonly PictureFile[];
  /** The names of all labels; empty where there are none. */
  readonly labelNames: readonly string[];
}

/** How splits are called, as folders and in lists. */
const SPLIT_WORDS: Readonly<Record<string, SplitName>> = {
  train: "train",
  training: "train",
  test: "test",
  testing: "test",
  val: "validation",
  valid: "validation",
  validation: "validation",
};

/** The numbers of CelebA's `list_eval_partition.txt` and of lists like it. */
const SPLIT_NUMBERS: Readonly<Record<string, SplitName>> = { 0: "train", 1: "validation", 2: "test" };

const splitOfFolder = (folder: string): SplitName | undefined => SPLIT_WORDS[folder.toLowerCase()];

/** The list that the option `split` names; `undefined` where it is `auto`, `folders` or `share`. */
export function listOfSplit(split: string): string | undefined {
  return ["auto", "folders", "share"].includes(split) ? undefined : split;
}

/** Whether these folders are splits: one to train on, and one for anything else. */
function areSplits(folders: Iterable<string>): boolean {
  const splits = new Set([...folders].map(splitOfFolder));
  return splits.has("train") && (splits.has("test") || splits.has("validation"));
}

/** The splits that a folder has by its own folders or by a list, before its pictures are read; `undefined` where one is drawn. */
export function splitsOf(folder: string, split: string): ReadonlySet<SplitName> | undefined {
  try {
    const list = listOfSplit(split);
    if (list !== undefined) return new Set(readList(list).values());
    if (split === "share") return undefined;
    const folders = [...Deno.readDirSync(folder)].flatMap(({ name, isFile }) => isFile ? [] : [name]);
    if (split === "auto" && !areSplits(folders)) return undefined;
    return new Set(folders.flatMap((name) => splitOfFolder(name) ?? []));
  } catch {
    // What cannot be read is reported by the run.
    return undefined;
  }
}

/**
 * Deals out pictures to splits, and gives them their labels: the sub-folders, within a split where folders are splits.
 *
 * @throws {RunError} When there are none to train on, only some have labels, or the list cannot be read.
 */
export function splitPictures(
  folder: string,
  files: readonly PictureFile[],
  split: string,
  note: (message: string) => void,
): SplitPictures {
  const list = listOfSplit(split);
  const folders = new Set(files.flatMap(({ label }) => label ?? []));
  const byFolders = split === "folders" || (split === "auto" && areSplits(folders));
  const bySplit: ReadonlyMap<SplitName, readonly PictureFile[]> = list !== undefined
    ? splitByList(folder, files, list, note)
    : byFolders
    ? splitByFolders(folder, files, note)
    : new Map([["train", files]]);
  const all = [...bySplit.values()].flat();
  checkLabels(folder, all);
  const train = bySplit.get("train");
  if (train === undefined) {
    const where = list === undefined ? `a folder "train" with images` : `images to train on in "${list}"`;
    throw new RunError(
      `"${folder}" must have ${where}, got none (pass another split, as in --set load.source.split=share)`,
    );
  }
  return {
    train,
    test: bySplit.get("test"),
    validation: bySplit.get("validation"),
    labelNames: [...new Set(all.flatMap(({ label }) => label ?? []))].sort(),
  };
}

type BySplit = Map<SplitName, PictureFile[]>;

function add(bySplit: BySplit, split: SplitName, file: PictureFile): void {
  const files = bySplit.get(split);
  if (files === undefined) bySplit.set(split, [file]);
  else files.push(file);
}

function splitByFolders(
  folder: string,
  files: readonly PictureFile[],
  note: (message: string) => void,
): BySplit {
  const bySplit: BySplit = new Map(), others: string[] = [];
  for (const file of files) {
    const [first, second, ...rest] = file.name.split("/");
    const split = second === undefined ? undefined : splitOfFolder(first);
    if (split === undefined) others.push(file.name);
    else add(bySplit, split, { ...file, label: rest.length === 0 ? undefined : second });
  }
  const reason = "in none of the folders train, test and validation " +
    "(use --set load.source.split=share to take every folder as a label)";
  noteLeftOut(withoutSlash(folder), reason, others, note);
  return bySplit;
}

function splitByList(
  folder: string,
  files: readonly PictureFile[],
  list: string,
  note: (message: string) => void,
): BySplit {
  const listed = readList(list), bySplit: BySplit = new Map(), others: string[] = [];
  for (const file of files) {
    const split = listed.get(file.name);
    if (split === undefined) others.push(file.name);
    else add(bySplit, split, file);
    listed.delete(file.name);
  }
  noteLeftOut(withoutSlash(folder), `not listed in "${list}"`, others, note);
  noteLeftOut(withoutSlash(folder), `listed in "${list}", but not in the folder`, [...listed.keys()], note);
  return bySplit;
}

/** A line of a list: a name, maybe in quotes, a separator, and a split. */
const LINE = /^\s*(?:"((?:[^"]|"")*)"|(.*?))\s*[,;\t ]\s*"?(\w+)"?\s*$/;
const HEADER = /^(split|subset|partition|set)$/i;

/** The split of each name in a list: `cats/1.png,test`, a line each, with the splits as words or as CelebA's numbers. */
function readList(path: string): Map<string, SplitName> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (thrown) {
    throw new RunError(`Cannot read the list of splits "${path}": ${messageOf(thrown)}`);
  }
  const splits = new Map<string, SplitName>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const [, quoted, plain, word] = LINE.exec(line) ?? [];
    const split = word === undefined ? undefined : SPLIT_WORDS[word.toLowerCase()] ?? SPLIT_NUMBERS[word];
    if (split === undefined) {
      if (index === 0 && word !== undefined && HEADER.test(word)) continue;
      throw new RunError(
        `"${path}", line ${index + 1}, must be a file and its split as in "cats/1.png,test", ` +
          `got ${JSON.stringify(line.slice(0, 120))} (splits are train, test and validation, or 0, 2 and 1)`,
      );
    }
    const name = (quoted?.replaceAll('""', '"') ?? plain).replaceAll("\\", "/").replace(/^\.\//, "");
    splits.set(name, split);
  }
  return splits;
}

function checkLabels(folder: string, files: readonly PictureFile[]): void {
  const labelled = files.find(({ label }) => label !== undefined);
  const bare = files.find(({ label }) => label === undefined);
  if (labelled === undefined || bare === undefined) return;
  throw new RunError(
    `the images of "${folder}" must either all be in sub-folders or none, ` +
      `got "${labelled.name}" and "${bare.name}" (move one of them)`,
  );
}
