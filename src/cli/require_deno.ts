// deno-lint-ignore-file no-console -- the command line is the only layer that prints.

/**
 * Stops a task with a one-line message when Deno is too old for the program: `deno run --no-config src/cli/require_deno.ts 2.8.0`.
 *
 * Tasks run it first, in a process of its own, because an older Deno already fails on the lock file or on an import and explains
 * neither. It imports nothing, so that every Deno can run it.
 *
 * @module
 */

/** Whether a version `major.minor.patch` is at least another. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  const at = want.findIndex((number, place) => number !== have[place]);
  return at === -1 || have[at] > want[at];
}

/** The message for a version that is too old. */
export function tooOld(version: string, least: string): string {
  return `error: Deno must be ${least} or newer, got ${version} ` +
    `(update it with "deno upgrade", or start tasks with "npx --yes deno@2.9.6 task")`;
}

if (import.meta.main) {
  const [least] = Deno.args;
  if (!isAtLeast(Deno.version.deno, least)) {
    console.error(tooOld(Deno.version.deno, least));
    Deno.exit(2);
  }
}
