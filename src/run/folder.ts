/**
 * Run folders: `runs/<pipeline>/<UTC time>-<id>/`.
 *
 * @module
 */
import { messageOf, UsageError } from "../core/errors.ts";
import { folderName } from "./folder_name.ts";

/** A run's own folder. */
export interface RunFolder {
  /** `20261123-220714-4f2a` */
  readonly id: string;
  /** As on the command line. */
  readonly path: string;
}

/** Attempts to find a new name, when several runs start in the same millisecond. */
const TRIES = 1000;

/**
 * Makes the folder of a new run with its `artifacts/` and `checkpoints/`; never one that is there already.
 *
 * @throws {UsageError} When the folder cannot be written.
 */
export async function createRunFolder(root: string, pipeline: string, now: Date): Promise<RunFolder> {
  const parent = `${root}/${folderName(pipeline)}`;
  try {
    await Deno.mkdir(parent, { recursive: true });
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const id = `${timeText(now)}-${fractionDigits(now, attempt)}`;
      const path = `${parent}/${id}`;
      if (!await makeNew(path)) continue;
      await Deno.mkdir(`${path}/artifacts`);
      await Deno.mkdir(`${path}/checkpoints`);
      return { id, path };
    }
    throw new Error(`${TRIES} names were taken`);
  } catch (thrown) {
    throw new UsageError(
      `"${parent}" must be a writable folder, got: ${messageOf(thrown)}`,
    );
  }
}

async function makeNew(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AlreadyExists) return false;
    throw thrown;
  }
}

function timeText(now: Date): string {
  const [date, time] = now.toISOString().split("T");
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`;
}

/** When a run was started, by its id, in ISO 8601; `undefined` for another name. */
export function timeOfId(id: string): string | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

/**
 * The fraction of the second as four hexadecimal digits, so that names are in the order in which runs started, too. `attempt`: how many names
 * of the same millisecond were taken.
 */
function fractionDigits(now: Date, attempt: number): string {
  const digits = Math.floor(now.getMilliseconds() / 1000 * 0x10000) + attempt;
  return (digits % 0x10000).toString(16).padStart(4, "0");
}
