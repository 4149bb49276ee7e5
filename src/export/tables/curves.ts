/**
 * `curves.csv`: a row per epoch of each training.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import { csv } from "./csv.ts";

/** The curves of all trainings of a run, under the names that `events.jsonl` has; parts of the loss (`reconstruction`, `kl`) are columns. */
export function curvesCsv(events: readonly RunEvent[]): string {
  const epochs = epochsOf(events);
  const parts = [...new Set(epochs.flatMap(({ parts = {} }) => Object.keys(parts)))];
  const columns = [
    ...["stage", "epoch", "loss", "validation"],
    ...parts,
    ...["best", "bestEpoch", "learningRate", "seconds"],
  ];
  return csv(
    columns,
    epochs.map((epoch) => [
      ...[epoch.stage, epoch.epoch, epoch.loss, epoch.validation],
      ...parts.map((part) => epoch.parts?.[part]),
      ...[epoch.best, epoch.bestEpoch, epoch.learningRate, epoch.seconds],
    ]),
  );
}

/** The epochs in order. A training that started over repeats some: the later events count. */
function epochsOf(events: readonly RunEvent[]): EventOf<"epoch">[] {
  const trainings = new Map<string, EventOf<"epoch">[]>();
  for (const event of events) {
    if (event.type !== "epoch") continue;
    const epochs = trainings.get(event.stage) ?? [];
    while (epochs.length > 0 && epochs.at(-1)!.epoch >= event.epoch) epochs.pop();
    epochs.push(event);
    trainings.set(event.stage, epochs);
  }
  return [...trainings.values()].flat();
}
