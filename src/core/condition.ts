/**
 * Conditions on a measured number: `worstWrongPixels <= 1`.
 *
 * @module
 */

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
};

/** A condition. */
export interface Condition {
  /** The name of the measured number, as written. */
  readonly what: string;
  readonly comparison: string;
  readonly value: number;
}

/** Reads `what < number`, with `<`, `<=`, `>`, `>=`, `==` or `!=`; `undefined` when it is not of that form. */
export function parseCondition(text: string): Condition | undefined {
  const parts = /^\s*([^<>=!\s]+)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/.exec(text);
  const value = Number(parts?.[3]);
  return parts === null || Number.isNaN(value) ? undefined : { what: parts[1], comparison: parts[2], value };
}

/** Whether a number meets a condition; NaN meets none. */
export function holds({ comparison, value }: Condition, measured: number): boolean {
  return !Number.isNaN(measured) && COMPARISONS[comparison](measured, value);
}
