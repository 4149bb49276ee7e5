/**
 * Who runs a trial: a lock of the operating system on `trials/ID.lock`, which ends with its process, however that ends. So a trial whose
 * owner died is claimed again, and its run resumes.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { SCHEMA } from "../core/schema_version.ts";
import { takeNamedLock } from "../run/named_lock.ts";
import { trialsFolder } from "./folder.ts";
import { readResult, resultFile, type TrialResult, writeResult } from "./result.ts";

/** What earlier owners of a trial left behind, for the next one; other readers find in it what `lock` files of runs hold. */
const ClaimFile = z.object({
  schema: z.literal(SCHEMA.lock),
  /** The run that was started last; {@link NO_RUN}: none yet. */
  run: z.string(),
  failures: z.int().min(0),
});

/** A trial that this process runs. */
export interface Claim {
  /** The run that an earlier owner started, to be resumed. */
  readonly run?: string;
  /** How often it has failed so far; a run that was stopped or killed has not. */
  readonly failures: number;
  /** Records a run that is started or resumed. */
  started(run: string): void;
  /** Records that its run failed; returns how often it has failed now. */
  failed(run: string): number;
  /** Writes the result and gives up the trial for good. */
  finish(result: TrialResult): Promise<void>;
  /** Gives up the trial for another owner; nothing where it is given up already. */
  release(): void;
}

/** The ending of the files of claims. */
export const CLAIM = ".lock";

/** The file that a claim locks. */
export function claimFile(folder: string, trial: string): string {
  return `${trialsFolder(folder)}/${trial}${CLAIM}`;
}

/** Who claims a trial. */
interface Claimant {
  readonly pid: number;
  readonly host: string;
  /** How often a trial that failed is run again: one that failed no more often has not ended. @default {0} */
  readonly retries?: number;
}

/**
 * Claims a trial.
 *
 * @returns The claim; the result where the trial has ended already; `undefined` where another process runs it.
 * @throws {RunError} When the folder cannot be written, or a result is there that cannot be read.
 */
export async function claimTrial(
  folder: string,
  trial: string,
  claimant: Claimant,
): Promise<Claim | { readonly result: TrialResult } | undefined> {
  const path = claimFile(folder, trial), file = await locked(path);
  if (file === undefined) return undefined;
  try {
    // Only now: an owner writes the result before it releases the lock.
    const result = await readResult(folder, trial);
    if (typeof result === "string") {
      throw new RunError(`${result} (remove ${resultFile(folder, trial)} to run it again)`);
    }
    if (result === undefined) return openClaim(folder, path, file, claimant);
    if (isToRetry(result, claimant.retries ?? 0)) return openClaim(folder, path, file, claimant, result);
    file.close();
    await Deno.remove(path).catch(() => {});
    return { result };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

/** Whether a trial failed less often than it is run. */
export function isToRetry({ state, exitCode, attempts }: TrialResult, retries: number): boolean {
  return state === "failed" && exitCode === FAILED && attempts <= retries;
}

/** The exit code of a run whose stage failed; others say that it would end the same way again. */
const FAILED = 1;

/** The file of a claim with its lock; `undefined` where another process has it. */
async function locked(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await takeNamedLock(path);
  } catch (thrown) {
    throw new RunError(`"${path}" must be a file that can be written, got: ${messageOf(thrown)}`);
  }
}

function openClaim(
  folder: string,
  path: string,
  file: Deno.FsFile,
  { pid, host }: Claimant,
  failed?: TrialResult,
): Claim {
  const before = ClaimFile.safeParse(parsed(file)).data;
  let run = (failed ?? before)?.run ?? NO_RUN, failures = failed?.attempts ?? before?.failures ?? 0;
  const write = (next: string) => {
    const since = new Date().toISOString();
    run = next;
    overwrite(file, JSON.stringify({ schema: SCHEMA.lock, pid, host, since, run, failures }) + "\n");
  };
  // Readers see who has it, before a run is started.
  write(run);
  let isHeld = true;
  const release = () => {
    if (isHeld) file.close();
    isHeld = false;
  };
  return {
    get run() {
      return run === NO_RUN ? undefined : run;
    },
    get failures() {
      return failures;
    },
    started: write,
    failed(id) {
      failures++;
      write(id);
      return failures;
    },
    async finish(result) {
      await writeResult(folder, result);
      // A process that opened the file before finds the result after it has taken the lock.
      await Deno.remove(path).catch(() => {});
      release();
    },
    release,
  };
}

/** In the place of a run's id where there is no run yet. */
export const NO_RUN = "new";

function parsed(file: Deno.FsFile): unknown {
  const bytes = new Uint8Array(MOST_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0)));
  } catch {
    // It is new, or its owner was cut off.
    return undefined;
  }
}

/** More than any claim has. */
const MOST_BYTES = 4096;

/** Replaces the content of a file by a single write, so that an owner that is killed leaves the old or the new one. */
function overwrite(file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(bytes);
  file.truncateSync(bytes.length);
}
