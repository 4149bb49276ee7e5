/** The result of a trial that was stopped early. @module */
import { EXIT } from "../../run/record.ts";
import type { TrialResult } from "../result.ts";
import type { Decision } from "./decision.ts";

/**
 * A result as that of a trial stopped by a decision. How far its run came until it noticed the stop depends on the machine, so the epochs
 * are those at which it was decided, and of the metrics only those of stages before the training are left.
 *
 * @param before The stages before the training.
 */
export function stoppedResult(
  result: TrialResult,
  { epoch, metric, value }: Decision,
  stage: string,
  before: readonly string[],
): TrialResult {
  const isBefore = ([name]: readonly [string, unknown]) => before.includes(name);
  const metrics = Object.fromEntries(Object.entries(result.metrics).filter(isBefore));
  // Trainings are the stages with epochs and seconds.
  const earlier = Object.values(metrics).filter((own) => own.seconds !== undefined);
  return {
    ...result,
    state: "stoppedEarly",
    exitCode: EXIT.budget,
    reason: `stopped early after epoch ${epoch}: ${metric} ${
      value === null ? "not finite" : value.toPrecision(4)
    }`,
    stopped: { stage, epoch, metric, value },
    metrics,
    info: Object.fromEntries(Object.entries(result.info).filter(isBefore)),
    epochs: earlier.reduce((sum, { epochs }) => sum + (epochs ?? 0), epoch),
  };
}
