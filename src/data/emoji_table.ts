/**
 * OpenMoji's table of emoji, and selections of it.
 *
 * `data/emoji_groups.json` counts them (without and with the variants by skin tone, by group and subgroup), so that a selection can be
 * checked and planned before the package is downloaded.
 *
 * @module
 */
import groups from "../../data/emoji_groups.json" with { type: "json" };
import { nearest } from "../core/errors.ts";
import { bringPackage, readPackageFile, verifySha256 } from "./package_files.ts";

/** The package of the table and the pictures. */
export const OPENMOJI = {
  specifier: "npm:openmoji@17.0.0",
  what: "OpenMoji's emoji",
  download: "4.3 MB",
  instead: "run again where it is reachable: what was fetched once is kept",
} as const;

const TABLE = "data/openmoji.json";
const TABLE_SHA_256 = "ab181dd523021dfbe2b98a13d96ab384b7b3014d17815261bc267fb39d9a211b";

/** The used fields of an emoji's entry in the table. */
export interface Emoji {
  /** Its code points: `1F600`. */
  readonly hexcode: string;
  /** One of twelve: `smileys-emotion`. */
  readonly group: string;
  /** Its part of the group: `face-smiling`. */
  readonly subgroup: string;
  /** What it shows: `grinning face`. */
  readonly annotation: string;
}

/** A selection of emoji. */
export interface EmojiSelection {
  /** Only this group. */
  readonly group?: string;
  /** Only these subgroups; a `*` at the end stands for any rest. */
  readonly subgroups?: readonly string[];
  /** Whether skin-tone variants are included. */
  readonly skintones: boolean;
}

/** The number of emoji of each group's subgroups: without variants by skin tone, and with them. */
const COUNTS: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = groups;

const means = (pattern: string, subgroup: string) =>
  pattern.endsWith("*") ? subgroup.startsWith(pattern.slice(0, -1)) : subgroup === pattern;

function isMeant({ group, subgroups }: EmojiSelection, ownGroup: string, subgroup: string): boolean {
  return (group === undefined || group === ownGroup) &&
    (subgroups === undefined || subgroups.some((pattern) => means(pattern, subgroup)));
}

/** The number of emoji in a selection. */
export function countEmoji(selection: EmojiSelection): number {
  let count = 0;
  for (const [group, subgroups] of Object.entries(COUNTS)) {
    for (const [subgroup, [plain, all]] of Object.entries(subgroups)) {
      if (isMeant(selection, group, subgroup)) count += selection.skintones ? all : plain;
    }
  }
  return count;
}

/** A name in a selection that does not exist. */
export interface SelectionFault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** The names in a selection that do not exist, with the nearest existing one. */
export function checkSelection({ group, subgroups = [] }: EmojiSelection): SelectionFault[] {
  if (group !== undefined && !Object.hasOwn(COUNTS, group)) {
    const message = mustBe("one of OpenMoji's groups", group, Object.keys(COUNTS));
    return [{ path: ["group"], message }];
  }
  const parts = group === undefined ? Object.values(COUNTS) : [COUNTS[group]];
  const known = [...new Set(parts.flatMap(Object.keys))];
  const of = group === undefined ? "" : ` of "${group}"`;
  return subgroups.flatMap((pattern, index) => {
    if (known.some((subgroup) => means(pattern, subgroup))) return [];
    const message = mustBe(`one of OpenMoji's subgroups${of}`, pattern, known);
    return [{ path: ["subgroups", index], message }];
  });
}

function mustBe(rule: string, current: string, known: readonly string[]): string {
  const near = nearest(current, known);
  const hint = near === undefined ? ` (known are ${known.join(", ")})` : ` (did you mean "${near}"?)`;
  return `must be ${rule}, got ${JSON.stringify(current)}${hint}`;
}

/** An entry of the package's table. */
interface EmojiEntry {
  readonly hexcode: string;
  readonly group: string;
  readonly subgroups: string;
  readonly annotation: string;
  readonly skintone: string;
}

/** The emoji of a selection, in the table's order. Throws a RunError when the package or its table cannot be used. */
export async function findEmoji(
  selection: EmojiSelection,
  log: (message: string) => void,
): Promise<Emoji[]> {
  await bringPackage(OPENMOJI, log);
  const { path, bytes } = await readPackageFile(OPENMOJI, TABLE);
  verifySha256(bytes, TABLE_SHA_256, path);
  const entries = JSON.parse(new TextDecoder().decode(bytes)) as EmojiEntry[];
  return entries
    .filter(({ group, subgroups, skintone }) =>
      isMeant(selection, group, subgroups) && (selection.skintones || skintone === "")
    )
    .map(({ hexcode, group, subgroups, annotation }) => ({
      hexcode,
      group,
      subgroup: subgroups,
      annotation,
    }));
}
