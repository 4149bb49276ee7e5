/** The modules of the kernels. @module */

/** The kernels for a memory of one thread, and for one that two threads share. */
export interface NativeKernels {
  readonly own: WebAssembly.Module;
  readonly shared: WebAssembly.Module;
}
