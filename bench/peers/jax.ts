/**
 * JAX as a contestant: the whole step compiled by XLA with donated buffers, called from Python or inside `lax.scan`. It times itself.
 *
 * @module
 */
import { note } from "../note.ts";
import type { Case } from "../steps/cases.ts";
import { nameOf, type Stepper } from "../steps/stepper.ts";
import { type PythonProcess, startPython } from "./python_process.ts";

/** A process of JAX. */
export interface Jax {
  /** Its version. */
  readonly description: string;
  stepper(one: Case, engine: typeof JAX_ENGINES[number]): Promise<Stepper>;
  close(): Promise<void>;
}

/** The ways in which it can run a case: steps called from Python, or inside `lax.scan`. */
export const JAX_ENGINES = ["jax jit", "jax scan"] as const;

/** XLA takes as many threads as there are processors. */
const THREADS = navigator.hardwareConcurrency;

/** Starts JAX. */
export async function startJax(command: string, flags: readonly string[]): Promise<Jax> {
  const peer = await startPython(command, "jax_peer.py", flags, { JAX_PLATFORMS: "cpu" });
  return {
    description: `JAX ${peer.hello.version}`,
    stepper: (one, engine) => stepperOf(peer, one, engine),
    close: peer.close,
  };
}

async function stepperOf(peer: PythonProcess, one: Case, engine: string): Promise<Stepper> {
  const { firstLoss, seconds } = await peer.prepare(one, { engine }), name = nameOf(engine, THREADS);
  note(`  ${name}: first call, with compiling, ${seconds.toFixed(1)} s`);
  const run = async (steps: number) => (await peer.ask({ run: steps, engine })).ms;
  return { engine, threads: THREADS, name, firstLoss, run };
}
