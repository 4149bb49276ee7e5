/**
 * The WebAssembly engine: AssemblyScript kernels over one planned block of memory; a step allocates nothing.
 *
 * `kernels.wasm` is built from `kernels/` by `deno task build:kernels`. It is imported as text, as a published module cannot read a file
 * beside itself; so no permission is needed.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import kernels from "./kernels.wasm.base64" with { type: "text" };
import { compile } from "./wasm/program.ts";
import { sharedKernels } from "./wasm/shared_kernels.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The kernels, compiled once. */
export function kernelModule(): Promise<WebAssembly.Module> {
  return compiled ??= WebAssembly.compile(kernelBytes());
}

let shared: Promise<WebAssembly.Module> | undefined;

/** The kernels for a memory that two threads share, compiled once. */
export function sharedKernelModule(): Promise<WebAssembly.Module> {
  return shared ??= WebAssembly.compile(sharedKernels(kernelBytes()));
}

function kernelBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0));
}

/** The engine of WebAssembly kernels, in single precision. */
export async function wasmEngine(): Promise<Engine> {
  const module = await kernelModule();
  return { name: "wasm", precision: "f32", compile: (graph, options) => compile(module, graph, options) };
}
