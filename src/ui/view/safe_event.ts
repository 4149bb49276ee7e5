/**
 * Events whose texts are safe to print: what a user or a file chose may hold what a terminal obeys.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import type { ViewMetrics } from "../../run/fold/view.ts";
import { safe } from "../text/text.ts";

/** An event with its texts made safe. Base64 and what the schema of events names stay as they are. */
export function safeEvent(event: RunEvent): RunEvent {
  return (SAFE[event.type] as (event: RunEvent) => RunEvent)(event);
}

const SAFE: { readonly [Type in RunEvent["type"]]: (event: EventOf<Type>) => EventOf<Type> } = {
  run: (event) => ({
    ...event,
    run: safe(event.run),
    pipeline: safe(event.pipeline),
    engine: safe(event.engine),
    folder: safe(event.folder),
    stages: event.stages.map(({ name, kind }) => ({ name: safe(name), kind: safe(kind) })),
  }),
  stage: (event) => ({
    ...event,
    stage: safe(event.stage),
    note: optional(event.note),
    metrics: event.metrics && safeMetrics(event.metrics),
    cached: optional(event.cached),
  }),
  training: (event) => ({
    ...event,
    stage: safe(event.stage),
    model: safe(event.model),
    unit: safe(event.unit),
  }),
  epoch: (event) => ({ ...event, stage: safe(event.stage), parts: event.parts && safeKeys(event.parts) }),
  learningRate: (event) => ({ ...event, stage: safe(event.stage) }),
  preview: (event) => ({
    ...event,
    stage: safe(event.stage),
    ...(event.features && { features: event.features.map(safe) }),
    items: event.items.map((item) => ({ ...item, label: safe(item.label) })),
  }),
  latent: (event) => ({ ...event, stage: safe(event.stage), labelNames: event.labelNames.map(safe) }),
  health: (event) => ({ ...event, stage: safe(event.stage), collapse: optional(event.collapse) }),
  divergence: (event) => ({
    ...event,
    stage: safe(event.stage),
    name: safe(event.name),
    message: safe(event.message),
  }),
  checkpoint: (event) => ({ ...event, stage: safe(event.stage), file: safe(event.file) }),
  artifact: (event) => ({
    ...event,
    stage: safe(event.stage),
    file: safe(event.file),
    title: safe(event.title),
  }),
  warning: (event) => ({ ...event, stage: optional(event.stage), message: safe(event.message) }),
  log: (event) => ({ ...event, stage: optional(event.stage), message: safe(event.message) }),
  end: (event) => ({ ...event, reason: safe(event.reason) }),
};

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : safe(text);
}

function safeKeys<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [safe(name), value]));
}

function safeMetrics(metrics: ViewMetrics): ViewMetrics {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, { unit, estimator, ...metric }]) => [
      safe(name),
      { ...metric, unit: safe(unit), ...estimator === undefined ? {} : { estimator: safe(estimator) } },
    ]),
  );
}
