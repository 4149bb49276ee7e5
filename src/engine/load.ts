/** Loads an engine by name; its code is imported only then. @module */
import type { Engine, EngineName } from "./engine.ts";

/** Options for {@link loadEngine}; only the native engine has more than one thread. */
export interface EngineOptions {
  /** Threads; `null`: chosen for each graph by its size. @default {null} */
  readonly threads?: number | null;
  /** The cores by which graphs choose their threads. @default {those of this machine} */
  readonly cores?: number;
  /** Whether the second thread starts at once and is kept; for workers that are terminated from outside. @default {false} */
  readonly keepsThread?: boolean;
}

const ENGINES: Readonly<Record<EngineName, (options: EngineOptions) => Promise<Engine>>> = {
  reference: async () => (await import("./reference.ts")).referenceEngine("f32"),
  wasm: async () => await (await import("./wasm.ts")).wasmEngine(),
  native: async ({ threads, cores, keepsThread }) =>
    await (await import("./native.ts")).nativeEngine({ threads: threads ?? undefined, cores, keepsThread }),
  tfjs: async () => await (await import("./tfjs.ts")).tfjsEngine(),
};

/** Loads an engine. */
export function loadEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  return ENGINES[name](options);
}
