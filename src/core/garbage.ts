/**
 * Gives back memory that nobody uses any more, at moments when that is known to be much.
 *
 * The garbage collector goes by what JavaScript allocates; the memory of engines, of images and of decompressed files lies outside and may
 * stay for long after its last use.
 *
 * @module
 */
import v8 from "node:v8";
import vm from "node:vm";

let collect: (() => void) | undefined;

/** Collects garbage now (some milliseconds); does nothing where that cannot be asked for. */
export function collectGarbage(): void {
  collect ??= collector();
  collect();
}

function collector(): () => void {
  try {
    v8.setFlagsFromString("--expose-gc");
    const found: unknown = vm.runInNewContext("gc");
    return typeof found === "function" ? () => found() : () => {};
  } catch {
    return () => {};
  }
}
