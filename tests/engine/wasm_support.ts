/** A piece of memory with the kernels on it, for tests of single kernels. @module */
import { fillNormal } from "../../src/core/random.ts";
import { instantiate, type Kernels } from "../../src/engine/wasm/kernels.ts";
import { FIRST } from "../../src/engine/wasm/plan.ts";

const PAGES = 32;
const module = await WebAssembly.compile(
  Deno.readFileSync(new URL("../../src/engine/kernels.wasm", import.meta.url)),
);

/** The kernels and a way to put numbers where they can reach them. */
export interface Bench {
  readonly kernels: Kernels;
  /** A block of numbers with its address; the numbers after it are `GUARD`. */
  put(numbers: ArrayLike<number>): { at: number; view: Float32Array };
  /** Fails when a kernel has written beyond the end of a block. */
  readonly overrun: () => boolean;
}

/** The number between blocks. */
const GUARD = -12345.5;
const MARGIN = 64;

/** Fresh memory in which nothing overlaps. */
export function kernelBench(): Bench {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: 65536 });
  const all = new Float32Array(memory.buffer).fill(GUARD);
  const guards: number[] = [];
  // Blocks begin at odd places on purpose: parameters are stored one after the other, whatever their length.
  let next = FIRST / 4 + 17;
  return {
    kernels: instantiate(module, memory),
    put(numbers) {
      const start = next, end = start + numbers.length;
      next = end + MARGIN;
      for (let guard = end; guard < next; guard++) guards.push(guard);
      all.set(numbers, start);
      return { at: 4 * start, view: all.subarray(start, end) };
    },
    overrun: () => guards.some((guard) => all[guard] !== GUARD),
  };
}

/** Standard normal numbers, the same at each call. */
export function numbers(length: number, epoch = 0): Float32Array {
  const out = new Float32Array(length);
  fillNormal(out, 1, length, [0], { seed: 7, stream: "preview", epoch });
  return out;
}
