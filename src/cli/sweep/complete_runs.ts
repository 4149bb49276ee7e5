/** Runs that are complete already, besides those of the sweep itself. @module */
import { listRuns } from "../../run/list.ts";
import type { RunPlace } from "../../run/run_plan.ts";

/** The complete run with a key, among those that were there before the first was asked for. */
export type CompleteRuns = (key: string) => Promise<RunPlace | undefined>;

/** Lists the runs of a pipeline once: a sweep of thousands would else read all of them for each trial. */
export function completeRuns(root: string, pipeline: string): CompleteRuns {
  let known: Promise<ReadonlyMap<string, RunPlace>> | undefined;
  return async (key) => (await (known ??= byKey(root, pipeline))).get(key);
}

async function byKey(root: string, pipeline: string): Promise<ReadonlyMap<string, RunPlace>> {
  const entries = await listRuns(root, pipeline);
  // The newest is the first, and must be the one that is found.
  return new Map(
    entries.reverse().flatMap(({ id, folder, status, record }): [string, RunPlace][] =>
      status === "completed" && record?.exitCode === 0 ? [[record.key, { id, folder }]] : []
    ),
  );
}
