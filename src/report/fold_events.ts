/**
 * The events of a run, folded into the state that a report shows.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../pipeline/events.ts";
import type { ReportMetrics, ReportStage, ReportTraining } from "./report_data.ts";

/** The state of a run according to its events. */
export interface Folded {
  readonly started?: EventOf<"run">;
  readonly stages: readonly ReportStage[];
  readonly trainings: readonly ReportTraining[];
  readonly warnings: readonly { stage?: string; message: string }[];
  readonly logs: readonly { stage?: string; message: string }[];
  /** The last title of each artifact, by its file. */
  readonly artifacts: ReadonlyMap<string, EventOf<"artifact">>;
  readonly metrics: ReportMetrics;
  readonly end?: EventOf<"end">;
}

interface Training {
  stage: string;
  start?: EventOf<"training">;
  epochs: EventOf<"epoch">[];
  previews: EventOf<"preview">[];
  latent?: EventOf<"latent">;
  health?: EventOf<"health">;
  divergence?: EventOf<"divergence">;
}

/** Folds events, in order. */
export function foldEvents(events: readonly RunEvent[]): Folded {
  const stages = new Map<string, ReportStage>(), trainings = new Map<string, Training>();
  const warnings: EventOf<"warning">[] = [], logs: EventOf<"log">[] = [];
  const artifacts = new Map<string, EventOf<"artifact">>();
  const metrics: Record<string, ReportMetrics[string]> = Object.create(null);
  let started: EventOf<"run"> | undefined, end: EventOf<"end"> | undefined;

  const training = (stage: string): Training => {
    const known = trainings.get(stage);
    if (known !== undefined) return known;
    const fresh = { stage, epochs: [], previews: [] };
    trainings.set(stage, fresh);
    return fresh;
  };
  const fold: { [Type in RunEvent["type"]]: (event: EventOf<Type>) => void } = {
    run(event) {
      started = event;
      for (const stage of event.stages) stages.set(stage.name, { ...stage, state: "waiting" });
    },
    stage({ stage: name, state, seconds, note, metrics: measured }) {
      stages.set(name, { name, kind: stages.get(name)?.kind ?? name, state, seconds, note });
      if (measured !== undefined) metrics[name] = measured;
    },
    training: (event) => void (training(event.stage).start = event),
    epoch(event) {
      const { epochs, previews } = training(event.stage);
      // A training that resumes from a checkpoint, or starts over, repeats some epochs: the later events count.
      while (epochs.length > 0 && epochs.at(-1)!.epoch >= event.epoch) epochs.pop();
      while (previews.length > 0 && previews.at(-1)!.epoch >= event.epoch) previews.pop();
      epochs.push(event);
    },
    preview: (event) => void training(event.stage).previews.push(event),
    latent: (event) => void (training(event.stage).latent = event),
    health: (event) => void (training(event.stage).health = event),
    divergence: (event) => void (training(event.stage).divergence = event),
    artifact: (event) => void artifacts.set(event.file, event),
    warning: (event) => void warnings.push(event),
    log: (event) => void logs.push(event),
    checkpoint() {},
    end: (event) => void (end = event),
  };
  for (const event of events) (fold[event.type] as ((event: RunEvent) => void) | undefined)?.(event);
  return {
    started,
    stages: [...stages.values()],
    trainings: [...trainings.values()],
    warnings,
    logs,
    artifacts,
    metrics,
    end,
  };
}
