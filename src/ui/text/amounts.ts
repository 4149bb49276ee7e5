/** Readable ages and sizes: two or three digits and a unit. @module */

const AGES = [[86_400, "d"], [3600, "h"], [60, "min"]] as const;

/** How long ago something was: `42 s`, `12 min`, `5 h`, `3 d`. In seconds. */
export function age(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const [length, unit] = AGES.find(([length]) => seconds >= length) ?? [1, "s"];
  return `${Math.floor(Math.max(0, seconds) / length)} ${unit}`;
}

const SIZES = ["kB", "MB", "GB", "TB"];

/** A size on disk: `512 B`, `1.2 MB`, `340 GB`. In bytes; a kB is 1,000. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes, unit = -1;
  // 999.5 would be written as 1000.
  while (value >= 999.5 && unit < SIZES.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${SIZES[unit]}`;
}
