/**
 * Who runs a trial: a lock of the operating system on `trials/ID.lock`, which ends with its process, however that ends. So a trial whose
 * owner died is claimed again, and its run resumes.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { SCHEMA } from "../core/schema_version.ts";
import { trialsFolder } from "./folder.ts";
import { readResult, resultFile, type TrialResult, writeResult } from "./result.ts";

/** What earlier owners of a trial left behind, for the next one; other readers find in it what `lock` files of runs hold. */
const ClaimFile = z.object({
  schema: z.literal(SCHEMA.lock),
  /** The run that was started last; {@link NO_RUN}: none yet. */
  run: z.string(),
  attempts: z.int().min(0),
});

/** A trial that this process runs. */
export interface Claim {
  /** The run that an earlier owner started, to be resumed. */
  readonly run?: string;
  /** How often it was started so far. */
  readonly attempts: number;
  /** Records a run before it is started or resumed, and counts it; without an id, the run does not exist yet. */
  start(run?: string): void;
  /** Records the id of a run that has just been started. */
  started(run: string): void;
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

/** Attempts to take a lock, as readers hold it for a moment to see whether it is free. */
const TRIES = 5, BETWEEN_MS = 5;

/**
 * Claims a trial.
 *
 * @returns The claim; the result where the trial has ended already; `undefined` where another process runs it.
 * @throws {RunError} When the folder cannot be written, or a result is there that cannot be read.
 */
export async function claimTrial(
  folder: string,
  trial: string,
  owner: { readonly pid: number; readonly host: string },
): Promise<Claim | { readonly result: TrialResult } | undefined> {
  const path = claimFile(folder, trial), file = await locked(path);
  if (file === undefined) return undefined;
  try {
    // Only now: an owner writes the result before it releases the lock.
    const result = await readResult(folder, trial);
    if (typeof result === "string") {
      throw new RunError(`${result} (remove ${resultFile(folder, trial)} to run it again)`);
    }
    if (result === undefined) return openClaim(folder, path, file, owner);
    file.close();
    await Deno.remove(path).catch(() => {});
    return { result };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

/** A file with its lock; `undefined` where another process has it. */
async function locked(path: string): Promise<Deno.FsFile | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true, create: true });
  } catch (thrown) {
    throw new RunError(`"${path}" must be a file that can be written, got: ${messageOf(thrown)}`);
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await file.tryLock(true)) return file;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  file.close();
  return undefined;
}

function openClaim(
  folder: string,
  path: string,
  file: Deno.FsFile,
  { pid, host }: { readonly pid: number; readonly host: string },
): Claim {
  const before = ClaimFile.safeParse(parsed(file)).data;
  let attempts = before?.attempts ?? 0;
  const write = (run: string) => {
    const since = new Date().toISOString();
    overwrite(file, JSON.stringify({ schema: SCHEMA.lock, pid, host, since, run, attempts }) + "\n");
  };
  let isHeld = true;
  const release = () => {
    if (isHeld) file.close();
    isHeld = false;
  };
  return {
    ...before === undefined || before.run === NO_RUN ? {} : { run: before.run },
    get attempts() {
      return attempts;
    },
    start(run = NO_RUN) {
      attempts++;
      write(run);
    },
    started: write,
    async finish(result) {
      await writeResult(folder, result);
      // Whoever opened the file before finds the result after it has taken the lock.
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
