/**
 * What the helper thread needs to know of a program, and what it can run for it.
 *
 * @module
 */
import type { SharedHalf } from "../native/data_parallel.ts";
import type { Kernels } from "../wasm/kernels.ts";

/** The kernels that it can run, by their numbers. */
export const SHARED_KERNELS = [
  "sgd",
  "momentum",
  "rmsprop",
  "adam",
  "corruptRows",
] as const satisfies readonly (keyof Kernels)[];

/** A kernel that the helper thread can run. */
export type SharedKernel = typeof SHARED_KERNELS[number];

/** The number of a request for half of a run; its first argument is the number of rows. */
export const RUN = SHARED_KERNELS.length;

/** A program as another thread needs it. */
export interface TaskOrder {
  /** The kernels for a shared memory, and the memory. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Milliseconds of spinning for the next request before the thread sleeps. */
  readonly spinMs: number;
  /** What is needed to run half of a batch; `undefined` where ONNX Runtime shares the run. */
  readonly half?: SharedHalf;
}

/** A message to the helper thread. */
export type Message =
  | { readonly kind: "start"; readonly control: SharedArrayBuffer }
  | { readonly kind: "add"; readonly id: number; readonly order: TaskOrder }
  | { readonly kind: "remove"; readonly id: number; readonly isLast: boolean };
