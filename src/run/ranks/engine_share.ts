/** The cores of one of several ranks on a machine. @module */
import type { EngineConfig } from "../../pipeline/stage.ts";

/** The engine of a rank: where its threads are not given, steps choose them by an equal share of the cores of its machine. */
export function engineOfRank(engine: EngineConfig, local: number): EngineConfig {
  return { ...engine, cores: Math.max(1, Math.floor(navigator.hardwareConcurrency / local)) };
}
