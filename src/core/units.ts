/** Units of training losses. @module */

/** Units as earlier versions wrote them into events, with their current spelling. */
const EARLIER_UNITS: Readonly<Record<string, string>> = {
  "nats a sample": "nats/sample",
  "squared error a pixel": "squared error/pixel",
};

/** The current spelling of a loss's unit, so that runs of earlier versions stay comparable. */
export function currentUnit(unit: string): string {
  return Object.hasOwn(EARLIER_UNITS, unit) ? EARLIER_UNITS[unit] : unit;
}
