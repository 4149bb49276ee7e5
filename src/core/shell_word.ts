/** A word as a POSIX shell reads it back: quoted where it has to be. @module */

/** `train.epochs=5`, but `'a b'`. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
