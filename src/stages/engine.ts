/** The engine that a run computes with. @module */
import type { Engine, EngineName } from "../engine/engine.ts";
import { loadEngine } from "../engine/load.ts";
import type { StageContext } from "../pipeline/stage.ts";

/** Loads the engine of a stage's run. */
export function engineOf({ engine }: StageContext): Promise<Engine> {
  // The command line has checked the name; the `pipeline` layer does not import engines.
  // Stages run in a worker that is ended from outside, and follow one another.
  return loadEngine(engine.name as EngineName, { ...engine, keepsThread: true });
}
