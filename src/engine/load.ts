/** Finds an engine by name; its code is loaded only then. @module */
import type { Engine, EngineName } from "./engine.ts";

/** How an engine works, as far as it can be told; all but the native one have one thread. */
export interface EngineSettings {
  /** Threads; `null`: each graph by its size. @default {null} */
  readonly threads?: number | null;
  /** The cores by which graphs choose their threads. @default {those of this machine} */
  readonly cores?: number;
  /** Whether a second thread is kept from now on: for a thread that is ended from outside. @default {false} */
  readonly keepsThread?: boolean;
}

const ENGINES: Readonly<Record<EngineName, (settings: EngineSettings) => Promise<Engine>>> = {
  reference: async () => (await import("./reference.ts")).referenceEngine("f32"),
  wasm: async () => await (await import("./wasm.ts")).wasmEngine(),
  native: async ({ threads, cores, keepsThread }) =>
    await (await import("./native.ts")).nativeEngine({ threads: threads ?? undefined, cores, keepsThread }),
  tfjs: async () => await (await import("./tfjs.ts")).tfjsEngine(),
};

/** Loads an engine. */
export function loadEngine(name: EngineName, settings: EngineSettings = {}): Promise<Engine> {
  return ENGINES[name](settings);
}
