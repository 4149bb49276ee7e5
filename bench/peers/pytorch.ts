/**
 * PyTorch as a contestant: a process that lives as long as the bench and runs steps on request. It times itself, so that
 * communication is not measured.
 *
 * @module
 */
import type { Contestant } from "../interleave.ts";
import { type Case, initialParameters } from "../steps/cases.ts";
import { nameOf, type Stepper } from "../steps/stepper.ts";
import type { Python } from "./python.ts";

/** A process of PyTorch with a number of threads. */
export interface Torch {
  readonly threads: number;
  /** Version, optimizer and arithmetic library, on one line. */
  readonly description: string;
  stepper(one: Case): Promise<Stepper>;
  /** Products of 1024 x 1024. */
  readonly product: Contestant;
  close(): Promise<void>;
}

/** Starts PyTorch. */
export async function startTorch({ command, origin }: Python, threads: number): Promise<Torch> {
  const file = new URL("./pytorch_peer.py", import.meta.url).pathname;
  const process = new Deno.Command(command, {
    args: [file, String(threads)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream()).getReader();
  const writer = process.stdin.getWriter();
  const answer = async () => {
    const { value } = await lines.read();
    if (value === undefined) throw new Error("PyTorch's process must answer: it ended");
    return JSON.parse(value);
  };
  const ask = async (question: unknown) => {
    await writer.write(new TextEncoder().encode(JSON.stringify(question) + "\n"));
    return await answer();
  };
  const { version, adam, config } = await answer();
  return {
    threads,
    description: `PyTorch ${version} (${origin}), ${blasOf(config)}, ${adam} Adam`,
    async stepper(one) {
      const weights = await Deno.makeTempFile();
      await Deno.writeFile(weights, bytesOf(initialParameters(one)));
      const { firstLoss } = await ask({ case: { ...one, weights } });
      await Deno.remove(weights);
      const run = async (steps: number) => (await ask({ run: steps })).ms;
      return { engine: "pytorch", threads, name: nameOf("pytorch", threads), firstLoss, run };
    },
    product: {
      name: `product of 1024 x 1024, pytorch, ${threads}`,
      run: async (times) => (await ask({ product: times })).ms,
    },
    async close() {
      await writer.close();
      await lines.cancel();
      await process.status;
    },
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

function bytesOf(numbers: readonly Float32Array[]): Uint8Array {
  const all = new Float32Array(numbers.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of numbers) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(all.buffer);
}

/** Cuts a text into its lines. */
function lineStream(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) controller.enqueue(line);
    },
  });
}
