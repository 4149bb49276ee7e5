// A safetensors file whose metadata holds the state as JSON and the SHA-256 of the whole file, computed with zeros in place of the hash.

/**
 * Checkpoint files: `checkpoints/<stage>.last.safetensors`, and the one before it as `.previous`, in case the last is damaged.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { readRegularFile, writeFileAtomically } from "../core/files.ts";
import { otherVersion, OtherVersionError, SCHEMA } from "../core/schema_version.ts";
import { decodeSafetensors, encodeSafetensors } from "../core/safetensors.ts";
import type { StageCheckpoint } from "../pipeline/stage.ts";

const FORMAT = "hourglass checkpoint";
const NO_HASH = "0".repeat(64);

/** A checkpoint with its stage, key and position in the events. */
export interface StoredCheckpoint extends StageCheckpoint {
  readonly stage: string;
  /** What it was computed from: see `StageKeys.resumeKey`. */
  readonly key: string;
  /** The length of `events.jsonl` at that time, in bytes. */
  readonly eventBytes: number;
}

const Metadata = z.object({
  format: z.literal(FORMAT),
  schema: z.literal(String(SCHEMA.checkpoint)),
  stage: z.string(),
  key: z.string(),
  eventBytes: z.coerce.number().int().nonnegative(),
  state: z.string(),
  sha256: z.string(),
});

/** The paths of a stage's checkpoints, from the newest. */
export function checkpointFiles(folder: string, stage: string): { last: string; previous: string } {
  const file = (age: string) => `${folder}/checkpoints/${stage}.${age}.safetensors`;
  return { last: file("last"), previous: file("previous") };
}

/** The bytes of a checkpoint's file. */
export function encodeCheckpoint(
  { stage, key, eventBytes, state, blocks }: StoredCheckpoint,
): Uint8Array<ArrayBuffer> {
  const tensors = blocks.map(({ name, data }) => ({
    name,
    shape: [data.length],
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  }));
  const bytes = encodeSafetensors(tensors, {
    format: FORMAT,
    schema: String(SCHEMA.checkpoint),
    stage,
    key,
    eventBytes: String(eventBytes),
    state: JSON.stringify(state),
    sha256: NO_HASH,
  });
  bytes.set(new TextEncoder().encode(hash(bytes)), placeOfHash(bytes, NO_HASH));
  return bytes;
}

/**
 * Reads a checkpoint and verifies its hash.
 *
 * @throws {RunError} When it is damaged or another version wrote it.
 */
export function decodeCheckpoint(bytes: Uint8Array<ArrayBuffer>, file: string): StoredCheckpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const other = metadata.format === FORMAT
    ? otherVersion("checkpoint", Number(metadata.schema), file)
    : undefined;
  if (other !== undefined) throw new OtherVersionError(other);
  const parsed = Metadata.safeParse(metadata);
  if (!parsed.success) throw new RunError(`"${file}" must be a Hourglass checkpoint`);
  const { stage, key, eventBytes, state, sha256 } = parsed.data;
  bytes.set(new TextEncoder().encode(NO_HASH), placeOfHash(bytes, sha256));
  const current = hash(bytes);
  if (current !== sha256) {
    throw new RunError(
      `"${file}" must have SHA-256 ${sha256.slice(0, 12)}…, got ${current.slice(0, 12)}…: it is damaged`,
    );
  }
  return { stage, key, eventBytes, state: JSON.parse(state), blocks: tensors };
}

/** Writes a stage's newest checkpoint; the one before it stays as the previous one. */
export async function writeCheckpoint(folder: string, checkpoint: StoredCheckpoint): Promise<void> {
  const { last, previous } = checkpointFiles(folder, checkpoint.stage);
  const bytes = encodeCheckpoint(checkpoint);
  // A hard link to the last one, so that `.last` exists at every moment.
  await Deno.remove(previous).catch(ignoreMissing);
  await Deno.link(last, previous).catch(() => Deno.rename(last, previous)).catch(ignoreMissing);
  await writeFileAtomically(last, bytes);
}

/** Removes a stage's checkpoints; with `keepLast` only the one before the last. */
export async function removeCheckpoints(folder: string, stage: string, keepLast = false): Promise<void> {
  const { last, previous } = checkpointFiles(folder, stage);
  for (const file of keepLast ? [previous] : [previous, last]) await Deno.remove(file).catch(ignoreMissing);
}

/** The result of a search for a checkpoint. */
export interface CheckpointSearch {
  readonly found?: StoredCheckpoint;
  /** Problems of newer checkpoints. */
  readonly problems: readonly string[];
}

/**
 * The newest checkpoint of a stage that can be resumed from: intact, with this key, and not ahead of the `eventsLength` bytes of events
 * that exist. A checkpoint with another key is skipped, and not reported as a problem.
 */
export async function findCheckpoint(
  folder: string,
  stage: string,
  { key, eventsLength = Infinity }: { readonly key: string; readonly eventsLength?: number },
): Promise<CheckpointSearch> {
  const problems: string[] = [];
  for (const file of Object.values(checkpointFiles(folder, stage))) {
    try {
      const found = decodeCheckpoint(await readRegularFile(file), file);
      // Later paths are built from the stage's name: it must be the requested one.
      if (found.stage !== stage) {
        problems.push(
          `"${file}" must hold a checkpoint of stage "${stage}", got ${JSON.stringify(found.stage)}`,
        );
        continue;
      }
      if (found.key !== key) continue;
      if (found.eventBytes <= eventsLength) return { found, problems };
      problems.push(
        `"${file}" must not be ahead of events.jsonl: it was taken at ${found.eventBytes} bytes, got ${eventsLength}`,
      );
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) problems.push(messageOf(thrown));
    }
  }
  return { problems };
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The position of the hash in the header. */
function placeOfHash(bytes: Uint8Array, sha256: string): number {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, 8 + length));
  return header.indexOf(`"sha256":"${sha256}"`) + '"sha256":"'.length;
}

function ignoreMissing(thrown: unknown): void {
  if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
}
