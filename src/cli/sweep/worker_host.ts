/** A process of `--jobs` as a host of trials: it is started at once, and again where something has ended it. @module */
import { LockedError, messageOf, RunError, UsageError } from "../../core/errors.ts";
import { writtenFolders } from "../access.ts";
import { writeAll, writeError } from "../output.ts";
import { taskArguments } from "../tasks.ts";
import type { TrialEnd } from "./run_trial.ts";
import type { TrialSetup, TrialToRun } from "./sweep_run.ts";
import type { SweepStops } from "./sweep_stops.ts";
import type { HostEnd, TrialHost } from "./trial_host.ts";
import { linesOf, MARK, type WorkerOrder, type WorkerReply } from "./worker_messages.ts";

/** A process that runs trials. */
interface Worker {
  order(message: WorkerOrder): void;
  /** The next reply; where the process has ended, how. */
  next(): Promise<WorkerReply | { readonly died: string }>;
  /** Ends its input, and waits for its end. */
  close(): Promise<void>;
}

/** A host in a process of its own. */
export function workerHost(setup: TrialSetup, stops: SweepStops): TrialHost {
  let worker: Worker | undefined = startWorker(setup);
  return {
    async run(trial: TrialToRun): Promise<HostEnd> {
      const active = worker ??= startWorker(setup),
        leave = stops.pass({
          stop: (stop) => active.order({ stop }),
          abort: async (abort) => {
            active.order({ abort });
            await active.close();
            return abort.exitCode;
          },
          // A process of its own session continues when the terminal closes.
          hangUp() {},
        });
      try {
        active.order({ trial });
        return endOf(await active.next(), () => worker = undefined);
      } finally {
        leave();
      }
    },
    close: async () => await worker?.close(),
  };
}

/** The end of a trial by the reply of its process. @throws {Error} What ended it there. */
function endOf(reply: WorkerReply | { readonly died: string }, forget: () => void): HostEnd {
  if ("end" in reply) return reply.end satisfies TrialEnd;
  if ("died" in reply) {
    forget();
    return { kind: "died", reason: reply.died };
  }
  const { name, message } = reply.error;
  const kinds = { UsageError, LockedError, RunError }, Kind = kinds[name as keyof typeof kinds] ?? RunError;
  throw new Kind(message);
}

function startWorker(setup: TrialSetup): Worker {
  const task = taskArguments("sweep", { writable: writtenFolders(Deno.args) });
  const debug = setup.options.debug ? ["--debug"] : [];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...task, setup.file, ...debug, "--worker"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // Signals of a terminal reach the sweep alone, which passes them on.
    detached: true,
  }).spawn();
  const input = child.stdin.getWriter(), replies = repliesOf(child);
  void relayErrors(child.stderr);
  const order = (message: WorkerOrder) =>
    void input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)).catch(() => {
      // It has ended, which its replies say.
    });
  order({ setup });
  return {
    order,
    async next() {
      const { value, done } = await replies.next();
      if (!done) return value;
      const { code, signal } = await child.status;
      return { died: `its process was ended by ${signal ?? `something else (exit code ${code})`}` };
    },
    async close() {
      await input.close().catch(() => {});
      await child.status;
    },
  };
}

/** The replies of a worker; what else it prints is passed on. */
async function* repliesOf({ stdout }: Deno.ChildProcess): AsyncGenerator<WorkerReply> {
  for await (const line of linesOf(stdout)) {
    if (line.startsWith(MARK)) yield JSON.parse(line.slice(MARK.length)) as WorkerReply;
    else writeAll(`${line}\n`);
  }
}

async function relayErrors(stderr: ReadableStream<Uint8Array>): Promise<void> {
  try {
    for await (const line of linesOf(stderr)) writeError(`${line}\n`);
  } catch (thrown) {
    writeError(`warning: the output of a trial was lost: ${messageOf(thrown)}\n`);
  }
}
