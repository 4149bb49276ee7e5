/** Files of a run for other programs: TensorBoard's while it is running; tables and parameters at its end. @module */
import { messageOf, UsageError } from "../core/errors.ts";
import { writeFileAtomically } from "../core/files.ts";
import { makeInnerFolders } from "../core/paths.ts";
import { redactDeep } from "../core/secrets.ts";
import { curvesCsv } from "../export/tables/curves.ts";
import { metricsCsv } from "../export/tables/metrics.ts";
import { paramsYaml } from "../export/tables/params.ts";
import { eventFileWriter, TENSORBOARD } from "../export/tensorboard/event_file.ts";
import { flatParameters } from "../export/tensorboard/from_events.ts";
import { specOf } from "../pipeline/resolve.ts";
import { readEvents } from "../run/event_file.ts";
import { readMetrics } from "../run/metrics_file.ts";
import { recordedSpec, type RunRecord } from "../run/record.ts";
import type { RunWork } from "../run/open_run.ts";
import type { RunPlan } from "../run/run_plan.ts";
import type { RunListeners, RunningRun } from "../run/start.ts";
import { safeLines } from "../ui/text/text.ts";
import { writeError } from "./output.ts";

/**
 * Starts a run with listeners that also write TensorBoard's files, when the command line (`wanted`) or else the pipeline asks for
 * them, or the run that is resumed has some.
 */
export async function startWithTensorboard<Listeners extends Pick<RunListeners, "past" | "listen">>(
  wanted: boolean | undefined,
  { pipeline, plan, resumption }: RunWork & { readonly plan: RunPlan },
  listeners: Listeners,
  start: (listeners: Listeners) => Promise<RunningRun>,
): Promise<RunningRun> {
  const before = resumption?.isSame ? resumption.entry.folder : undefined;
  if (!(wanted ?? (pipeline.tensorboard || (before !== undefined && await hasEventFiles(before))))) {
    return await start(listeners);
  }
  // Until the run has started, there are no events to add a warning to.
  const early: string[] = [];
  let warn = (message: string): void => void early.push(message);
  const { seed, stages } = redactDeep(specOf(pipeline));
  const writer = eventFileWriter({
    parameters: {
      seed,
      engine: plan.engineText,
      ...flatParameters(Object.fromEntries(stages.map(({ name, options }) => [name, options]))),
    },
    onProblem: (message) => warn(message),
  });
  const running = await start({
    ...listeners,
    past(event) {
      writer.past(event);
      listeners.past(event);
    },
    listen(event) {
      writer.listen(event);
      listeners.listen(event);
    },
  });
  warn = running.warn;
  early.forEach(warn);
  return running;
}

async function hasEventFiles(folder: string): Promise<boolean> {
  return await Deno.lstat(`${folder}/${TENSORBOARD}`).then(({ isDirectory }) => isDirectory, () => false);
}

/** Writes the tables of a run that has ended, and its parameters: `metrics.csv`, `curves.csv` and `params.yaml` under `artifacts/`. Never throws. */
export async function writeTables(folder: string, record: RunRecord): Promise<void> {
  await warned("The tables could not be written", async () => {
    const events = await readEvents(folder);
    const files = {
      "metrics.csv": metricsCsv(events),
      "curves.csv": curvesCsv(events),
      "params.yaml": paramsOf(record),
    };
    for (const [name, content] of Object.entries(files)) {
      await writeFileAtomically(await makeInnerFolders(folder, `artifacts/${name}`), content);
    }
  });
}

/** Writes `metrics.json` and `params.yaml` of a run that is complete into a folder, where DVC tracks them. Never throws. */
export async function writeForDvc(into: string, folder: string, record: RunRecord): Promise<void> {
  if (record.status !== "completed") return;
  await warned(`The files for DVC could not be written`, async () => {
    const found = await readMetrics(folder);
    if (typeof found === "string") throw new Error(found);
    await writeFileAtomically(`${into}/metrics.json`, JSON.stringify(found?.values ?? {}, null, 2) + "\n");
    await writeFileAtomically(`${into}/params.yaml`, paramsOf(record));
  });
}

function paramsOf(record: RunRecord): string {
  const { pipeline, seed, engine } = record, stages = redactDeep(recordedSpec(record)?.stages ?? []);
  return paramsYaml({ pipeline, seed, engine, stages });
}

/** Makes the folder of `--dvc` before any work. @throws {UsageError} */
export async function makeDvcFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw new UsageError(
      `--dvc must be a folder that can be written to, got "${folder}": ${messageOf(thrown)}`,
    );
  }
}

async function warned(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    writeError(`warning: ${what}: ${safeLines(messageOf(thrown))}\n`);
  }
}
