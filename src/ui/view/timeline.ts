/**
 * The past of a run, to step through: the views after some epochs, at most {@link KEPT_MOMENTS} however long the run is.
 *
 * Views share structure, so a moment takes little more memory than what changed.
 *
 * @module
 */
import { currentTraining, runningStage, type View } from "../../run/fold/view.ts";

/** The state of the run after an epoch, with all data of that epoch. */
export interface Moment {
  /** The number of the moment; thinning leaves gaps. */
  readonly order: number;
  readonly stage: string;
  readonly epoch: number;
  readonly view: View;
  /** The number of the moment among those with a new preview, from 1; 0 without one. */
  readonly preview: number;
}

/** The past of a run. */
export interface Timeline {
  /** Takes the next view. Amortised O(1). */
  take(view: View): void;
  /** All moments, the oldest first. */
  moments(): readonly Moment[];
  /** The moment that is `by` steps after (or before) another one; `null` is the present. */
  step(from: Moment | null, by: number): Moment | null;
}

/** Maximum number of moments. */
export const KEPT_MOMENTS = 400;

/** Creates an empty timeline. */
export function timeline(): Timeline {
  let moments: Moment[] = [];
  let orders = 0, previews = 0;
  /** Kept are epochs divisible by `stride`, and moments with a preview whose number is divisible by `previewStride`. */
  let stride = 1, previewStride = 1;
  let live: View | undefined;

  const isKept = ({ epoch, preview }: Moment) =>
    preview > 0 ? preview % previewStride === 0 : epoch % stride === 0;

  function thin(): void {
    while (moments.length > 0.75 * KEPT_MOMENTS) {
      if (moments.some(({ preview }) => preview === 0)) stride *= 2;
      else previewStride *= 2;
      moments = moments.filter(isKept);
    }
  }
  function add(view: View, stage: string, epoch: number): void {
    const newest = moments.at(-1);
    const isSame = newest !== undefined && newest.stage === stage && newest.epoch === epoch;
    if (isSame) moments.pop();
    else if (newest !== undefined && !isKept(newest)) moments.pop();
    // A run that resumes from a checkpoint repeats some epochs.
    while (moments.at(-1)?.stage === stage && moments.at(-1)!.epoch >= epoch) moments.pop();
    if (moments.length >= KEPT_MOMENTS) thin();
    const hasPreview = view.preview?.stage === stage && view.preview.epoch === epoch;
    const preview = !hasPreview ? 0 : isSame && newest.preview > 0 ? newest.preview : ++previews;
    moments.push({ order: isSame ? newest.order : orders++, stage, epoch, view, preview });
  }
  return {
    take(view) {
      live = view;
      const training = currentTraining(view);
      if (view.trainings.length === 0) moments = [];
      // Events after a training do not change its last epoch.
      if (training === undefined || training.last === null || runningStage(view)?.name !== training.stage) {
        return;
      }
      add(view, training.stage, training.last.epoch);
    },
    moments: () => moments,
    step(from, by) {
      // During its training, the newest moment is the present.
      const end = moments.length - Number(moments.at(-1)?.view === live);
      const place = from === null ? end : placeOf(moments, from.order);
      const isGone = from !== null && moments[place]?.order !== from.order;
      const target = Math.max(0, place + by - Number(isGone && by > 0));
      return target < end ? moments[target] : null;
    },
  };
}

/** The index of the first moment that is not older. */
function placeOf(moments: readonly Moment[], order: number): number {
  let low = 0, high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle].order < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
