/**
 * Quality gates: `evaluate.elbo < -110` fails a run whose numbers are so.
 *
 * @module
 */
import { type Condition, holds, parseCondition } from "../core/condition.ts";
import { UsageError } from "../core/errors.ts";
import { shown } from "./fault_words.ts";
import { unknownKey } from "./faults.ts";

/** A condition on a metric under which a run fails. */
export interface Gate {
  readonly text: string;
  readonly stage: string;
  /** As in `metrics.json`: `elbo`, `train.mse`, `pixelAccuracy@0.3`. */
  readonly metric: string;
  readonly condition: Condition;
}

/**
 * Reads gates: `stage.metric < number`, with `<`, `<=`, `>`, `>=`, `==` or `!=`.
 *
 * @throws {UsageError} When one is not of that form, or names a stage that there is not.
 */
export function parseGates(texts: readonly string[], stages: readonly string[]): Gate[] {
  return texts.map((text) => {
    // A stage's name may have blanks, a metric's may not.
    const [, stage, rest] = /^\s*([^.]+)\.(.*)$/s.exec(text) ?? [];
    const condition = rest === undefined ? undefined : parseCondition(rest);
    if (condition === undefined) {
      throw new UsageError(
        `Cannot run as --fail-if must be STAGE.METRIC < NUMBER as in 'evaluate.elbo < -110' (or <=, >, >=, ==, !=): current value is ${
          shown(text)
        }`,
      );
    }
    if (!stages.includes(stage)) {
      throw new UsageError(`Cannot run as --fail-if ${text}: stage "${stage}" ${unknownKey(stage, stages)}`);
    }
    return { text: text.trim(), stage, metric: condition.what, condition };
  });
}

/** Why a run fails its gates, a sentence for each that fails; a metric that was not measured fails its gate. */
export function failedGates(
  gates: readonly Gate[],
  metrics: Readonly<Record<string, Readonly<Record<string, number>>>>,
): string[] {
  return gates.flatMap(({ text, stage, metric, condition }) => {
    const measured = metrics[stage]?.[metric];
    if (typeof measured !== "number" || Number.isNaN(measured)) return [`gate ${text}: it was not measured`];
    return holds(condition, measured) ? [`gate ${text}: it is ${measured}`] : [];
  });
}
