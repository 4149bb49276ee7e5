/** Temporary folders, checkpoints and runs for tests. @module */
import { SCHEMA } from "../../src/core/schema_version.ts";
import {
  type PipelineSpec,
  type ResolvedPipeline,
  resolvePipeline,
  specOf,
} from "../../src/pipeline/resolve.ts";
import { runKey, stageKeys } from "../../src/pipeline/keys.ts";
import { type StoredCheckpoint, writeCheckpoint } from "../../src/run/checkpoint_file.ts";
import { type RunRecord, writeRecord } from "../../src/run/record.ts";
import { plain } from "../pipeline/chains.ts";
import { LOCKED } from "../support/program.ts";

/** Provides a temporary folder whose path has a space and letters of other scripts. */
export async function withFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "Läufe & 数字 " });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Numbers that an inexact copy would change: -0, the smallest, the largest, infinities. */
export const HARD_NUMBERS = Float32Array.of(
  -0,
  0,
  1.401298464324817e-45,
  -1.1754942106924411e-38,
  3.4028234e38,
  -Infinity,
  0.1,
);

/** A small checkpoint. */
export function checkpointOf(changes: Partial<StoredCheckpoint> = {}): StoredCheckpoint {
  return {
    stage: "train",
    key: "a key",
    eventBytes: 123,
    state: { epochs: 3, best: null, "ä": "数" },
    blocks: [{ name: "parameters", data: HARD_NUMBERS }, { name: "slot0", data: Float32Array.of(1, 2) }],
    ...changes,
  };
}

/** The plain pipeline with these options of its training. */
export function resolved(options: object = {}, overrides: string[] = []): ResolvedPipeline {
  return resolvePipeline(plain(options), { overrides });
}

/** A run folder as a process may have left it. */
export interface FakeRun {
  readonly id: string;
  readonly pipeline?: ResolvedPipeline;
  readonly status?: RunRecord["status"];
  readonly engine?: RunRecord["engine"];
  /** Lines of `events.jsonl` up to the checkpoint of `train`, and after it; no checkpoint without them. */
  readonly events?: { readonly before: string; readonly after: string };
  readonly state?: unknown;
}

const WASM = { name: "wasm", threads: null, cores: 2 };

/** Creates a run folder; returns its path. */
export async function fakeRun(
  root: string,
  { id, pipeline = resolved(), status = "stopped", engine = WASM, events, state }: FakeRun,
): Promise<string> {
  const folder = `${root}/${pipeline.name}/${id}`, keys = await stageKeys(pipeline, engine.name);
  await Deno.mkdir(`${folder}/checkpoints`, { recursive: true });
  await writeRecord(folder, recordOf(id, { spec: specOf(pipeline), key: runKey(keys), status, engine }));
  if (events === undefined) return folder;
  await Deno.writeTextFile(`${folder}/events.jsonl`, events.before + events.after);
  const eventBytes = new TextEncoder().encode(events.before).length;
  const key = keys.get("train")!.resumeKey;
  await writeCheckpoint(folder, checkpointOf({ key, eventBytes, state: state ?? { epochs: 3 } }));
  return folder;
}

/** A record of a run. */
export function recordOf(id: string, changes: Partial<RunRecord> & { spec: PipelineSpec }): RunRecord {
  return {
    schema: SCHEMA.run,
    id,
    pipeline: changes.spec.name,
    seed: changes.spec.seed,
    overrides: [],
    argv: [],
    engine: WASM,
    key: "",
    extends: null,
    resumed: [],
    git: null,
    versions: { hourglass: "0", deno: "0", v8: "0" },
    host: { name: "", os: "linux", arch: "x86_64", processors: 2, pid: 1 },
    started: "2026-11-24T04:00:00.000Z",
    ended: null,
    status: "stopped",
    exitCode: null,
    reason: null,
    ...changes,
  };
}

/** Runs the text of a module in a separate process. */
export function spawnScript(
  file: string,
  text: string,
  { shell }: { shell?: string } = {},
): Deno.ChildProcess {
  Deno.writeTextFileSync(file, text);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const words = ["run", "-A", "--no-check", "--quiet", "--config", config, ...LOCKED, file];
  const [command, args] = shell === undefined
    ? [Deno.execPath(), words]
    : ["bash", ["-c", `${shell}; exec "$0" "$@"`, Deno.execPath(), ...words]];
  return new Deno.Command(command, { args, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
}

/** The URL of a source file, to import it in a script. */
export function source(path: string): string {
  return JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
}
