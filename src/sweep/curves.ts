/**
 * The learning curves of trials: the monitored loss of the last training of each, thinned.
 *
 * @module
 */
import { readSmallText } from "../core/files.ts";
import { eventsIn } from "../run/event_file.ts";
import { pointsOf } from "../run/fold/history.ts";
import type { TrainingView } from "../run/fold/view.ts";
import { wholeRun } from "../run/fold/whole_run.ts";
import { evenly } from "./evenly.ts";

/** A curve. */
export interface TrialCurve {
  /** The id of the trial. */
  readonly trial: string;
  /** What the loss is of, and its unit: `validation, nats/sample`. */
  readonly of: string;
  /** Epochs, in rising order, and the losses at them. */
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
}

/** The lines that a curve needs, by their beginnings: pictures, which take most of a file, are not parsed. */
const NEEDED = /^\{[^{[]{0,60}"type":"(?:training|epoch)"/;

/**
 * Reads the curve of a run that has ended; `undefined` where its events are gone, cannot be read, or hold no finite loss. Never throws.
 *
 * @param most The most points, at least two.
 */
export async function readCurve(
  folder: string,
  trial: string,
  most: number,
): Promise<TrialCurve | undefined> {
  let text: string;
  try {
    text = await readSmallText(`${folder}/events.jsonl`);
  } catch {
    return undefined;
  }
  const lines = text.split("\n").filter((line) => NEEDED.test(line));
  const training = wholeRun(eventsIn(lines.join("\n"), folder)).trainings.at(-1);
  if (training?.start === undefined) return undefined;
  const { monitor, unit } = training.start;
  const points = training.epochs.flatMap((epoch) => {
    const loss = monitor === "validation" ? epoch.validation : epoch.loss;
    return typeof loss === "number" ? [{ epoch: epoch.epoch, loss }] : [];
  });
  return curveOf(trial, `${splitOf(monitor)}, ${unit}`, points, most);
}

/** The curve of a training that is followed. */
export function followedCurve(
  { history, monitor, unit }: TrainingView,
  trial: string,
  most: number,
): TrialCurve | undefined {
  const points = pointsOf(history).flatMap((point) => {
    const span = point[monitor];
    return span === null ? [] : [{ epoch: point.to, loss: span.last }];
  });
  return curveOf(trial, `${splitOf(monitor)}, ${unit}`, points, most);
}

/** The split that a monitored loss is of. */
function splitOf(monitor: TrainingView["monitor"]): string {
  return monitor === "validation" ? "validation" : "train";
}

function curveOf(
  trial: string,
  of: string,
  points: readonly { readonly epoch: number; readonly loss: number }[],
  most: number,
): TrialCurve | undefined {
  if (points.length === 0) return undefined;
  const shown = evenly(points, most);
  return { trial, of, epochs: shown.map(({ epoch }) => epoch), losses: shown.map(({ loss }) => loss) };
}
