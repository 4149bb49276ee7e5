/**
 * A peer in Python: a process that lives as long as the bench, and answers one JSON object a line with another.
 *
 * @module
 */
import type { Case } from "../steps/cases.ts";
import { initialParameters } from "../steps/cases.ts";

/** A running peer. */
export interface PythonProcess {
  /** What it said of itself at its start. */
  // deno-lint-ignore no-explicit-any
  readonly hello: any;
  // deno-lint-ignore no-explicit-any
  ask(question: unknown): Promise<any>;
  /** Asks it to prepare a case, with the weights that all begin with; `options` go with the case. */
  prepare(
    one: Case,
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ firstLoss: number; seconds: number }>;
  close(): Promise<void>;
}

/** Starts a program of this folder. */
export async function startPython(
  command: string,
  program: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<PythonProcess> {
  const process = new Deno.Command(command, {
    args: [new URL(`./${program}`, import.meta.url).pathname, ...args],
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream()).getReader();
  const writer = process.stdin.getWriter();
  const answer = async () => {
    const { value } = await lines.read();
    if (value === undefined) throw new Error(`${program} must answer: it ended`);
    return JSON.parse(value);
  };
  const ask: PythonProcess["ask"] = async (question) => {
    await writer.write(new TextEncoder().encode(JSON.stringify(question) + "\n"));
    return await answer();
  };
  return {
    hello: await answer(),
    ask,
    async prepare(one, options) {
      const weights = await Deno.makeTempFile();
      await Deno.writeFile(weights, bytesOf(initialParameters(one)));
      const prepared = await ask({ case: { ...one, ...options, weights } });
      await Deno.remove(weights);
      return prepared;
    },
    async close() {
      await writer.close();
      await lines.cancel();
      await process.status;
    },
  };
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
