/** A second run to compare with: its training, and its value at an epoch. @module */
import { type LossHistory, type LossPoint, pointsOf } from "../../run/fold/history.ts";
import type { TrainingView, View } from "../../run/fold/view.ts";

/** A run to compare with. */
export interface Comparison {
  /** Its name on the screen. */
  readonly name: string;
  readonly view: View;
}

/** The corresponding training of the other run: that of the same stage, otherwise its last. */
export function otherTraining({ view }: Comparison, { stage }: TrainingView): TrainingView | undefined {
  return view.trainings.find((one) => one.stage === stage) ?? view.trainings.at(-1);
}

/** The monitored value after an epoch; of merged epochs, the value of the last one. `undefined` if there is none. */
export function monitoredAt(
  history: LossHistory,
  epoch: number,
  monitor: TrainingView["monitor"],
): number | undefined {
  const point = pointsOf(history).find(({ from, to }) => from <= epoch && epoch <= to);
  return monitoredOf(point, monitor)?.last;
}

/** The monitored loss of a point. */
function monitoredOf(point: LossPoint | undefined, monitor: TrainingView["monitor"]) {
  return point?.[monitor] ?? undefined;
}
