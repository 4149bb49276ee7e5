/** Runs another program to its end, and measures its time and memory. @module */

/** The measurements of a process. */
export interface Finished {
  /** Standard output. */
  readonly output: string;
  /** From its start to its end. */
  readonly seconds: number;
  /** Its peak memory (resident, in MB of 10^6 bytes); `null` where the system does not report it. */
  readonly peakMegabytes: number | null;
  /** Time on all processors together, to 0.02 s; `null` where the system does not report it. */
  readonly processorSeconds: number | null;
}

/** Milliseconds between two readings of the memory; the system itself records the maximum, so that few suffice. */
const LOOK = 20;

/** Runs a program. @throws {Error} When it fails, with its output. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  const began = performance.now();
  const process = new Deno.Command(command, {
    args: [...args],
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peak: number | null = null, busy: number | null = null;
  const looking = setInterval(() => {
    peak = largestResident(process.pid) ?? peak;
    busy = processorSecondsOf(process.pid) ?? busy;
  }, LOOK);
  const { success, stdout, stderr } = await process.output();
  clearInterval(looking);
  const seconds = (performance.now() - began) / 1000;
  const decoder = new TextDecoder();
  if (success) {
    return { output: decoder.decode(stdout), seconds, peakMegabytes: peak, processorSeconds: busy };
  }
  throw new Error(
    `${command} must succeed: ${decoder.decode(stderr).trim().split("\n").slice(-3).join(" ")}`,
  );
}

function largestResident(id: number): number | null {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${id}/status`))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024 / 1e6;
  } catch {
    return null;
  }
}

/** Linux counts processor time in hundredths of a second (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS = 100;

function processorSecondsOf(id: number): number | null {
  try {
    // What comes after the name, which may have spaces, begins with field 3; user and system time are fields 14 and 15.
    const fields = Deno.readTextFileSync(`/proc/${id}/stat`).split(") ").at(-1)!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return null;
  }
}
