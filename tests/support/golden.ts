/** Numbers that are pinned in a file, and changed only on purpose. @module */
import { assertClose } from "./close.ts";

/**
 * Compares numbers with `tests/golden/<name>.json`, at a relative 1e-4. With `UPDATE_GOLDEN=1` the file is rewritten, so that its diff
 * can be reviewed.
 *
 * @param name The file's name without its ending.
 * @param reference Computes the numbers for the file: by the reference, whatever is under test.
 */
export function assertGolden(
  name: string,
  numbers: readonly number[],
  reference: () => readonly number[],
): void {
  const file = new URL(`../golden/${name}.json`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    Deno.writeTextFileSync(file, `${JSON.stringify(reference(), null, 2)}\n`);
  }
  assertClose(numbers, JSON.parse(Deno.readTextFileSync(file)), { relative: 1e-4 }, `golden ${name}`);
}
