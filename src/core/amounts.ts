/** Counts and sizes as text, the same everywhere: `13,412`, `2 epochs`, `1.2 MB`. @module */

// A formatter is expensive to create, and toLocaleString creates one per call.
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A whole number with thousands separators: `13,412`. */
export function countText(count: number): string {
  return WHOLE.format(Math.round(count));
}

/** A count with its noun: `1 epoch`, `2,000 epochs`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : many}`;
}

/** An amount with three significant digits in the largest unit that it reaches; each unit is a thousand of the one before. */
export function inUnits(value: number, units: readonly string[]): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** A size: `340 B`, `1.2 MB`. A kB is 1,000 bytes. */
export function bytesText(bytes: number): string {
  return inUnits(bytes, ["B", "kB", "MB", "GB", "TB"]);
}
