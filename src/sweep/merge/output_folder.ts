// OUT/: what a merge has made, `merged.json` last; `merge.lock`; while it is written, `merge.tmp/`.

/**
 * The folder that a merge writes: all of it or nothing, by one process at a time.
 *
 * @module
 */
import { messageOf, RunError, UsageError } from "../../core/errors.ts";
import { type Holder, type Lock, takeLock } from "../../run/lock.ts";
import { readSweep } from "../folder.ts";
import { POOLED_FILE } from "../pooled_results.ts";
import { TABLE_FILES } from "../tables/write_tables.ts";
import { SUMMARY_FILE } from "./summary.ts";

/** The lock, which also distinguishes a folder of merges from any other; and the work in progress. */
const LOCK = "merge.lock", WORK = "merge.tmp";
/** What a merge may write besides. */
const WRITTEN = ["sweep.json", "trials", POOLED_FILE, "model", "index.html", "index.md", ...TABLE_FILES];

/** Who merges. */
export interface Merger {
  readonly pid: number;
  /** Empty where it may not be read. */
  readonly host: string;
  readonly now: Date;
}

/**
 * Refuses an output that is something else than a new folder or an earlier merge of the same sweep. Nothing is made or changed.
 *
 * @throws {UsageError}
 */
export async function checkOutput(out: string, sweep: string, inputs: readonly string[]): Promise<void> {
  let names: string[];
  try {
    names = (await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw new UsageError(`--out must be a folder, got "${out}": ${messageOf(thrown)}`);
  }
  const place = await Deno.realPath(out);
  const input = await Array.fromAsync(inputs, (folder) => Deno.realPath(folder));
  if (input.includes(place)) {
    throw new UsageError(`--out must be another folder than those that are merged, got "${out}"`);
  }
  if (names.length > 0 && !names.includes(LOCK)) {
    throw new UsageError(
      `--out must be a new or empty folder, or an earlier merge of the sweep, got "${out}", which holds "${
        names[0]
      }"`,
    );
  }
  if (!names.includes("sweep.json")) return;
  const found = await readSweep(out).then((plan) => plan.sweep, messageOf);
  if (found === sweep) return;
  throw new UsageError(
    `--out must be a new folder or a merge of sweep ${sweep}, got "${out}" with ${
      /^[0-9a-f]+$/.test(found) ? `sweep ${found}` : found
    } (another folder, or remove it)`,
  );
}

/**
 * Fills the output folder: `write` gets a temporary folder in it, whose content then takes the place of what an earlier merge has left. When
 * it fails, nothing of it is left, and the earlier merge is as it was.
 *
 * @throws {UsageError} When another process merges into it, or it cannot be written.
 * @throws {RunError} When it can no longer be written, as on a full disk.
 */
export async function fillOutput(
  out: string,
  merger: Merger,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const isNew = await makeFolder(out), lock = await locked(out, merger), work = `${out}/${WORK}`;
  let isFilled = false;
  try {
    await removeIfThere(work);
    await Deno.mkdir(work);
    await write(work);
    await replaceContent(out, work);
    isFilled = true;
  } catch (thrown) {
    if (thrown instanceof UsageError || thrown instanceof RunError) throw thrown;
    throw new RunError(`Cannot write "${out}": ${messageOf(thrown)}`, { cause: thrown });
  } finally {
    await removeIfThere(work);
    if (isNew && !isFilled) await removeIfThere(out);
    // Who has merged, and when, is no part of a merge: the same results give the same bytes.
    else await Deno.truncate(`${out}/${LOCK}`).catch(() => {});
    lock.release();
  }
}

/** Makes a folder; whether it is new. @throws {UsageError} */
async function makeFolder(out: string): Promise<boolean> {
  const isThere = await Deno.stat(out).then(() => true, () => false);
  try {
    await Deno.mkdir(out, { recursive: true });
    return !isThere;
  } catch (thrown) {
    throw new UsageError(`--out must be a folder that can be made, got "${out}": ${messageOf(thrown)}`);
  }
}

async function locked(out: string, { pid, host, now }: Merger): Promise<Lock> {
  const path = `${out}/${LOCK}`, since = now.toISOString();
  const taken = await takeLock(path, { pid, host, since, run: "merge" }).catch((thrown) => {
    throw new UsageError(`--out must be a folder that can be written to, got "${out}": ${messageOf(thrown)}`);
  });
  if ("release" in taken) return taken;
  throw new UsageError(
    `--out must not be written by two merges at once, got "${out}", which ${
      writerText(taken.heldBy)
    } writes (wait for it)`,
  );
}

function writerText(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  const { pid, host } = holder;
  return `process ${pid}${host === "" ? "" : ` on ${host}`}`;
}

/**
 * Moves what is in the temporary folder to the output folder. A folder without `merged.json` is no whole merge, so that file goes first and
 * comes last: a process that is killed between leaves none, and the next merge replaces all.
 */
async function replaceContent(out: string, work: string): Promise<void> {
  for (const name of [SUMMARY_FILE, ...WRITTEN]) await removeIfThere(`${out}/${name}`);
  const names = (await Array.fromAsync(Deno.readDir(work))).map(({ name }) => name);
  const inOrder = [...names.filter((name) => name !== SUMMARY_FILE).sort(), SUMMARY_FILE];
  for (const name of inOrder) await Deno.rename(`${work}/${name}`, `${out}/${name}`);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}
