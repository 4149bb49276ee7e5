/** The plan of a sweep and its condition of success, all checked before any work. @module */
import { type Condition, parseCondition } from "../../core/condition.ts";
import { UsageError } from "../../core/errors.ts";
import { parseMetricAddress } from "../../core/metric_address.ts";
import { shown } from "../../pipeline/fault_text.ts";
import { parseGates } from "../../pipeline/gates.ts";
import { unknownKey } from "../../pipeline/faults.ts";
import { nameFault } from "../../pipeline/resolve.ts";
import { SEED_PATH } from "../../pipeline/sweep/axes.ts";
import { isListOfSettings, samplerOf, type Sweep } from "../../pipeline/sweep/sweep.ts";
import { fileUrl } from "../../run/load_pipeline.ts";
import { planSweep, type SweepPlan } from "../../sweep/plan.ts";
import type { SweepRunOptions } from "./sweep_run.ts";

/** Plans a sweep. @throws {UsageError} */
export async function checkedPlan(
  sweep: Sweep,
  file: string,
  { dvc, set, seed, failIf, force }: Pick<SweepRunOptions, "dvc" | "set" | "seed" | "failIf" | "force">,
): Promise<{ plan: SweepPlan; success?: Condition }> {
  if (dvc !== undefined) {
    throw new UsageError(
      "--dvc must be used with a single run, got a sweep (its runs would replace each other's files)",
    );
  }
  checkSeed(sweep, seed);
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
  checkStages(sweep, plan.stages, condition);
  parseGates(failIf, plan.stages);
  force.forEach((name) => nameFault("--force", name, plan.stages));
  return { plan, success: condition };
}

/** Refuses a first seed where an axis lists all seeds; a sampler draws by it. */
function checkSeed(sweep: Sweep, seed: number | undefined): void {
  const { axes } = sweep, isDrawnBy = samplerOf(sweep) !== "grid";
  if (seed === undefined || isDrawnBy || isListOfSettings(axes) || !Object.hasOwn(axes, SEED_PATH)) return;
  throw new UsageError(
    `--seed must not be given with seeds that a sweep lists (sweep.axes.seed), got ${seed}`,
  );
}

/** Refuses metrics of stages that the pipeline does not have. */
function checkStages({ options }: Sweep, stages: readonly string[], success: Condition | undefined): void {
  const addresses: [path: string, address: string | null | undefined][] = [
    ["metric", options.metric],
    ["success", success?.what],
    ...(options.metrics ?? []).map((address, at): [string, string] => [`metrics.${at}`, address]),
  ];
  for (const [path, address] of addresses) {
    if (address == null || stages.some((name) => address.startsWith(`${name}.`))) continue;
    const { stage } = parseMetricAddress(address);
    throw new UsageError(`sweep.${path} ${address}: stage "${stage}" ${unknownKey(stage, stages)}`);
  }
}
