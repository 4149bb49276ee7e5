/**
 * The WebAssembly engine: AssemblyScript kernels over one planned block of memory; a step allocates nothing.
 *
 * `kernels.wasm` is built from `kernels/` by `deno task build:kernels`; reading it is the only permission that is needed.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import { compile } from "./wasm/program.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The engine of WebAssembly kernels, in single precision; the kernels are compiled once. */
export async function wasmEngine(): Promise<Engine> {
  compiled ??= WebAssembly.compile(Deno.readFileSync(new URL("./kernels.wasm", import.meta.url)));
  const module = await compiled;
  return { name: "wasm", precision: "f32", compile: (graph, options) => compile(module, graph, options) };
}
