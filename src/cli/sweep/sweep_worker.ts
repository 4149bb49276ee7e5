/** A process of `--jobs`: runs the trials that its standard input orders, one after the other, and ends with it. @module */
import { messageOf, UsageError } from "../../core/errors.ts";
import { EXIT } from "../../run/record.ts";
import { nextWorker } from "../../run/start_worker.ts";
import { harmlessJson } from "../../ui/text/json.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { writeAll } from "../output.ts";
import type { TrialSetup, TrialToRun } from "./sweep_run.ts";
import { type SweepStops, sweepStops } from "./sweep_stops.ts";
import { localHost } from "./trial_host.ts";
import { linesOf, MARK, type WorkerOrder, type WorkerReply } from "./worker_messages.ts";

/** Follows the orders of a sweep until its input ends; returns the exit code. */
export async function runWorker(env: Environment): Promise<number> {
  const stops = sweepStops();
  let run: ((trial: TrialToRun) => Promise<void>) | undefined, running = Promise.resolve();
  for await (const line of linesOf(Deno.stdin.readable)) {
    const order = JSON.parse(line) as WorkerOrder;
    if ("setup" in order) run = runner(order.setup, env, stops);
    else if ("trial" in order) running = run!(order.trial);
    else if ("stop" in order) stops.ask(order.stop);
    else stops.abort(order.abort);
  }
  // The sweep has ended, or was killed: its trials are stopped with checkpoints.
  stops.ask({ exitCode: EXIT.terminated, cause: "SIGTERM" });
  await running;
  return 0;
}

/** Runs a trial and reports its end. */
function runner(
  setup: TrialSetup,
  env: Environment,
  stops: SweepStops,
): (trial: TrialToRun) => Promise<void> {
  const worker = nextWorker();
  worker.prepare();
  const host = localHost(setup, env, stops, worker);
  return async (trial) => {
    try {
      const end = await host.run(trial);
      if (end.kind !== "died") reply({ end });
    } catch (thrown) {
      const name = thrown instanceof Error ? thrown.name : "Error";
      reply({ error: { name, message: thrown instanceof UsageError ? thrown.message : messageOf(thrown) } });
    }
  };
}

function reply(message: WorkerReply): void {
  writeAll(`${MARK}${harmlessJson(message)}\n`);
}
