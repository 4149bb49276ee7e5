/**
 * What a sampler draws from: one axis for each option that varies, and the way from a number in (0, 1) to a value of the option.
 *
 * @module
 */

import type { ChoiceAxis, SampledAxis } from "../../pipeline/sweep/axes.ts";

/** The axes of a sampled sweep, in the order of the sweep. */
export type Space = readonly SampledAxis[];

/** An axis between two numbers. */
export type NumericAxis = Exclude<SampledAxis, ChoiceAxis>;

/**
 * A place on every axis: on a numeric axis the number itself, on an axis of choices the index of the value. This is what samplers compare;
 * {@link valuesAt} gives the values.
 */
export type Point = readonly number[];

/** The bounds of an axis as a sampler sees it: the logarithm of a logUniform axis, and half a step more on both sides of whole numbers. */
function bounds({ kind, low, high, integer }: NumericAxis): readonly [low: number, high: number] {
  const half = integer ? 0.5 : 0;
  return kind === "uniform" ? [low - half, high + half] : [Math.log(low - half), Math.log(high + half)];
}

/** A number of a numeric axis between its bounds, as a share from 0 to 1. */
export function shareOf(axis: NumericAxis, value: number): number {
  const [low, high] = bounds(axis);
  return ((axis.kind === "uniform" ? value : Math.log(value)) - low) / (high - low);
}

/** The place on an axis at a share of it, a number in (0, 1). */
export function placeAt(axis: SampledAxis, share: number): number {
  if (axis.kind === "choice") return Math.min(axis.values.length - 1, Math.floor(share * axis.values.length));
  const [low, high] = bounds(axis), between = low + share * (high - low);
  const number = axis.kind === "uniform" ? between : Math.exp(between);
  // What is rounded may lie a bit outside.
  return Math.min(axis.high, Math.max(axis.low, axis.integer ? Math.round(number) : number));
}

/** The values of the options at a point. */
export function valuesAt(space: Space, point: Point): unknown[] {
  return space.map((axis, at) => axis.kind === "choice" ? axis.values[point[at]] : point[at]);
}

/** Points that together have both ends of every numeric axis and every value of the others: as many as the longest axis has values. */
export function endPoints(space: Space): Point[] {
  const ends = space.map((axis) => axis.kind === "choice" ? [...axis.values.keys()] : [axis.low, axis.high]);
  const most = ends.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: most }, (_, at) => ends.map((own) => own[at % own.length]));
}

/** How many points a space has: infinitely many where an axis is continuous. */
export function sizeOf(space: Space): number {
  return space.reduce((size, axis) => size * axisSize(axis), 1);
}

function axisSize(axis: SampledAxis): number {
  if (axis.kind === "choice") return axis.values.length;
  return axis.integer ? axis.high - axis.low + 1 : Infinity;
}
