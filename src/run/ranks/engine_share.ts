/** The threads of one of several ranks on a machine. @module */
import type { EngineConfig } from "../../pipeline/stage.ts";

/** The engine of a rank: unless its threads were given, an equal share of the cores of its machine, at least one. */
export function threadsOfRank(engine: EngineConfig, local: number): EngineConfig {
  if (engine.name !== "native" || engine.threads !== null) return engine;
  const share = Math.floor(navigator.hardwareConcurrency / local);
  return { ...engine, threads: Math.max(1, share) };
}
