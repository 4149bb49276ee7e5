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

/** Which moments are kept: epochs divisible by a stride, and moments with a preview whose number is divisible by another. */
function strides() {
  let stride = 1, previewStride = 1;
  const keeps = ({ epoch, preview }: Moment) =>
    preview > 0 ? preview % previewStride === 0 : epoch % stride === 0;
  return {
    keeps,
    /** Doubles strides until at most three quarters are left; epochs without a preview go first. */
    thinned(moments: Moment[]): Moment[] {
      let left = moments;
      while (left.length > 0.75 * KEPT_MOMENTS) {
        if (left.some(({ preview }) => preview === 0)) stride *= 2;
        else previewStride *= 2;
        left = left.filter(keeps);
      }
      return left;
    },
  };
}

/** Creates an empty timeline. */
export function timeline(): Timeline {
  const { keeps, thinned } = strides();
  let moments: Moment[] = [];
  let orders = 0, previews = 0;
  let live: View | undefined;

  function add(view: View, stage: string, epoch: number): void {
    const newest = moments.at(-1);
    const isSame = newest !== undefined && newest.stage === stage && newest.epoch === epoch;
    if (isSame) moments.pop();
    else if (newest !== undefined && !keeps(newest)) moments.pop();
    // A run that resumes from a checkpoint repeats some epochs.
    while (moments.at(-1)?.stage === stage && moments.at(-1)!.epoch >= epoch) moments.pop();
    if (moments.length >= KEPT_MOMENTS) moments = thinned(moments);
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
      const isOver = training !== undefined && runningStage(view)?.name !== training.stage;
      if (training === undefined || training.last === null || isOver) return;
      add(view, training.stage, training.last.epoch);
    },
    moments: () => moments,
    step: (from, by) => stepped(moments, live, from, by),
  };
}

/** The moment `by` steps after another one; `null` is the present. During its training, the newest moment is the present. */
function stepped(
  moments: readonly Moment[],
  live: View | undefined,
  from: Moment | null,
  by: number,
): Moment | null {
  const end = moments.length - Number(moments.at(-1)?.view === live);
  const place = from === null ? end : placeOf(moments, from.order);
  const isGone = from !== null && moments[place]?.order !== from.order;
  const target = Math.max(0, place + by - Number(isGone && by > 0));
  return target < end ? moments[target] : null;
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
