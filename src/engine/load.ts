/** Finds an engine by name; its code is loaded only then. @module */
import type { Engine, EngineName } from "./engine.ts";

const ENGINES: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  reference: async () => (await import("./reference.ts")).referenceEngine("f32"),
  wasm: async () => await (await import("./wasm.ts")).wasmEngine(),
  native: async () => await (await import("./native.ts")).nativeEngine(),
  tfjs: async () => await (await import("./tfjs.ts")).tfjsEngine(),
};

/** Loads an engine. */
export function loadEngine(name: EngineName): Promise<Engine> {
  return ENGINES[name]();
}
