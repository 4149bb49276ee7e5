/**
 * The version of every file that this program writes and reads back. There are no migrations: a reader refuses a file of any other
 * version with one sentence, and never guesses what is in it.
 *
 * @module
 */

import { RunError } from "./errors.ts";

/** The current version of each schema. Increase it whenever the meaning of a file changes, its fields' names included. */
export const SCHEMA = {
  /** `run.json` */
  run: 2,
  /** `events.jsonl`: in its first event. */
  events: 3,
  /** `checkpoints/STAGE.last.safetensors`: in its metadata. */
  checkpoint: 3,
  /** `.cache/KEY/manifest.json`, which stands for the whole entry. */
  cache: 5,
  /** `progress.json` */
  progress: 2,
  /** `control.json` */
  control: 2,
  /** `lock` */
  lock: 2,
  /** `artifacts/metrics.json` */
  metrics: 3,
  /** `artifacts/latent.json` */
  latent: 2,
  /** `artifacts/model/model.safetensors` and `checkpoints/STAGE.safetensors`: in their metadata. */
  model: 3,
  /** `sweep.json` */
  sweep: 5,
  /** `trials/ID.json` */
  trial: 1,
  /** `merged.json` */
  merged: 1,
  /** `comparison.json` */
  comparison: 1,
  /** `decisions.jsonl` of a sweep: in its first line. */
  decisions: 1,
  /** `proposals.jsonl` of a sweep: in its first line. */
  proposals: 1,
} as const;

/** The name of a schema. */
export type SchemaName = keyof typeof SCHEMA;

/** The schemas whose first version had no number: a file of theirs without one is older. */
const ONCE_WITHOUT: ReadonlySet<SchemaName> = new Set(["progress", "control", "lock", "metrics", "model"]);

/** That another version of this program wrote a file. */
export interface OtherVersion {
  readonly age: "older" | "newer";
  /** Names the file, both versions and the remedy. */
  readonly message: string;
}

/** The version as text: `an older version`. */
export function versionText({ age }: OtherVersion): string {
  return age === "older" ? "an older version" : "a newer version";
}

/** Thrown by a reader that has no other way to report it. */
export class OtherVersionError extends RunError {
  constructor({ message }: OtherVersion) {
    super(message);
  }
}

/** What is left to do when an older version wrote a file. */
const REMEDIES: Readonly<Record<SchemaName, string>> = {
  run: "its files are kept; run the pipeline again",
  events: "its files are kept; run the pipeline again",
  checkpoint: "no run of this version can resume from it",
  cache: "its stage is computed again",
  progress: "it is ignored",
  control: "use the same version as the run",
  lock: "it is ignored",
  metrics: "its numbers are not used",
  latent: "its images are not used",
  model: "train the model again",
  sweep: "its files are kept; run the sweep again",
  trial: "its files are kept; run the sweep again",
  merged: "merge the shards again",
  comparison: "its numbers are not used; run the sweep again",
  decisions: "use the same version as the sweep",
  proposals: "use the same version as the sweep",
};

/**
 * Whether another version wrote a file.
 *
 * @param found The version in the file. What is no whole number is not a version but damage, which the caller's schema reports.
 * @param file The path of the file.
 */
export function otherVersion(name: SchemaName, found: unknown, file: string): OtherVersion | undefined {
  const current = SCHEMA[name], isMissing = found === undefined && ONCE_WITHOUT.has(name);
  if (found === current || !(isMissing || Number.isSafeInteger(found))) return undefined;
  const age = isMissing || found as number < current ? "older" : "newer";
  const must = `"${file}" must have ${name} schema ${current}, got ${isMissing ? "none" : found}`;
  return age === "older"
    ? { age, message: `${must}: an older version wrote it (${REMEDIES[name]})` }
    : { age, message: `${must}: a newer version wrote it (use that version)` };
}

/** The same for JSON that was parsed and is not checked yet, by its field for the version. */
export function otherVersionOf(
  name: SchemaName,
  content: unknown,
  file: string,
  field = "schema",
): OtherVersion | undefined {
  if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
  return otherVersion(name, (content as Readonly<Record<string, unknown>>)[field], file);
}
