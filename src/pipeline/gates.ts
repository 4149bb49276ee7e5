/**
 * Quality gates: `evaluate.elbo < -110` fails a run whose numbers are so.
 *
 * @module
 */
import { type Condition, holds, parseCondition } from "../core/condition.ts";
import { UsageError } from "../core/errors.ts";
import { parseMetricAddress } from "../core/metric_address.ts";
import { shown } from "./fault_text.ts";
import { unknownKey } from "./faults.ts";
import { infoOf, type MetricInfo, type Metrics, metricValues } from "./metric.ts";

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
    const { stage, name } = parseMetricAddress(text.trim()), condition = parseCondition(name);
    if (condition === undefined) {
      throw new UsageError(
        `--fail-if must be STAGE.METRIC < NUMBER as in 'evaluate.elbo < -110' (or <=, >, >=, ==, !=), got ${
          shown(text)
        }`,
      );
    }
    if (!stages.includes(stage)) {
      throw new UsageError(`--fail-if ${text}: stage "${stage}" ${unknownKey(stage, stages)}`);
    }
    return { text: text.trim(), stage, metric: condition.what, condition };
  });
}

/** The exit code of a run that was done and fails a gate. */
export const GATE_EXIT = 3;
/** What every screen and report calls the status of such a run; its record says "completed" with that exit code. */
export const GATE_FAILED = "gate failed";

/** The status as it is shown: a run that fails a gate is never just completed. */
export function shownStatus<Status extends string>(
  { status, exitCode }: { readonly status: Status; readonly exitCode: number | null },
): Status | typeof GATE_FAILED {
  return status === "completed" && exitCode === GATE_EXIT ? GATE_FAILED : status;
}

/**
 * Why a run fails its gates: `GATE FAILED: evaluate.elbo = -106.8, must not be < -100`; `undefined` when it meets them all. A metric that
 * was not measured fails its gate.
 */
export function failedGates(
  gates: readonly Gate[],
  metrics: Readonly<Record<string, Metrics>>,
): string | undefined {
  const failed = gates.flatMap(({ stage, metric, condition }) => {
    const { comparison, value } = condition, own = metrics[stage] ?? {}, values = metricValues(own);
    const measured = Object.hasOwn(values, metric) ? values[metric] : NaN,
      isMeasured = !Number.isNaN(measured);
    if (isMeasured && !holds(condition, measured)) return [];
    const found = isMeasured ? `= ${shortest(measured, condition)}` : "was not measured";
    return [
      `${stage}.${metric} ${found}, must not be ${comparison} ${value}${aboutText(infoOf(own, metric))}`,
    ];
  });
  return failed.length === 0 ? undefined : `GATE FAILED: ${failed.join("; ")}`;
}

/** The unit, and which values are better. */
function aboutText(info: MetricInfo | undefined): string {
  if (info === undefined) return "";
  return info.direction === "none" ? ` (${info.unit})` : ` (${info.unit}, ${info.direction} is better)`;
}

/** Six digits, or as many as show that the condition holds. */
function shortest(measured: number, condition: Condition): number {
  const short = Number(measured.toPrecision(6));
  return holds(condition, short) ? short : measured;
}
