/**
 * Stop requests from other processes: a small file in the run folder, which the run polls and removes. It works wherever the folder can
 * be written, for any user and from any machine that shares it.
 *
 * @module
 */
import { z } from "zod";
import { writeFileAtomically } from "../core/files.ts";
import { SCHEMA } from "../core/schema_version.ts";

/** Milliseconds between two polls. */
const POLL_MS = 200;

const ControlFile = z.object({
  schema: z.literal(SCHEMA.control),
  /** Stop after the batch, after the epoch, or at once. */
  stop: z.enum(["batch", "epoch", "now"]),
  /** The exit code that the run ends with. */
  exitCode: z.union([z.literal(130), z.literal(143)]).default(130),
});
/** A request to a run. */
export type StopRequest = Omit<z.infer<typeof ControlFile>, "schema">;

function controlFile(folder: string): string {
  return `${folder}/control.json`;
}

/** Sends a request to the run in this folder. */
export async function requestStop(folder: string, control: StopRequest): Promise<void> {
  const content = { schema: SCHEMA.control, ...control };
  await writeFileAtomically(controlFile(folder), JSON.stringify(content) + "\n");
}

/** Removes a request to an earlier process. Call it after taking the lock of a run that is resumed. */
export function forgetControl(folder: string): void {
  take(folder);
}

/** Polls for requests until it is closed. */
export function watchControl(folder: string, onRequest: (control: StopRequest) => void): { close(): void } {
  const timer = setInterval(() => {
    const request = take(folder);
    if (request !== undefined) onRequest(request);
  }, POLL_MS);
  return { close: () => clearInterval(timer) };
}

function take(folder: string): StopRequest | undefined {
  const taken = `${controlFile(folder)}.taken`;
  try {
    // Renamed before it is read, so that a request made in between is read by the next poll.
    Deno.renameSync(controlFile(folder), taken);
    // Reading a pipe of that name would block forever.
    const text = Deno.lstatSync(taken).isFile ? Deno.readTextFileSync(taken) : "";
    Deno.removeSync(taken, { recursive: true });
    const { schema: _, ...control } = ControlFile.parse(JSON.parse(text));
    return control;
  } catch {
    // There is no request, or the file is not a control file of this version.
    return undefined;
  }
}
