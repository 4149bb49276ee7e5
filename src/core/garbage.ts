/**
 * Frees unused memory, at moments when it is known to be much.
 *
 * The garbage collector reacts to what JavaScript allocates; the memory of engines, of images and of decompressed files is outside its heap and
 * may stay long after its last use.
 *
 * @module
 */
import v8 from "node:v8";
import vm from "node:vm";

let collect: (() => void) | undefined;

/** Collects garbage now (some milliseconds), where the runtime allows that. */
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
