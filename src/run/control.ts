/**
 * How another process asks a run to stop: a small file in its folder, which the run looks for and takes away. It works wherever the
 * folder can be written, for any user and from any machine that shares it.
 *
 * @module
 */
import { z } from "zod";
import { writeFileAtomically } from "../core/files.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 200;

const Control = z.object({
  /** Stop after the batch, after the epoch, or at once. */
  stop: z.enum(["batch", "epoch", "now"]),
  /** The exit code that the run ends with. */
  exitCode: z.union([z.literal(130), z.literal(143)]).default(130),
});
/** What a run is asked. */
export type Control = z.infer<typeof Control>;

function controlFile(folder: string): string {
  return `${folder}/control.json`;
}

/** Asks the run in this folder. */
export async function askRun(folder: string, control: Control): Promise<void> {
  await writeFileAtomically(controlFile(folder), JSON.stringify(control) + "\n");
}

/** Takes away what was asked of an earlier process: for who has just taken the lock of a run that goes on. */
export function forgetControl(folder: string): void {
  take(folder);
}

/** Looks for what the run is asked until it is closed. */
export function watchControl(folder: string, onAsked: (control: Control) => void): { close(): void } {
  const timer = setInterval(() => {
    const asked = take(folder);
    if (asked !== undefined) onAsked(asked);
  }, LOOK_MS);
  return { close: () => clearInterval(timer) };
}

function take(folder: string): Control | undefined {
  const taken = `${controlFile(folder)}.taken`;
  try {
    // Renamed before it is read, so that what is asked in between waits for the next look.
    Deno.renameSync(controlFile(folder), taken);
    // A pipe of that name would be waited for without end.
    const text = Deno.lstatSync(taken).isFile ? Deno.readTextFileSync(taken) : "";
    Deno.removeSync(taken, { recursive: true });
    return Control.parse(JSON.parse(text));
  } catch {
    // There is none, or it is no control file.
    return undefined;
  }
}
