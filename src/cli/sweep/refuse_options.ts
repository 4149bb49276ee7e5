/** Options of a run that a sweep cannot have. @module */
import { UsageError } from "../../core/errors.ts";
import { samplerOf, type Sweep } from "../../pipeline/sweep/sweep.ts";
import type { SweepRunOptions } from "./sweep_run.ts";

/** Refuses options that would not do in a sweep what they do in a run. @throws {UsageError} */
export function refuseOptions(
  sweep: Sweep,
  { exclusive, maxEpochs, resume = "none", ui }: SweepRunOptions,
): void {
  const fault = [
    exclusive &&
    "--exclusive must be used with a single run, got a sweep (commands on one folder of runs share its trials)",
    ui === "json" &&
    '--ui json must be used with "monitor" for a sweep, got it with the sweep itself (monitor with its folder prints its trials as JSON)',
    resume !== "none" && resume !== "auto" &&
    "--resume must name no run for a sweep, which resumes its own, got one (--single resumes a single run)",
    maxEpochs !== undefined && samplerOf(sweep) === "tpe" &&
    "--max-epochs must be left out with the sampler tpe, which chooses settings by complete trials (--set train.epochs=N limits them)",
  ].find((text) => typeof text === "string");
  if (fault !== undefined) throw new UsageError(fault);
}
