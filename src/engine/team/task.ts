/**
 * What the second thread is told of a program, and what it can do for it.
 *
 * @module
 */
import type { SharedHalves } from "../native/halves.ts";
import type { Kernels } from "../wasm/kernels.ts";

/** The kernels that it may be asked to run, by their numbers. */
export const SHARED_KERNELS = [
  "sgd",
  "momentum",
  "rmsprop",
  "adam",
  "corruptRows",
] as const satisfies readonly (keyof Kernels)[];

/** A kernel that the second thread may run. */
export type SharedKernel = typeof SHARED_KERNELS[number];

/** The number that stands for one half of a run, of as many rows as the first argument says. */
export const RUN = SHARED_KERNELS.length;

/** A program as another thread needs it. */
export interface TaskOrder {
  /** The kernels for a shared memory, and the memory. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** How many milliseconds it looks out for more to do before it lets go of its core. */
  readonly looksFor: number;
  /** What is needed to run halves; `undefined` where ONNX Runtime shares the run. */
  readonly halves?: SharedHalves;
}

/** A message to the second thread: tasks come and go. */
export type Message =
  | { readonly kind: "start"; readonly control: SharedArrayBuffer }
  | { readonly kind: "add"; readonly id: number; readonly order: TaskOrder }
  | { readonly kind: "remove"; readonly id: number; readonly isLast: boolean };
