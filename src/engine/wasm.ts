/**
 * The WebAssembly engine: AssemblyScript kernels over one planned block of memory; a step allocates nothing.
 *
 * `kernels.wasm` is built from `kernels/` by `deno task build:kernels`; reading it is the only permission needed.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import { compile } from "./wasm/program.ts";
import { sharedKernels } from "./wasm/shared_kernels.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The kernels, compiled once. */
export function kernelModule(): Promise<WebAssembly.Module> {
  return compiled ??= WebAssembly.compile(Deno.readFileSync(new URL("./kernels.wasm", import.meta.url)));
}

let shared: Promise<WebAssembly.Module> | undefined;

/** The kernels for a memory that two threads share, compiled once. */
export function sharedKernelModule(): Promise<WebAssembly.Module> {
  return shared ??= WebAssembly.compile(
    sharedKernels(Deno.readFileSync(new URL("./kernels.wasm", import.meta.url))),
  );
}

/** The engine of WebAssembly kernels, in single precision. */
export async function wasmEngine(): Promise<Engine> {
  const module = await kernelModule();
  return { name: "wasm", precision: "f32", compile: (graph, options) => compile(module, graph, options) };
}
