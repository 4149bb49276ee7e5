/**
 * The worker in which a pipeline runs, so that keys and frames stay responsive during computation. It is the only writer of the
 * run's events and artifacts.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { codeKey, stageKeys } from "../pipeline/keys.ts";
import { resolveInspected } from "../pipeline/resolve.ts";
import { checkpointPort } from "./checkpoint_port.ts";
import { type EventLog, openEventLog } from "./event_log.ts";
import { execute } from "./execute.ts";
import { fileUrl, loadPipeline } from "./load_pipeline.ts";
import { progressWriter } from "./progress.ts";
import { leadRanks } from "./ranks/lead.ts";
import { openTeam } from "./ranks/team.ts";
import { EXIT } from "./record.ts";
import type { RunPlan } from "./run_plan.ts";
import { type StopFlag, stopFlag } from "./stop.ts";
import { type WarningBox, warningBox } from "./warning_box.ts";
import type { WorkerOrder, WorkerReport } from "./worker_messages.ts";

const report = (message: WorkerReport) => self.postMessage(message);

self.onmessage = async ({ data: order }: MessageEvent<WorkerOrder>) => {
  try {
    const isComplete = await work(order);
    if (order.isKept && isComplete) return report({ idle: true });
  } catch (thrown) {
    report({ broken: messageOf(thrown) });
  }
  self.close();
};

/** Runs a pipeline; returns whether all of its stages are complete. */
async function work({ plan, place, earlier, code, shared }: WorkerOrder): Promise<boolean> {
  const { file, overrides, seed } = plan, { port } = shared;
  const signal = stopFlag(shared.stop), team = plan.ranks && openTeam(plan.ranks, signal);
  if (team !== undefined) report({ joined: team.processes });
  const log = openEventLog(place.folder, (lines) => report({ lines }));
  const emit = eventWriter(plan, { signal, log, warnings: warningBox(shared.warning) });
  let stage: string | undefined, isComplete = false;
  failOnStray((message) => {
    const note = `${file} left an error outside of its stages: ${message}`;
    if (stage !== undefined) log.add({ type: "stage", t: Date.now(), stage, state: "failed", note });
    log.flush();
    report({ broken: stage === undefined ? note : `${stage}: ${note}` });
  });
  const pipeline = await resolveInspected(await loadPipeline(file), { overrides, seed });
  const keys = await stageKeys(pipeline, plan.engineClass, fileUrl(file));
  // Else a result of the code that was loaded could be stored as one of the code that is there now.
  if (codeKey(keys) !== code) {
    throw new RunError(
      `${file} must not be edited while a run starts, got a change in it or in a file that it imports (start it again)`,
    );
  }
  const ranks = team &&
    leadRanks(team, {
      plan,
      pipeline,
      keys,
      waits: shared.waits,
      onDisconnect: () => report({ disconnecting: true }),
    });
  await execute({
    plan,
    place,
    earlier,
    pipeline,
    keys,
    signal,
    ranks,
    emit(event, from) {
      ranks?.observe(event);
      if (event.type === "end") isComplete = event.status === "completed";
      if (event.type === "stage") stage = event.state === "started" ? event.stage : undefined;
      emit(event, from);
    },
    flushEvents: log.flush,
    progressOf: (position) => progressWriter(shared.progress, position),
    port: checkpointPort({ port, flushEvents: log.flush, post: (checkpoint) => report({ checkpoint }) }),
  });
  log.close();
  return isComplete;
}

let strayHandler: AbortController | undefined;

/** Ends the worker at an error that nothing awaits: in a timer, or in a promise that is never awaited. */
function failOnStray(fail: (message: string) => void): void {
  const end = (event: Event, thrown: unknown) => {
    event.preventDefault();
    fail(messageOf(thrown));
    self.close();
  };
  // That of the run before, where the worker was kept.
  strayHandler?.abort();
  strayHandler = new AbortController();
  const { signal } = strayHandler;
  self.addEventListener("unhandledrejection", (event) => end(event, event.reason), { signal });
  self.addEventListener("error", (event) => end(event, event.error ?? event.message), { signal });
}

/** Writes events; counts epochs, and reports a lost terminal and the main thread's warnings together with the next event. */
function eventWriter(
  { maxEpochs }: RunPlan,
  { signal, log, warnings }: {
    readonly signal: StopFlag;
    readonly log: EventLog;
    readonly warnings: WarningBox;
  },
): (event: RunEvent, from?: "cache") => void {
  let epochs = 0, hangUps = 0;
  return (event, from) => {
    const message = warnings.take();
    if (message !== undefined) log.add({ type: "warning", t: Date.now(), message });
    if (signal.hangUps > hangUps) {
      hangUps = signal.hangUps;
      log.add({
        type: "log",
        t: Date.now(),
        message: "the terminal hung up (SIGHUP): the run continues without it",
      });
    }
    log.add(event);
    if (event.type === "epoch" && from === undefined && ++epochs === maxEpochs) {
      signal.ask({ exitCode: EXIT.budget, after: "epoch", cause: "epochs" });
    }
  };
}
