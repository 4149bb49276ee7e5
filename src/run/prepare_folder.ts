/**
 * Prepares the folder of a run that goes on.
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
  type KeptCheckpoint,
  removeCheckpoints,
  writeCheckpoint,
} from "./checkpoint_file.ts";
import { type RecordedSpec, recordedSpec } from "./record.ts";
import type { Resumption } from "./resume.ts";

/** The run that goes on. */
interface NextRun {
  readonly id: string;
  readonly spec: PipelineSpec;
}

/**
 * Prepares the folder of a run that goes on: its events end where the checkpoint was taken, and no checkpoint is left that was taken
 * later, as its place in the events would be wrong. A kill in between leaves what can be prepared again.
 */
export async function prepareFolder(resumption: Resumption, folder: string, run: NextRun): Promise<void> {
  const { entry, isSame, stage, checkpoint, keys } = resumption;
  // The folder may be another's work: a link in it would have us write elsewhere.
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
    return new TextEncoder().encode(retold(text, folder, stage, run));
  };
  await writeFileAtomically(`${folder}/events.jsonl`, bytesOf(before.length));
  for (const name of stages.slice(0, position)) {
    const { found } = await findCheckpoint(entry.folder, name, {
      key: keys.get(name)!.resumeKey,
      told: before.length,
    });
    if (found === undefined || !isUnchanged(name, recordedSpec(entry.record), run.spec)) continue;
    await writeCheckpoint(folder, { ...found, eventBytes: bytesOf(found.eventBytes).length });
  }
  await writeCheckpoint(folder, { ...checkpoint, eventBytes: bytesOf(before.length).length });
}

/** Whether an earlier stage would end where it did: what it came to is taken over only then. */
function isUnchanged(stage: string, before: RecordedSpec | undefined, now: PipelineSpec): boolean {
  const [old, current] = [before, now].map((spec) =>
    spec?.stages.find(({ name }) => name === stage)?.options
  );
  return differences(old, current).length === 0;
}

async function dropCheckpoints(folder: string, stages: readonly string[]): Promise<void> {
  for (const stage of stages) await removeCheckpoints(folder, stage);
}

/** Puts the previous checkpoint into the place of a last one that is damaged, or ahead of the events. */
async function dropBadLast(folder: string, { stage, key, eventBytes }: KeptCheckpoint): Promise<void> {
  const { last, previous } = checkpointFiles(folder, stage);
  const { problems } = await findCheckpoint(folder, stage, { key, told: eventBytes });
  if (problems.length > 0) await Deno.rename(previous, last);
}

/** The events of the run before, as the new one would have told them: its own name, folder, stages, epochs and patience. */
function retold(
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
