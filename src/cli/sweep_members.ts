/** The runs of a sweep, checked before any work. @module */
import { UsageError } from "../core/errors.ts";
import { resolveInspected } from "../pipeline/resolve.ts";
import { type Sweep, type SweepMember, sweepMembers } from "../pipeline/sweep.ts";

/**
 * All runs of a sweep, under settings of the command line that come before their own.
 *
 * @throws {UsageError} When the pipeline does not work under one of them, which the message names.
 */
export async function checkedMembers(
  sweep: Sweep,
  { set, seed: first }: { readonly set: readonly string[]; readonly seed?: number },
): Promise<SweepMember[]> {
  const { pipeline } = sweep, members = sweepMembers(sweep, first ?? pipeline.seed);
  for (const { label, overrides, seed } of members) {
    try {
      await resolveInspected(pipeline, { overrides: [...set, ...overrides], seed });
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      throw new UsageError(`${thrown.message}\n    in the sweep's setting "${label}"`);
    }
  }
  return members;
}
