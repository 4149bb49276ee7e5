/** A sweep with what its trials came to. @module */
import type { SweepRecord } from "../folder.ts";
import type { TrialResult } from "../result.ts";

/** The plan of a sweep, and the results of its trials so far. */
export interface PooledSweep {
  readonly plan: SweepRecord;
  /** By the trial's id. A trial that has not ended for good has none. */
  readonly results: ReadonlyMap<string, TrialResult>;
}
