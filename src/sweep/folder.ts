// RUNS/NAME.sweep/ID/: sweep.json (the plan), trials/ID.json (results), trials/ID.lock (claims), comparison.json and comparison.html.

/**
 * The folder of a sweep: its plan, written once; the results of its trials; who runs what.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError, UsageError } from "../core/errors.ts";
import { readSmallText, writeFileAtomically } from "../core/files.ts";
import { OtherVersionError, otherVersionOf, SCHEMA } from "../core/schema_version.ts";
import { redactDeep } from "../core/secrets.ts";
import { samplerOf, type Sweep } from "../pipeline/sweep/sweep.ts";
import { folderName, SWEEPS } from "../run/folder_name.ts";
import type { SweepPlan } from "./plan.ts";
import { readProposals } from "./proposal_log.ts";
import { Id, type ListedTrial, ListedTrialSchema } from "./trial.ts";

/** The schema of `sweep.json`. */
const SweepFile = z.strictObject({
  schema: z.literal(SCHEMA.sweep),
  /** Its id. */
  sweep: Id,
  /** The name of its pipeline. */
  pipeline: z.string(),
  /** The pipeline file, as it was typed. */
  file: z.string(),
  /** Settings of the command line, which come before those of a trial. */
  set: z.array(z.string()),
  axes: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  options: z.record(z.string(), z.unknown()),
  /** How its settings were chosen. */
  sampler: z.string(),
  trials: z.array(ListedTrialSchema),
});

/** What `sweep.json` holds. */
export type SweepRecord = Omit<z.infer<typeof SweepFile>, "schema" | "trials"> & {
  readonly trials: readonly ListedTrial[];
};

/** The folder of a sweep below a folder of runs. */
export function sweepFolder(
  root: string,
  { pipeline, sweep }: Pick<SweepPlan, "pipeline" | "sweep">,
): string {
  return `${root}/${folderName(pipeline)}${SWEEPS}/${sweep}`;
}

const planFile = (folder: string) => `${folder}/sweep.json`;

/** The folder with the results of trials in the folder of a sweep. */
export const trialsFolder = (folder: string) => `${folder}/trials`;

/**
 * Makes the folder of a sweep and writes its plan, unless another process has: the same sweep has the same plan.
 *
 * @throws {UsageError} When it cannot be written.
 */
export async function openSweepFolder(
  root: string,
  plan: SweepPlan,
  sweep: Sweep,
  { file, set }: { readonly file: string; readonly set: readonly string[] },
): Promise<string> {
  const folder = sweepFolder(root, plan);
  try {
    await Deno.mkdir(trialsFolder(folder), { recursive: true });
    if (await hasPlan(folder)) return folder;
    const { sweep: id, pipeline } = plan, trials = plan.trials.map(({ overrides: _, ...trial }) => trial);
    const record = {
      sweep: id,
      pipeline,
      file,
      set,
      axes: sweep.axes,
      options: sweep.options,
      sampler: samplerOf(sweep),
      trials,
    };
    await writeFileAtomically(planFile(folder), planText(redactDeep(record)));
    return folder;
  } catch (thrown) {
    if (thrown instanceof OtherVersionError) throw new UsageError(thrown.message);
    throw new UsageError(`"${folder}" must be a writable folder, got: ${messageOf(thrown)}`);
  }
}

/** Whether a plan is there; a damaged one is written again. @throws {OtherVersionError} */
async function hasPlan(folder: string): Promise<boolean> {
  try {
    await readSweep(folder);
    return true;
  } catch (thrown) {
    if (thrown instanceof OtherVersionError) throw thrown;
    return false;
  }
}

/** A plan as JSON, with a trial on each line. */
export function planText({ trials, ...head }: object & { readonly trials: readonly object[] }): string {
  const text = JSON.stringify({ schema: SCHEMA.sweep, ...head }, null, 2).slice(0, -2);
  return `${text},\n  "trials": [\n${
    trials.map((trial) => `    ${JSON.stringify(trial)}`).join(",\n")
  }\n  ]\n}\n`;
}

/**
 * Reads the plan of a sweep, with the trials that its sampler has chosen since.
 *
 * @throws {RunError} When there is none, it is damaged, or another version wrote it; the message names the file.
 */
export async function readSweep(folder: string): Promise<SweepRecord> {
  const file = planFile(folder);
  const fail = (found: string) =>
    new RunError(
      `"${file}" must be the plan of a sweep, got: ${found} (copy it again, or repeat the sweep's command, which writes it)`,
    );
  let content: unknown;
  try {
    content = JSON.parse(await readSmallText(file));
  } catch (thrown) {
    throw fail(thrown instanceof Deno.errors.NotFound ? "no file" : messageOf(thrown));
  }
  const other = otherVersionOf("sweep", content, file);
  if (other !== undefined) throw new OtherVersionError(other);
  const { data, error } = SweepFile.safeParse(content);
  if (data === undefined) {
    const [{ path, message }] = error.issues;
    throw fail(`${path.length === 0 ? "" : `${path.join(".")}: `}${message}`);
  }
  const { schema: _, ...record } = data;
  return { ...record, trials: [...record.trials, ...(await readProposals(folder)).trials] };
}
