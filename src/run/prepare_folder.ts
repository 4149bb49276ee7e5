/**
 * Prepares the folder of a run that is resumed.
 *
 * @module
 */
import { readRegularFile, writeFileAtomically } from "../core/files.ts";
import { makeInnerFolders } from "../core/paths.ts";
import { differences } from "../pipeline/keys.ts";
import type { PipelineSpec } from "../pipeline/resolve.ts";
import {
  checkpointFiles,
  findCheckpoint,
  removeCheckpoints,
  type StoredCheckpoint,
  writeCheckpoint,
} from "./checkpoint_file.ts";
import { type RecordedSpec, recordedSpec } from "./record.ts";
import type { Resumption } from "./resume.ts";

/** The run that is resumed. */
interface NextRun {
  readonly id: string;
  readonly spec: PipelineSpec;
}

/**
 * Prepares the folder of a run that is resumed: truncates its events to the point where the checkpoint was taken, and removes later
 * checkpoints, as their position in the events would be wrong. After a kill in between, it can be prepared again.
 */
export async function prepareFolder(resumption: Resumption, folder: string, run: NextRun): Promise<void> {
  const { entry, isSame, stage, checkpoint, keys } = resumption;
  // The folder may come from someone else: a link in it would redirect writes.
  for (const inner of ["artifacts", "checkpoints"]) await makeInnerFolders(folder, `${inner}/file`);
  const stages = [...keys.keys()], position = stages.indexOf(stage ?? "");
  if (checkpoint === undefined || stage === undefined) {
    await dropCheckpoints(folder, stages);
    await writeFileAtomically(`${folder}/events.jsonl`, "");
    return;
  }
  const before = (await readRegularFile(`${entry.folder}/events.jsonl`)).subarray(0, checkpoint.eventBytes);
  if (isSame) {
    await dropCheckpoints(folder, stages.slice(position + 1));
    await dropBadLast(folder, checkpoint);
    await writeFileAtomically(`${folder}/events.jsonl`, before);
    return;
  }
  const bytesOf = (length: number) => {
    const text = new TextDecoder().decode(before.subarray(0, length));
    return new TextEncoder().encode(rewritten(text, folder, stage, run));
  };
  await writeFileAtomically(`${folder}/events.jsonl`, bytesOf(before.length));
  for (const name of stages.slice(0, position)) {
    const { found } = await findCheckpoint(entry.folder, name, {
      key: keys.get(name)!.resumeKey,
      eventsLength: before.length,
    });
    if (found === undefined || !isUnchanged(name, recordedSpec(entry.record), run.spec)) continue;
    await writeCheckpoint(folder, { ...found, eventBytes: bytesOf(found.eventBytes).length });
  }
  await writeCheckpoint(folder, { ...checkpoint, eventBytes: bytesOf(before.length).length });
}

/** Whether the options of an earlier stage are unchanged: only then is its checkpoint copied. */
function isUnchanged(stage: string, before: RecordedSpec | undefined, now: PipelineSpec): boolean {
  const [old, current] = [before, now].map((spec) =>
    spec?.stages.find(({ name }) => name === stage)?.options
  );
  return differences(old, current).length === 0;
}

async function dropCheckpoints(folder: string, stages: readonly string[]): Promise<void> {
  for (const stage of stages) await removeCheckpoints(folder, stage);
}

/** Replaces the last checkpoint by the previous one when it is damaged or ahead of the events. */
async function dropBadLast(folder: string, { stage, key, eventBytes }: StoredCheckpoint): Promise<void> {
  const { last, previous } = checkpointFiles(folder, stage);
  const { problems } = await findCheckpoint(folder, stage, { key, eventsLength: eventBytes });
  if (problems.length > 0) await Deno.rename(previous, last);
}

/** The events of the earlier run, rewritten for the new one: its id, folder, stages, epochs and patience. */
function rewritten(
  events: string,
  folder: string,
  stage: string,
  { id, spec }: NextRun,
): string {
  const options = spec.stages.find(({ name }) => name === stage)?.options;
  return events.split("\n").map((line) => {
    if (line.startsWith('{"type":"run"')) {
      const stages = spec.stages.map(({ name, kind }) => ({ name, kind }));
      return JSON.stringify({ ...JSON.parse(line), run: id, folder, stages });
    }
    if (!line.startsWith('{"type":"training"')) return line;
    const event = JSON.parse(line);
    return event.stage === stage
      ? JSON.stringify({ ...event, epochs: options?.epochs, patience: options?.patience })
      : line;
  }).join("\n");
}
