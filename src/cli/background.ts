/**
 * Starts a run in a separate process and session: it survives the terminal, and its dashboard is a viewer like any other.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { hideSecrets, redactArguments } from "../core/secrets.ts";
import { STOP_SIGNALS, type StopSignalName } from "../run/stop.ts";
import { writeAll, writeError } from "./output.ts";
import { listenToSignals } from "./signals.ts";
import { typed } from "../core/typed_command.ts";
import { taskArguments } from "./tasks.ts";

/** A run in the background. */
export interface BackgroundRun {
  readonly id: string;
  readonly folder: string;
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>;
  /** Detaches: this process can end before the run. */
  leave(): void;
}

/** A sweep in the background. */
export interface BackgroundSweep {
  /** The name of the sweep. */
  readonly sweep: string;
  /** The folder of its runs, and that of the sweep itself. */
  readonly folder: string;
  readonly results: string;
  /** What it has printed, and its exit code, once it has ended. */
  output(): Promise<{ readonly text: string; readonly exitCode: number }>;
  leave(): void;
}

/** Whether this process may start another one. */
export function canStartInBackground(): boolean {
  return Deno.permissions.querySync({ name: "run", command: Deno.execPath() }).state === "granted";
}

/**
 * Starts the same command in the background, without a screen.
 *
 * @param writable Folders that it may write to in addition to those of its task.
 * @returns The run or sweep, or the exit code of a command that ended before a run started (its output is passed on).
 * @throws {RunError} When this process may not start another.
 */
export async function startBackgroundRun(
  args: readonly string[],
  writable: readonly string[],
): Promise<BackgroundRun | BackgroundSweep | { exitCode: number }> {
  if (!canStartInBackground()) {
    throw new RunError(
      `A run in the background must be allowed to start Deno, got no --allow-run=${Deno.execPath()} (start it with "${
        typed("run")
      }")`,
    );
  }
  const child = spawnDetached(args, writable);
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
  const collect = async (text: string) => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return { text, exitCode: await ended() };
  };
  const leave = () => child.unref();
  if (/^\{"sweep":.*\}$/.test(line)) {
    const places = JSON.parse(line) as { sweep: string; folder: string; results: string };
    return { ...places, output: () => collect(rest), leave };
  }
  if (!/^\{"id":.*\}$/.test(line)) return { exitCode: await relay(line === "" ? rest : `${line}\n${rest}`) };
  const exited = ended().finally(() => reader.cancel().catch(() => {}));
  return { ...JSON.parse(line) as { id: string; folder: string }, exited, leave };
}

/** Starts the process of a run, in a session of its own. */
function spawnDetached(args: readonly string[], writable: readonly string[]): Deno.ChildProcess {
  // Other users can read the command line of a process, and not its environment.
  const { words, env } = hideSecrets(args.filter((word) => word !== "--detach"));
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...[...taskArguments(args[0], { writable }), ...words.slice(1), "--ui", "off"],
      ...["--announce", JSON.stringify(redactArguments(args))],
    ],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

/** The exit code of a process that SIGHUP ended, as in a shell. */
const HUNG_UP = 129;

/** Forwards the signals of this process to another. */
export function forwardSignals(child: Deno.ChildProcess): void {
  const send = (signal: StopSignalName) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
      Deno.exit(STOP_SIGNALS[signal]);
    }
  };
  // The terminal has closed, and this process ends; the run continues in its own.
  listenToSignals().direct({ stop: send, abort: send, hangUp: () => Deno.exit(HUNG_UP) });
}

/** The first line of the output of a process, and the text received after it. */
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
