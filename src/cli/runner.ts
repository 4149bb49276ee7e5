/**
 * A run in a process of its own, in a session of its own: it lives on when the terminal closes, and a dashboard is one more monitor.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { hideSecrets, redactArguments } from "../core/secrets.ts";
import { STOP_SIGNALS, type StopSignal } from "../run/stop.ts";
import { writeAll, writeError } from "./output.ts";
import { listenToSignals } from "./signals.ts";
import { taskArguments } from "./version.ts";

/** A run in the background. */
export interface StartedRunner {
  readonly id: string;
  readonly folder: string;
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>;
  /** Lets it go: this process can end before it. */
  leave(): void;
}

/** A sweep in the background, which has lines and no dashboard. */
export interface StartedSweep {
  /** Its name. */
  readonly sweep: string;
  /** Where its runs lie. */
  readonly folder: string;
  /** Passes its lines on until it has ended; gives its exit code. */
  show(): Promise<number>;
  leave(): void;
}

/** Whether this process may start others. */
export function canStartRunner(): boolean {
  return Deno.permissions.querySync({ name: "run", command: Deno.execPath() }).state === "granted";
}

/**
 * Starts the same command in the background, without a screen.
 *
 * @param writable The folders that it may write to besides those of its task.
 * @returns The run or sweep, or the exit code of a command that ended before a run began (what it said is passed on).
 * @throws {RunError} When this process may not start another.
 */
export async function startRunner(
  args: readonly string[],
  writable: readonly string[],
): Promise<StartedRunner | StartedSweep | { exitCode: number }> {
  if (!canStartRunner()) {
    throw new RunError(
      `A run in the background must be allowed to start Deno, got no --allow-run=${Deno.execPath()} (start it with "deno task run")`,
    );
  }
  // Other users can read the command line of a process, and not its environment.
  const { words, env } = hideSecrets(args.filter((word) => word !== "--detach"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[...taskArguments("run", writable), ...words.slice(1), "--ui", "off"],
      ...["--announce", JSON.stringify(redactArguments(args))],
    ],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  forwardSignals(child);
  const errors = new Response(child.stderr).text();
  const { line, rest, reader } = await firstLine(child.stdout);
  const ended = async () => {
    const [{ code }, problem] = await Promise.all([child.status, errors]);
    if (problem !== "") writeError(`${problem.trimEnd()}\n`);
    return code;
  };
  const relay = async (text: string) => {
    writeAll(text);
    for (let part = await reader.read(); !part.done; part = await reader.read()) writeAll(part.value);
    return await ended();
  };
  const leave = () => child.unref();
  if (/^\{"sweep":.*\}$/.test(line)) {
    return { ...JSON.parse(line) as { sweep: string; folder: string }, show: () => relay(rest), leave };
  }
  if (!/^\{"id":.*\}$/.test(line)) return { exitCode: await relay(line === "" ? rest : `${line}\n${rest}`) };
  const exited = ended().finally(() => reader.cancel().catch(() => {}));
  return { ...JSON.parse(line) as { id: string; folder: string }, exited, leave };
}

/** What a shell says of a process that SIGHUP ended. */
const HUNG_UP = 129;

/** Sends the signals of this process on to another, which knows what to do. */
export function forwardSignals(child: Deno.ChildProcess): void {
  const send = (signal: StopSignal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended: nothing is torn.
      Deno.exit(STOP_SIGNALS[signal]);
    }
  };
  // The terminal is gone and this process with it; the run goes on in its own.
  listenToSignals().direct({ stop: send, abort: send, hangUp: () => Deno.exit(HUNG_UP) });
}

/** The first line that a process writes, and what has come after it. */
async function firstLine(
  stdout: ReadableStream<Uint8Array>,
): Promise<{ line: string; rest: string; reader: ReadableStreamDefaultReader<string> }> {
  const reader = stdout.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .getReader();
  let said = "";
  for (;;) {
    const { value, done } = await reader.read();
    said += value ?? "";
    const end = said.indexOf("\n");
    if (end >= 0) return { line: said.slice(0, end), rest: said.slice(end + 1), reader };
    if (done) return { line: said, rest: "", reader };
  }
}
