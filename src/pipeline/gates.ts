/**
 * Quality gates: `evaluate.elbo < -110` fails a run whose numbers are so.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { unknownKey } from "./faults.ts";

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
};

/** A condition on a metric under which a run fails. */
export interface Gate {
  readonly text: string;
  readonly stage: string;
  /** As in `metrics.json`: `elbo`, `train.mse`, `pixelAccuracy@0.3`. */
  readonly metric: string;
  readonly comparison: string;
  readonly value: number;
}

/**
 * Reads gates: `stage.metric < number`, with `<`, `<=`, `>`, `>=`, `==` or `!=`.
 *
 * @throws {UsageError} When one is not of that form, or names a stage that there is not.
 */
export function parseGates(texts: readonly string[], stages: readonly string[]): Gate[] {
  return texts.map((text) => {
    const parts = /^\s*([^.<>=!]+)\.([^<>=!\s]+)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/.exec(text);
    const value = Number(parts?.[4]);
    if (parts === null || Number.isNaN(value)) {
      throw new UsageError(
        `Cannot run as --fail-if must be STAGE.METRIC < NUMBER as in 'evaluate.elbo < -110' (or <=, >, >=, ==, !=): current value is ${
          JSON.stringify(text)
        }`,
      );
    }
    const [, stage, metric, comparison] = parts;
    if (!stages.includes(stage)) {
      throw new UsageError(`Cannot run as --fail-if ${text}: stage "${stage}" ${unknownKey(stage, stages)}`);
    }
    return { text: text.trim(), stage, metric, comparison, value };
  });
}

/** Why a run fails its gates, a sentence for each that fails; a metric that was not measured fails its gate. */
export function failedGates(
  gates: readonly Gate[],
  metrics: Readonly<Record<string, Readonly<Record<string, number>>>>,
): string[] {
  return gates.flatMap(({ text, stage, metric, comparison, value }) => {
    const measured = metrics[stage]?.[metric];
    if (typeof measured !== "number" || Number.isNaN(measured)) return [`gate ${text}: it was not measured`];
    return COMPARISONS[comparison](measured, value) ? [`gate ${text}: it is ${measured}`] : [];
  });
}
