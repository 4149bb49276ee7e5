/** The result of a run without times: two runs that computed the same have the same result, bit for bit. */
import { createHash } from "node:crypto";
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { decodeSafetensors } from "../../src/core/safetensors.ts";

/** What two equal runs have in common. */
export interface RunResult {
  /** Each artifact and each file of weights with its SHA-256; a checkpoint by its tensors alone, as its state holds times. */
  readonly files: Readonly<Record<string, string>>;
  readonly metrics: unknown;
  /** The lines of `events.jsonl`. */
  readonly events: readonly string[];
}

/** The fields that differ between two equal runs: times, values computed from times, and the run's own name. */
const OWN = new Set(["t", "seconds", "samplesPerSecond", "run", "folder"]);
/** A run that was cut off before its first checkpoint says that it starts over; a note ends with its time. */
const BEGINNING = /starts over|starting over/;

/** Reads the result of a run. */
export function resultOf(folder: string): RunResult {
  const files: Record<string, string> = {};
  for (const path of filesIn(folder)) {
    const name = path.slice(folder.length + 1);
    if (
      !/^(artifacts|checkpoints)\//.test(name) ||
      /\.tmp$|\.previous\.|(metrics\.(json|csv)|curves\.csv)$/.test(name)
    ) continue;
    const bytes = Deno.readFileSync(path);
    files[name] = name.endsWith(".last.safetensors")
      ? decodeSafetensors(bytes, name).tensors.map(({ name, data }) => `${name} ${hash(data)}`).join("\n")
      : hash(bytes);
  }
  return {
    files,
    metrics: untimed(JSON.parse(Deno.readTextFileSync(`${folder}/artifacts/metrics.json`))),
    events: eventLines(folder),
  };
}

/** The lines of a run's events without the fields that differ. */
function eventLines(folder: string): string[] {
  const lines = Deno.readTextFileSync(`${folder}/events.jsonl`).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line))
    .filter(({ type, message }) => type !== "log" || !BEGINNING.test(message))
    .map((event) => JSON.stringify(untimed(event)));
}

/** Two runs have come to the same: the first thing that differs is named. */
export function assertSameResult(actual: RunResult, expected: RunResult): void {
  const length = Math.max(actual.events.length, expected.events.length);
  for (let line = 0; line < length; line++) {
    equal(actual.events[line], expected.events[line], `line ${line + 1} of events.jsonl`);
  }
  deepEqual(actual.metrics, expected.metrics);
  deepEqual(actual.files, expected.files);
}

function untimed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untimed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !OWN.has(key)).map(([key, inner]) => [key, untimed(inner)]),
  );
}

/** All files under a folder. */
export function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}

function hash(data: Uint8Array | Float32Array): string {
  return createHash("sha256").update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest(
    "hex",
  );
}
