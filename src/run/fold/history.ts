/**
 * The losses of a training, thinned so that any number of epochs takes the memory of at most two thousand.
 *
 * A history is immutable: {@link remember} returns a new one. Full chunks are shared between them, so
 * an epoch costs one copy of at most {@link CHUNK} references.
 *
 * @module
 */

/** The lowest, the highest and the last of consecutive values. */
export interface Span {
  readonly low: number;
  readonly high: number;
  readonly last: number;
}

/** One epoch, or several consecutive ones merged. A loss that was not finite or not measured is omitted. */
export interface LossPoint {
  /** The first and the last epoch in it. */
  readonly from: number;
  readonly to: number;
  readonly loss: Span | null;
  readonly validation: Span | null;
}

/** Losses by epoch, evenly thinned. */
export interface LossHistory {
  /** The number of epochs in a full point: 1, 2, 4, ... */
  readonly stride: number;
  /** The number of points: at most {@link CAPACITY}. */
  readonly length: number;
  readonly chunks: readonly (readonly LossPoint[])[];
  readonly tail: readonly LossPoint[];
}

/** Maximum number of points. */
export const CAPACITY = 2000;
/** Points per chunk. */
const CHUNK = 50;

/** A history without an epoch. */
export function emptyHistory(): LossHistory {
  return { stride: 1, length: 0, chunks: [], tail: [] };
}

/** The history with one more epoch. Amortised O(1). */
export function remember(
  history: LossHistory,
  epoch: number,
  loss: number | null,
  validation: number | null | undefined,
): LossHistory {
  const point = { from: epoch, to: epoch, loss: spanOf(loss), validation: spanOf(validation) };
  const newest = history.tail.at(-1);
  if (newest !== undefined && epoch - newest.from < history.stride && epoch > newest.to) {
    const tail = history.tail.slice();
    tail[tail.length - 1] = merge(newest, point);
    return { ...history, tail };
  }
  return append(history.length >= CAPACITY ? halve(history) : history, point);
}

/** All points, the oldest first. */
export function pointsOf(history: LossHistory): LossPoint[] {
  return [...history.chunks.flat(), ...history.tail];
}

function append({ stride, length, chunks, tail }: LossHistory, point: LossPoint): LossHistory {
  if (tail.length < CHUNK) return { stride, length: length + 1, chunks, tail: [...tail, point] };
  return { stride, length: length + 1, chunks: [...chunks, tail], tail: [point] };
}

function halve(history: LossHistory): LossHistory {
  const points = pointsOf(history);
  let halved: LossHistory = { ...emptyHistory(), stride: history.stride * 2 };
  for (let index = 0; index < points.length; index += 2) {
    const second = points[index + 1];
    halved = append(halved, second === undefined ? points[index] : merge(points[index], second));
  }
  return halved;
}

function spanOf(value: number | null | undefined): Span | null {
  return typeof value === "number" && Number.isFinite(value)
    ? { low: value, high: value, last: value }
    : null;
}

function merge(first: LossPoint, second: LossPoint): LossPoint {
  return {
    from: first.from,
    to: second.to,
    loss: join(first.loss, second.loss),
    validation: join(first.validation, second.validation),
  };
}

function join(first: Span | null, second: Span | null): Span | null {
  if (first === null || second === null) return second ?? first;
  return {
    low: Math.min(first.low, second.low),
    high: Math.max(first.high, second.high),
    last: second.last,
  };
}
