/**
 * Which engine a run gets: the one that was asked for, else the native one where it can be, else wasm.
 *
 * @module
 */
import { nearest, UsageError } from "../core/errors.ts";
import { ENGINE_NAMES, type EngineName } from "./engine.ts";

/** What a person asked for. */
export interface EngineRequest {
  /** A name, or `auto`; from the command line or from HOURGLASS_ENGINE. @default {"auto"} */
  readonly name?: string;
  /** Threads of the native engine. @default {by the size of a step} */
  readonly threads?: number;
}

/** What a run computes with. */
export interface EngineChoice {
  readonly name: EngineName;
  /** Threads as they were asked for; `null`: each graph by its size. */
  readonly threads: number | null;
  /** The cores of the machine, by which graphs choose their threads. */
  readonly cores: number;
  /** Why it is not the native engine, when nobody asked for another. */
  readonly notice?: string;
}

/** Chooses an engine. @throws {UsageError} When what was asked for does not exist, or cannot be used here. */
export async function chooseEngine({ name = "auto", threads }: EngineRequest): Promise<EngineChoice> {
  const cores = navigator.hardwareConcurrency;
  const known = ENGINE_NAMES.find((engine) => engine === name);
  if (known === undefined && name !== "auto") {
    const near = nearest(name, ENGINE_NAMES), hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
    throw new UsageError(
      `Cannot run as the engine must be one of auto, ${
        ENGINE_NAMES.join(", ")
      }: current value is "${name}"${hint}`,
    );
  }
  if (threads !== undefined && known !== undefined && known !== "native") {
    throw new UsageError(
      `Cannot run on ${threads} threads as the engine must be native: current engine is ${known}`,
    );
  }
  if (known !== undefined && known !== "native") return { name: known, threads: null, cores };
  const problem = await (await import("./native.ts")).nativeProblem();
  if (problem === undefined) return { name: "native", threads: threads ?? null, cores };
  if (known === "native" || threads !== undefined) throw new UsageError(problem);
  return { name: "wasm", threads: null, cores, notice: `The wasm engine computes: ${problem}` };
}

/** An engine in words: `native, 2 threads`. */
export function describeEngine(
  { name, threads }: Pick<EngineChoice, "threads"> & { name: string },
  threadsOfStep: number,
): string {
  const count = name === "native" ? threads ?? threadsOfStep : 1;
  return `${name}, ${count} ${count === 1 ? "thread" : "threads"}`;
}

/** The class of an engine: results within one are the same bits. */
export function engineClass(
  { name, threads, cores }: Pick<EngineChoice, "threads" | "cores"> & { name: string },
): string {
  if (name !== "native") return name;
  return threads === null ? `native, threads for ${cores} cores` : `native, ${threads} threads`;
}
