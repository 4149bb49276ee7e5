/**
 * `run.json`: the configuration, command line, machine and outcome of a run.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { readSmallText, writeFileAtomically } from "../core/files.ts";
import { hostName } from "../core/host_name.ts";
import { isFileName } from "../core/paths.ts";
import { type OtherVersion, otherVersionOf, SCHEMA } from "../core/schema_version.ts";
import { GATE_EXIT } from "../pipeline/gates.ts";
import { redactArguments, redactDeep } from "../core/secrets.ts";
import { gitState } from "./git_state.ts";

/** The exit codes of a run. */
export const EXIT = {
  completed: 0,
  failed: 1,
  usage: 2,
  gate: GATE_EXIT,
  locked: 75,
  budget: 124,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of a sweep of which some trials failed. */
export const PART_FAILED = 4;

/** The schema of `run.json`. */
export const RunRecord = z.object({
  /** The version of this schema. */
  schema: z.literal(SCHEMA.run),
  id: z.string().refine(isFileName, { error: "must be the name of a folder" }),
  pipeline: z.string().refine(isFileName, { error: "must be the name of a pipeline" }),
  seed: z.number(),
  /** The pipeline with all options, as it ran. */
  spec: z.unknown(),
  /** The settings of the command line. */
  overrides: z.array(z.string()),
  /** The command line, without secrets. */
  argv: z.array(z.string()).transform(redactArguments),
  /** The engine. Threads `null`: chosen for each step from its size and the number of cores. */
  engine: z.object({ name: z.string(), threads: z.int().nullable(), cores: z.int() }),
  /** The content keys of all stages together: runs with the same key compute the same. */
  key: z.string(),
  /** The other run whose checkpoint it was resumed from. */
  extends: z.string().nullable(),
  /** When the run was resumed after it was stopped or interrupted, and from which stage. */
  resumed: z.array(z.object({
    at: z.string(),
    pid: z.number(),
    from: z.string(),
    /** The command line, without secrets. */
    argv: z.array(z.string()).transform(redactArguments),
  })),
  /** The commit of the folder it was started in; `null` outside a repository. */
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  versions: z.object({ hourglass: z.string(), deno: z.string(), v8: z.string() }),
  host: z.object({
    name: z.string(),
    os: z.string(),
    arch: z.string(),
    processors: z.number(),
    pid: z.number(),
  }),
  /** ISO 8601, UTC. */
  started: z.string(),
  ended: z.string().nullable(),
  status: z.enum(["running", "completed", "stopped", "failed"]),
  exitCode: z.number().nullable(),
  /** Why it ended. */
  reason: z.string().nullable(),
});

/** The shape that a recorded pipeline must have to be compared with another; `spec` itself is not validated. */
const RecordedSpec = z.looseObject({
  seed: z.number(),
  stages: z.array(z.looseObject({
    name: z.string(),
    kind: z.string(),
    options: z.record(z.string(), z.unknown()),
  })),
});
/** The pipeline of a record. */
export type RecordedSpec = z.infer<typeof RecordedSpec>;

/** The pipeline of a record; `undefined` when the record holds none. */
export function recordedSpec(record: Pick<RunRecord, "spec"> | undefined): RecordedSpec | undefined {
  return RecordedSpec.safeParse(record?.spec).data;
}

/** What `run.json` holds. */
export type RunRecord = z.infer<typeof RunRecord>;

/** A record, or why it could not be read, including the file's path. */
export interface OpenedRecord {
  readonly record?: RunRecord;
  readonly problem?: string;
  /** The JSON of a record that does not have this schema, for `partialRecord`. */
  readonly content?: unknown;
  /** When another version wrote it; `problem` has its message. */
  readonly other?: OtherVersion;
}

/** Reads `run.json` of a run folder. Never throws, and never blocks on a pipe of that name. */
export async function openRecord(folder: string): Promise<OpenedRecord> {
  const file = `${folder}/run.json`;
  const problem = (found: string) => ({ problem: `"${file}" must be the record of a run, got: ${found}` });
  try {
    const content: unknown = JSON.parse(await readSmallText(file));
    const other = otherVersionOf("run", content, file);
    if (other !== undefined) return { problem: other.message, other };
    const { data, error } = RunRecord.safeParse(content);
    if (data !== undefined) return { record: data };
    const { path, message } = error.issues[0];
    return { ...problem(`${path.length === 0 ? "" : `${path.join(".")}: `}${message}`), content };
  } catch (thrown) {
    if (thrown instanceof RunError) return { problem: thrown.message };
    return problem(thrown instanceof Deno.errors.NotFound ? "no file" : messageOf(thrown));
  }
}

/** Reads `run.json` of a run folder; `undefined` when it is missing or is no record. */
export async function readRecord(folder: string): Promise<RunRecord | undefined> {
  return (await openRecord(folder)).record;
}

/** Writes `run.json` into a run folder. Secrets of the command line and of options are redacted. */
export function writeRecord(folder: string, record: RunRecord): Promise<void> {
  return writeFileAtomically(`${folder}/run.json`, JSON.stringify(withoutSecrets(record), null, 2) + "\n");
}

function withoutSecrets(record: RunRecord): RunRecord {
  const resumed = record.resumed.map((one) => ({ ...one, argv: redactArguments(one.argv) }));
  return redactDeep({ ...record, argv: redactArguments(record.argv), resumed });
}

/** The machine and the code version, as far as permissions allow. */
export async function surroundings(version: string): Promise<Pick<RunRecord, "git" | "versions" | "host">> {
  const isGranted = Deno.permissions.querySync({ name: "run", command: "git" }).state === "granted";
  return {
    git: isGranted ? await gitState() ?? null : null,
    versions: { hourglass: version, deno: Deno.version.deno, v8: Deno.version.v8 },
    host: {
      name: hostName(),
      os: Deno.build.os,
      arch: Deno.build.arch,
      processors: navigator.hardwareConcurrency,
      pid: Deno.pid,
    },
  };
}
