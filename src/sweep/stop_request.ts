/**
 * Requests to stop a sweep, from other processes: a small file in the folder of the sweep. It stays there, so that every process that runs
 * trials of the sweep finds it; one that is started later takes it as past.
 *
 * @module
 */
import { z } from "zod";
import { readSmallText, statIfThere, writeFileAtomically } from "../core/files.ts";
import { SCHEMA } from "../core/schema_version.ts";

/** Milliseconds between two polls. */
const POLL_MS = 500;

const StopFile = z.object({
  schema: z.literal(SCHEMA.control),
  /** Stop each trial after its batch, with a checkpoint, or at once. */
  stop: z.enum(["batch", "now"]),
});

/** A request to a sweep. */
export type SweepStop = z.infer<typeof StopFile>["stop"];

const stopFile = (folder: string) => `${folder}/control.json`;

/** Asks all processes that run trials of the sweep in this folder to stop. @throws {RunError} When the folder cannot be written. */
export async function requestSweepStop(folder: string, stop: SweepStop): Promise<void> {
  await writeFileAtomically(stopFile(folder), JSON.stringify({ schema: SCHEMA.control, stop }) + "\n");
}

/** Calls back for each request made from now on, until it is closed; it does not keep the process alive. */
export function watchSweepStop(folder: string, onRequest: (stop: SweepStop) => void): { close(): void } {
  const file = stopFile(folder);
  // Each request is a new file: machines whose clocks differ agree on that.
  const current = () => {
    const found = statIfThere(file);
    return found === undefined ? undefined : `${found.ino} ${found.mtime?.getTime()}`;
  };
  let known = current();
  const timer = setInterval(async () => {
    const now = current();
    if (now === known || now === undefined) return;
    known = now;
    const { data } = StopFile.safeParse(await readSmallText(file).then(JSON.parse).catch(() => undefined));
    if (data !== undefined) onRequest(data.stop);
  }, POLL_MS);
  Deno.unrefTimer(timer);
  return { close: () => clearInterval(timer) };
}
