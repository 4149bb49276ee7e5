/** Finds an input or output of a program by name. @module */

/** The entry of a name, or an error that lists all names. */
export function find<Entry>(entries: ReadonlyMap<string, Entry>, what: string, name: string): Entry {
  const entry = entries.get(name);
  if (entry === undefined) {
    const names = [...entries.keys()].join(", ");
    throw new RangeError(
      `the ${what} must be one of ${names}, got "${name}"`,
    );
  }
  return entry;
}
