/**
 * The scale of one of several parallel axes: where a value is, and the ticks.
 *
 * @module
 */
import { settingText } from "../../sweep/setting_text.ts";
import { plotText } from "../figures/plot.ts";

/** A tick: its place on the axis, from 0 (bottom) to 1, and its text. */
export interface AxisTick {
  readonly place: number;
  readonly text: string;
}

/** A scale. */
export interface AxisScale {
  /** The place of a value, from 0 (bottom) to 1. */
  place(value: unknown): number;
  readonly ticks: readonly AxisTick[];
}

/** The most ticks of an axis of numbers, and of names. */
const MOST_TICKS = 6, MOST_NAMES = 12;
const LONGEST_NAME = 22;

/** The scale of values: numbers by their size or its logarithm, anything else one by one in the order in which they come. */
export function axisScale(values: readonly unknown[], isLogarithmic: boolean): AxisScale {
  if (values.length > 0 && values.every((value) => typeof value === "number" && Number.isFinite(value))) {
    return numberScale(values as readonly number[], isLogarithmic);
  }
  const names = new Map<string, string>();
  for (const value of values) names.set(JSON.stringify(value) ?? "", plotText(settingText(value)));
  const keys = [...names.keys()], places = new Map(keys.map((key, at) => [key, share(at, keys.length)]));
  const step = Math.ceil(keys.length / MOST_NAMES);
  const ticks = keys.filter((_, at) => at % step === 0).map((key) => ({
    place: places.get(key)!,
    text: cutName(names.get(key)!),
  }));
  return { place: (value) => places.get(JSON.stringify(value) ?? "") ?? 0, ticks };
}

const share = (at: number, count: number) => count === 1 ? 0.5 : at / (count - 1);
const cutName = (name: string) => name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;

function numberScale(values: readonly number[], isLogarithmic: boolean): AxisScale {
  const at = isLogarithmic ? Math.log10 : (value: number) => value;
  let low = Infinity, high = -Infinity;
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const range = at(high) - at(low);
  const place = (value: unknown) => range === 0 ? 0.5 : (at(value as number) - at(low)) / range;
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  // A grid shows its own values.
  const shown = distinct.length <= MOST_TICKS ? distinct : roundNumbers(low, high, isLogarithmic);
  return { place, ticks: shown.map((value) => ({ place: place(value), text: settingText(value) })) };
}

/** Round numbers between two: steps of 1, 2 or 5; or of a logarithm 1, 2 and 5, or powers of ten, of each decade. */
function roundNumbers(low: number, high: number, isLogarithmic: boolean): number[] {
  if (!isLogarithmic) {
    const rough = (high - low) / MOST_TICKS, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  }
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const inside = (factors: readonly number[], every = 1) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((power) => power % every === 0)
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const choices = [inside([1, 2, 5]), inside([1, 3]), inside([1]), inside([1], 2), inside([1], 4)];
  return choices.find((ticks) => ticks.length <= MOST_TICKS) ?? [low, high];
}
