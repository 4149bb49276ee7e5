/**
 * Settings as short text.
 *
 * @module
 */

/** The value of a setting: a number with four digits, a kind with its options, a list with dashes. */
export function settingText(value: unknown): string {
  if (value === undefined) return "as in the file";
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) return value.map(settingText).join("-");
  if (typeof value !== "object" || value === null) return String(value);
  const { kind, ...rest } = value as Readonly<Record<string, unknown>>;
  const details = Object.entries(rest).map(([name, detail]) => `${name} ${settingText(detail)}`);
  return [...(kind === undefined ? [] : [settingText(kind)]), ...details].join(" ");
}

/** The last words of paths, or whole paths where two end in the same word. */
export function shortPaths(paths: readonly string[]): string[] {
  const words = paths.map((path) => path.split(".").at(-1)!);
  return words.map((word, at) => words.indexOf(word) === words.lastIndexOf(word) ? word : paths[at]);
}
