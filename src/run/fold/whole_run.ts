/**
 * The events of a run that are read at once, for a report: the view at the end, and in full what a view keeps only the newest of.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import { foldEvent, initialView } from "./fold.ts";
import type { View } from "./view.ts";

/** A training with all its events. */
export interface WholeTraining {
  readonly stage: string;
  /** The event that opened the training; missing when the beginning of the log is. */
  readonly start?: EventOf<"training">;
  readonly epochs: readonly EventOf<"epoch">[];
  readonly previews: readonly EventOf<"preview">[];
  /** The last scatter of the latent plane. */
  readonly latent?: EventOf<"latent">;
  /** The last measurement of the latent space's health. */
  readonly health?: EventOf<"health">;
  /** Why its loss became non-finite. */
  readonly divergence?: EventOf<"divergence">;
}

/** A run with all its events. */
export interface WholeRun {
  /** After the last event. */
  readonly view: View;
  readonly trainings: readonly WholeTraining[];
  readonly warnings: readonly EventOf<"warning">[];
  readonly logs: readonly EventOf<"log">[];
  /** The last event of each artifact, by its file. */
  readonly artifacts: ReadonlyMap<string, EventOf<"artifact">>;
}

type Growing = { -readonly [Field in keyof WholeTraining]: WholeTraining[Field] } & {
  readonly epochs: EventOf<"epoch">[];
  readonly previews: EventOf<"preview">[];
};

/** Folds all events of a run, in order. */
export function wholeRun(events: readonly RunEvent[]): WholeRun {
  const trainings = new Map<string, Growing>(), artifacts = new Map<string, EventOf<"artifact">>();
  const warnings: EventOf<"warning">[] = [], logs: EventOf<"log">[] = [];
  let view = initialView();
  for (const event of events) {
    view = foldEvent(view, event);
    if (event.type === "artifact") artifacts.set(event.file, event);
    else if (event.type === "warning") warnings.push(event);
    else if (event.type === "log") logs.push(event);
    else addToTraining(trainings, event);
  }
  return { view, trainings: [...trainings.values()], warnings, logs, artifacts };
}

/** Adds an event of a training to what is known of it. */
function addToTraining(trainings: Map<string, Growing>, event: RunEvent): void {
  switch (event.type) {
    case "training":
      trainingOf(trainings, event.stage).start = event;
      return;
    case "epoch": {
      const { epochs, previews } = trainingOf(trainings, event.stage);
      // A training that resumes from a checkpoint, or starts over, repeats some epochs: the later events count.
      while (epochs.length > 0 && epochs.at(-1)!.epoch >= event.epoch) epochs.pop();
      while (previews.length > 0 && previews.at(-1)!.epoch >= event.epoch) previews.pop();
      epochs.push(event);
      return;
    }
    case "preview":
      trainingOf(trainings, event.stage).previews.push(event);
      return;
    case "latent":
      trainingOf(trainings, event.stage).latent = event;
      return;
    case "health":
      trainingOf(trainings, event.stage).health = event;
      return;
    case "divergence":
      trainingOf(trainings, event.stage).divergence = event;
  }
}

function trainingOf(trainings: Map<string, Growing>, stage: string): Growing {
  const known = trainings.get(stage);
  if (known !== undefined) return known;
  const training = { stage, epochs: [], previews: [] };
  trainings.set(stage, training);
  return training;
}
