/** The flags of the bench of whole jobs, `bench/job.ts`. @module */
import { parseArgs } from "node:util";
import { messageOf, nearest, shortened, UsageError } from "../src/core/errors.ts";
import { ENGINE_NAMES } from "../src/engine/engine.ts";
import { JOBS } from "./job_runs.ts";

/** What is compared, and how often. */
export interface JobFlags {
  readonly json: boolean;
  /** The name of one of {@link JOBS}. */
  readonly job: string;
  readonly epochs: number;
  readonly rounds: number;
  /** The engines of this project; the losses of all others must agree with those of the first. */
  readonly engines: readonly string[];
  /** The numbers of threads that PyTorch runs with. */
  readonly threads: readonly number[];
  readonly withPytorch: boolean;
}

const OPTIONS = {
  json: { type: "boolean", default: false },
  // What is printed without --json.
  markdown: { type: "boolean", default: false },
  epochs: { type: "string", default: "3" },
  rounds: { type: "string", default: "3" },
  engines: { type: "string", default: "native,wasm" },
  without: { type: "string", default: "" },
  job: { type: "string", default: "dense" },
  threads: { type: "string", default: `1,${navigator.hardwareConcurrency}` },
} as const;

/** Reads the flags. @throws {UsageError} When there is no such flag, or its value is none that it can have. */
export function jobFlags(args: readonly string[]): JobFlags {
  const flags = parsed(args);
  return {
    json: flags.json,
    job: oneOf("--job", flags.job, Object.keys(JOBS)),
    epochs: wholeNumber("--epochs", flags.epochs),
    rounds: wholeNumber("--rounds", flags.rounds),
    engines: unique(flags.engines).map((engine) => oneOf("--engines", engine, ENGINE_NAMES)),
    threads: unique(flags.threads).map((threads) => wholeNumber("--threads", threads)),
    withPytorch: flags.without === "" || oneOf("--without", flags.without, ["pytorch"]) === undefined,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (thrown) {
    throw new UsageError(messageOf(thrown), { cause: thrown });
  }
}

function oneOf(flag: string, text: string, words: readonly string[]): string {
  if (words.includes(text)) return text;
  const near = nearest(text, words), hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  throw new UsageError(`${flag} must be one of ${words.join(", ")}, got "${shortened(text)}"${hint}`);
}

function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} must be a whole number from 1, got "${shortened(text)}"`);
}

/** The entries of a list with commas, each once. */
function unique(list: string): string[] {
  return [...new Set(list.split(","))];
}
