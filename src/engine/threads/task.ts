/**
 * What the helper thread is sent of a program.
 *
 * @module
 */

/** A program as another thread needs it. */
export interface TaskOrder<Half = unknown> {
  /** The kernels for a shared memory, and the memory. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Milliseconds of spinning for the next request before the thread sleeps. */
  readonly spinMs: number;
  /** What is needed to run half of a batch; `undefined` where ONNX Runtime shares the run. */
  readonly half?: Half;
}

/** A message to the helper thread. */
export type Message<Half = unknown> =
  | { readonly kind: "start"; readonly control: SharedArrayBuffer }
  | { readonly kind: "add"; readonly id: number; readonly order: TaskOrder<Half> }
  | { readonly kind: "remove"; readonly id: number; readonly isLast: boolean };
