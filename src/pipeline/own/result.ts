/** What an own stage returns, and the checks of it. @module */
import { valueText } from "../../core/arguments.ts";
import { RunError, shortened } from "../../core/errors.ts";
import type { Metric, Metrics } from "../metric.ts";
import type { StageResult } from "../stage.ts";

/** What an own stage returns. */
export interface OwnResult<Outputs extends object> {
  /** What later stages can use: plain data and typed arrays, so that it can be cached. @default {{}} */
  readonly outputs?: Outputs;
  /** A short text for the screens. */
  readonly note?: string;
  /** What it measured, by `metric(value, { unit, direction })`. */
  readonly metrics?: Metrics;
  /** What must be known of these numbers, as text, next to them in `metrics.json`. */
  readonly conditions?: Readonly<Record<string, string>>;
  /** Whether it was stopped before its end, so that another run must not take this for its result. @default {false} */
  readonly isUnfinished?: boolean;
}

const DIRECTIONS: readonly unknown[] = ["lower", "higher", "none"];

/** Names in tables, gates (`--fail-if blur.loss>1`) and files. */
const METRIC_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_. -]{0,79}$/u;

/**
 * A result that the run can use.
 *
 * @throws {RunError} When it has outputs other than declared, or a metric without a unit or direction.
 */
export function checkedResult(
  result: unknown,
  { name, outputs, isStopped }: {
    readonly name: string;
    readonly outputs: readonly string[];
    readonly isStopped: boolean;
  },
): StageResult<object> {
  const refuse = (rule: string): never => {
    throw new RunError(`stage "${name}" must ${rule}`);
  };
  if (!isObject(result)) refuse(`return an object such as { outputs, metrics }, got ${valueText(result)}`);
  const { outputs: made = {}, note, metrics, conditions, isUnfinished } = result as OwnResult<object>;
  if (!isObject(made)) refuse(`return its outputs as an object, got ${valueText(made)}`);
  const extra = Object.keys(made).filter((key) => !outputs.includes(key));
  if (extra.length > 0) {
    refuse(`return only the outputs that it declares, got "${extra[0]}" (add it to outputs)`);
  }
  const missing = outputs.filter((key) => (made as Record<string, unknown>)[key] === undefined);
  if (missing.length > 0 && !isUnfinished && !isStopped) {
    refuse(`return the output "${missing[0]}", which it declares, got ${listText(Object.keys(made))}`);
  }
  if (note !== undefined && typeof note !== "string") refuse(`return a text as note, got ${valueText(note)}`);
  for (const [key, value] of Object.entries(metrics ?? {})) checkMetric(key, value, refuse);
  for (const [key, value] of Object.entries(conditions ?? {})) {
    if (typeof value !== "string") refuse(`return texts as conditions, got ${valueText(value)} for "${key}"`);
  }
  return { outputs: made, note, metrics, conditions, isUnfinished };
}

function checkMetric(key: string, value: Metric, refuse: (rule: string) => never): void {
  if (!METRIC_NAME.test(key)) {
    refuse(
      `name a metric by letters, digits, dots, dashes and underscores, got ${shortened(JSON.stringify(key))}`,
    );
  }
  const example = `(metric(value, { unit: "ratio", direction: "lower" }))`;
  if (!isObject(value) || typeof value.value !== "number") {
    refuse(
      `return the metric "${key}" with a number, a unit and a direction, got ${valueText(value)} ${example}`,
    );
  }
  if (typeof value.unit !== "string" || value.unit.trim() === "") {
    refuse(`return the metric "${key}" with a unit, got ${valueText(value.unit)} ${example}`);
  }
  if (!DIRECTIONS.includes(value.direction)) {
    refuse(
      `return the metric "${key}" with the direction "lower", "higher" or "none", got ${
        valueText(value.direction)
      } ${example}`,
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? "no outputs" : names.map((name) => `"${name}"`).join(", ");
}
