/**
 * Numbers as text. A missing one is a dash with a word, never "NaN".
 *
 * @module
 */

/** The text of a missing number. */
export const MISSING = "– none";

/** Whether a value is a finite number. */
export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A number with thousands separators and about five significant digits. */
export function numberText(value: number | null | undefined, figures = 5): string {
  if (!isNumber(value)) return MISSING;
  if (value === 0) return "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(Math.max(1, figures - 2)).replace(/\.?0+e/, "e");
  return Number(value.toPrecision(figures)).toLocaleString("en-US", { maximumFractionDigits: 12 });
}

/** A share as a percentage with two decimals: `99.55 %`. */
export function percentText(share: number | null | undefined): string {
  return isNumber(share) ? `${(100 * share).toFixed(2)} %` : MISSING;
}

/** A duration: `12 ms`, `0.29 s`, `4 min 12 s`, `2 h 3 min`. */
export function secondsText(seconds: number | null | undefined): string {
  if (!isNumber(seconds) || seconds < 0) return MISSING;
  if (seconds < 0.1) return `${Number((1000 * seconds).toPrecision(2))} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A moment as `2026-11-24 06:44:23 UTC`; an invalid date is a dash with a word. */
export function momentText(moment: string | number | null | undefined): string {
  const date = new Date(moment ?? NaN);
  return Number.isNaN(date.getTime()) ? MISSING : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
