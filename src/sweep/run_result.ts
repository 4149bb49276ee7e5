/** What the run of a trial measured, as the result of the trial holds it. @module */
import { cpus } from "node:os";
import { infoOf } from "../pipeline/metric.ts";
import { glanceAt } from "../run/event_file.ts";
import { readMetrics } from "../run/metrics_file.ts";
import { recordedSpec, type RunRecord } from "../run/record.ts";
import type { TrialResult } from "./result.ts";

/** What a run that has ended says of itself. */
type Measured = Pick<TrialResult, "metrics" | "info" | "epochs" | "seconds" | "resources">;

/** Of a trial whose run left nothing behind. */
export const NOTHING_MEASURED: Measured = {
  metrics: {},
  info: {},
  epochs: 0,
  seconds: 0,
  resources: { engine: "", threads: null, parts: null, cpu: "", os: "", deno: "", hourglass: "" },
};

/** Reads what a run measured; nothing of it where it failed before it measured anything. */
export async function measuredBy(folder: string, record: RunRecord): Promise<Measured> {
  const found = await readMetrics(folder), events = await glanceAt(folder).catch(() => []);
  const metrics = typeof found === "object" ? found.values : {};
  const info = typeof found === "object"
    ? Object.fromEntries(
      Object.entries(found.metrics).map(([stage, own]) => [
        stage,
        Object.fromEntries(
          Object.keys(own).flatMap((name) => {
            const { unit, direction, split, estimator, interval } = infoOf(own, name) ?? {};
            return unit === undefined || direction === undefined
              ? []
              : [[name, { unit, direction, split, estimator, interval }]];
          }),
        ),
      ]),
    )
    : {};
  const reached = new Map<string, number>();
  let seconds = 0;
  for (const event of events) {
    if (event.type === "epoch") reached.set(event.stage, event.epoch);
    if (event.type === "end") seconds = event.seconds;
  }
  for (const [stage, { epochs }] of Object.entries(metrics)) {
    if (typeof epochs === "number" && "seconds" in metrics[stage]) reached.set(stage, epochs);
  }
  const epochs = [...reached.values()].reduce((sum, own) => sum + own, 0);
  return { metrics, info, epochs, seconds, resources: resourcesOf(record) };
}

/** What a run was computed with. */
function resourcesOf(record: RunRecord): TrialResult["resources"] {
  const { engine, host, versions: { deno, hourglass } } = record;
  const parts = recordedSpec(record)?.stages.find(({ options }) => typeof options.parts === "number")?.options
    .parts;
  const { name, threads } = engine;
  return {
    engine: name,
    threads,
    parts: typeof parts === "number" ? parts : null,
    cpu: processor(),
    os: `${host.os} ${host.arch}`,
    deno,
    hourglass,
  };
}

/** The model of this machine's processor; empty where it may not be read. */
function processor(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "cpus" });
  return state === "granted" ? cpus()[0]?.model.trim() ?? "" : "";
}
