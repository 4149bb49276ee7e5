/** The memory of a program, and what a run on it calls. @module */
import type { CallCounter } from "./calls.ts";
import type { Kernels } from "./kernels.ts";
import type { Call } from "./lowering.ts";
import type { WasmPlan } from "./plan.ts";
import type { Sharing } from "./sharing.ts";

/** The memory of a program, planned, with the kernels on it. */
export interface ProgramMemory {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly layout: WasmPlan;
  readonly buffer: ArrayBuffer;
  readonly counter: CallCounter;
  /** How many numbers an update changes: all parameters, rounded up to whole vectors. */
  readonly length: number;
}

/** The calls of a run, in order. */
export interface Steps {
  readonly steps: readonly Call[];
  /** The name under which each step is counted. */
  readonly names: readonly string[];
  /** How the helper thread shares the work around the run. */
  readonly sharing?: Sharing;
  /** Frees what the steps hold besides the memory. */
  readonly release?: () => void;
}
