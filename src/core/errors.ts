/**
 * The errors of this program.
 *
 * Messages have the form "B must be C, got D (remedy)", with the path of the option or file first. The classes carry the exit code,
 * which only the command line uses.
 *
 * @module
 */

/** The caller has to change something before any work can begin: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode = 2;
}

/** The work itself could not be done (a stage failed, a file is damaged): exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
  readonly exitCode = 1;
}

/** Another process holds a lock that this one needs: exit code 75, "try again later" (sysexits). */
export class LockedError extends Error {
  override readonly name = "LockedError";
  readonly exitCode = 75;
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const message = shortened(textOf(thrown), MOST_MESSAGE);
  return message.replace(/\s*\n\s*/g, " ");
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    // The thrown object cannot be converted to a string.
    return "an object that is no error";
  }
}

/** At most how many characters of a foreign message are shown. */
const MOST_MESSAGE = 2000;

/** At most how many characters of a value a message repeats. */
const MOST_SHOWN = 120;

/** A text short enough for a message: its beginning and its end where it is long. */
export function shortened(text: string, most = MOST_SHOWN): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 4), head = most - tail;
  return `${text.slice(0, head)}… (${text.length - head - tail} more characters) …${text.slice(-tail)}`;
}

/**
 * The candidate nearest to a misspelt word, for "did you mean"; `undefined` when none is near.
 *
 * Near means: at most a third of the letters have to change (two of a short word), and not all of them.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  // No name is this long, and the comparison is quadratic.
  if (word.length > MOST_SHOWN) return undefined;
  const limit = Math.max(2, Math.ceil(word.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= Math.max(word.length, candidate.length)) continue;
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** How many letters have to be inserted, deleted, replaced or swapped with their neighbour (Damerau 1964). */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1] + (from[row - 1] === to[column - 1] ? 0 : 1);
      current[column] = Math.min(replaced, previous[column] + 1, current[column - 1] + 1);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      if (swapped) current[column] = Math.min(current[column], before[column - 2] + 1);
    }
    before = previous;
    previous = current;
  }
  return previous[to.length];
}
