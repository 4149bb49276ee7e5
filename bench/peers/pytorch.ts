/**
 * PyTorch as a contestant, in each way in which it may be the fastest. It times itself, so that communication is not measured.
 *
 * @module
 */
import type { Contestant } from "../interleave.ts";
import { note } from "../note.ts";
import { type Case, isDense } from "../steps/cases.ts";
import { nameOf, type Stepper } from "../steps/stepper.ts";
import type { Python } from "./python.ts";
import { startPython } from "./python_process.ts";

/** A process of PyTorch with a number of threads. */
export interface Torch {
  readonly threads: number;
  /** Version, optimizer and arithmetic library, on one line. */
  readonly description: string;
  /** The ways in which it can run a case. */
  modes(one: Case): readonly Mode[];
  stepper(one: Case, mode: Mode): Promise<Stepper>;
  /** Products of 1024 x 1024. */
  readonly product: Contestant;
  close(): Promise<void>;
}

/** How PyTorch runs a case. */
export interface Mode {
  /** The engine's name in the table. */
  readonly engine: string;
  /** Whether `torch.compile` compiles the loss. */
  readonly compiled: boolean;
  /** Whether maps are stored with channels last. */
  readonly channelsLast: boolean;
}

const EAGER: Mode = { engine: "pytorch", compiled: false, channelsLast: false };
const COMPILED: Mode = { engine: "pytorch compiled", compiled: true, channelsLast: false };
const LAST: Mode = { engine: "pytorch channels-last", compiled: false, channelsLast: true };
const COMPILED_LAST: Mode = {
  engine: "pytorch compiled channels-last",
  compiled: true,
  channelsLast: true,
};

/** Starts PyTorch. */
export async function startTorch(
  { command, origin }: Python,
  threads: number,
  flags: readonly string[],
): Promise<Torch> {
  const peer = await startPython(command, "pytorch_peer.py", [String(threads), ...flags]);
  const { version, adam, config } = peer.hello;
  return {
    threads,
    description: `PyTorch ${version} (${origin}), ${blasOf(config)}, ${adam} Adam`,
    modes: (one) => isDense(one) ? [EAGER, COMPILED] : [EAGER, LAST, COMPILED, COMPILED_LAST],
    async stepper(one, { engine, ...mode }) {
      const { firstLoss, seconds } = await peer.prepare(one, { ...mode, engine }),
        name = nameOf(engine, threads);
      if (mode.compiled) note(`  ${name}: first step, with compiling, ${seconds.toFixed(1)} s`);
      const run = async (steps: number) => (await peer.ask({ run: steps, engine })).ms;
      return { engine, threads, name, firstLoss, run };
    },
    product: {
      name: `product of 1024 x 1024, pytorch, ${threads}`,
      run: async (times) => (await peer.ask({ product: times })).ms,
    },
    close: peer.close,
  };
}

/** What multiplies matrices, out of PyTorch's description of its build. */
function blasOf(config: string): string {
  const library = /(Math Kernel Library Version \S+|OpenBLAS \S+)/.exec(config)?.[1] ??
    /BLAS_INFO=(\w+)/.exec(config)?.[1] ?? "unknown BLAS";
  const capability = /CPU capability usage: (\w+)/.exec(config)?.[1];
  return `${library.replace("Math Kernel Library Version", "MKL")}${
    capability === undefined ? "" : `, ${capability}`
  }`;
}
