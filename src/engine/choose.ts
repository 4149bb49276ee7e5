/**
 * Which engine a run uses: the one that was given, else native where it is available, else wasm.
 *
 * @module
 */
import { plural } from "../core/amounts.ts";
import { nearest, UsageError } from "../core/errors.ts";
import { ENGINE_NAMES, type EngineName } from "./engine.ts";

/** The engine that a run computes with. */
export interface EngineConfig<Name extends string = string> {
  readonly name: Name;
  /** Threads as given; `null`: chosen for each graph by its size. */
  readonly threads: number | null;
  /** The cores of the machine, by which threads are chosen. */
  readonly cores: number;
}

/**
 * Chooses an engine.
 *
 * @param wanted `name`: an engine or `auto`, from the command line or from HOURGLASS_ENGINE (default `auto`); `threads`: of the native
 * engine (default: by the size of a step, at most `cores`, which are those of the machine by default); `isOpened: false`, for a plan: the
 * native engine counts as available when nothing of it is missing, without opening it.
 * @returns The engine, and a notice when `auto` falls back from the native engine to wasm.
 * @throws {UsageError} When the engine does not exist, or cannot be used here.
 */
export async function chooseEngine(
  { name = "auto", threads, cores = navigator.hardwareConcurrency, isOpened = true }: {
    readonly name?: string;
    readonly threads?: number;
    readonly cores?: number;
    readonly isOpened?: boolean;
  },
): Promise<EngineConfig<EngineName> & { readonly notice?: string }> {
  const known = ENGINE_NAMES.find((engine) => engine === name);
  if (known === undefined && name !== "auto") {
    const near = nearest(name, ENGINE_NAMES), hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
    throw new UsageError(
      `--engine (or HOURGLASS_ENGINE) must be one of auto, ${ENGINE_NAMES.join(", ")}, got "${name}"${hint}`,
    );
  }
  if (threads !== undefined && known !== undefined && known !== "native") {
    throw new UsageError(
      `--threads ${threads} needs the native engine, got ${known}`,
    );
  }
  if (known !== undefined && known !== "native") return { name: known, threads: null, cores };
  const problem = isOpened
    ? await (await import("./native.ts")).nativeProblem()
    : await (await import("./native/library.ts")).missingLibrary();
  if (problem === undefined) return { name: "native", threads: threads ?? null, cores };
  if (known === "native" || threads !== undefined) throw new UsageError(problem);
  return { name: "wasm", threads: null, cores, notice: `Using the wasm engine: ${problem}` };
}

/** An engine as text: `native, 2 threads`. */
export function describeEngine(
  { name, threads }: Pick<EngineConfig, "name" | "threads">,
  threadsOfStep: number,
): string {
  const count = name === "native" ? threads ?? threadsOfStep : 1;
  return `${name}, ${plural(count, "thread")}`;
}

/** The class of an engine: engines of one class give the same bits. */
export function engineClass({ name, threads, cores }: EngineConfig): string {
  if (name !== "native") return name;
  return threads === null ? `native, threads for ${cores} cores` : `native, ${threads} threads`;
}
