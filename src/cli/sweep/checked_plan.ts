/** The plan of a sweep and its condition of success, all checked before any work. @module */
import { type Condition, parseCondition } from "../../core/condition.ts";
import { UsageError } from "../../core/errors.ts";
import { shown } from "../../pipeline/fault_text.ts";
import type { Sweep } from "../../pipeline/sweep/sweep.ts";
import { fileUrl } from "../../run/load_pipeline.ts";
import { planSweep, type SweepPlan } from "../../sweep/plan.ts";
import type { SweepRunOptions } from "./sweep_run.ts";

/** Plans a sweep. @throws {UsageError} */
export async function checkedPlan(
  sweep: Sweep,
  file: string,
  { dvc, set, seed }: Pick<SweepRunOptions, "dvc" | "set" | "seed">,
): Promise<{ plan: SweepPlan; success?: Condition }> {
  if (dvc !== undefined) {
    throw new UsageError(
      "--dvc must be used with a single run, got a sweep (its runs would replace each other's files)",
    );
  }
  const { success, baseline } = sweep.options;
  const plan = await planSweep(sweep, { file: fileUrl(file), set, seed });
  const labels = plan.trials.flatMap(({ label, aliases = [] }) => [label, ...aliases]);
  if (baseline != null && !labels.includes(baseline)) {
    throw new UsageError(
      `sweep.baseline must be the label of one of its settings, got ${shown(baseline)}; labels are ${
        [...new Set(labels)].join(", ")
      }`,
    );
  }
  const condition = success == null ? undefined : parseCondition(success);
  if (success != null && condition === undefined) {
    throw new UsageError(
      `sweep.success must be a condition such as "evaluate.mse < 0.1", got ${shown(success)}`,
    );
  }
  return { plan, success: condition };
}
