/** Amounts of memory as text, like `256MB`. @module */
import { z } from "zod";

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
const FORM = /^(\d+(?:\.\d+)?) ?(kB|MB|GB)$/;

/** The schema of an amount of memory: `"256MB"`. */
export const MemoryText: z.ZodString = z.string().regex(FORM, {
  error: 'must be an amount as in "512MB" or "1.5GB"',
});

/** The bytes of an amount: `"256MB"` is 256,000,000. */
export function bytesOf(text: string): number {
  const [, number, unit] = FORM.exec(text)!;
  return Math.floor(Number(number) * UNITS[unit]);
}
