/** Runs of an older version (the fixtures) and of a newer one (the same with other numbers). @module */
import { decodeSafetensors, encodeSafetensors } from "../../src/core/safetensors.ts";

const FILES = new URL("../fixtures/older_version/files", import.meta.url).pathname;

/** The complete run, the interrupted one with a checkpoint, and the cached result of its stage `train`. */
export const OTHER = {
  complete: "20261129-002513-30f8",
  stopped: "20261129-002516-a0da",
  cacheKey: "8086107851f9d7b03e4eb3a52006cf3a577dc17207550ed3f964aec9e2ba3da1",
  sweep: "20261129-002522",
} as const;

/** The age of the version that wrote a run, besides our own. */
export type Age = "older" | "newer";
/** Both ages. */
export const AGES: readonly Age[] = ["older", "newer"];

/** A version that no schema of ours will have. */
export const NEWER = 99;

/** Copies a folder of runs of another version to `root`. */
export function copyOtherVersion(root: string, age: Age): void {
  copy(FILES, root, age);
}

function copy(from: string, to: string, age: Age): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copy(`${from}/${name}`, `${to}/${name}`, age);
    else Deno.writeFileSync(`${to}/${name}`, changed(name, Deno.readFileSync(`${from}/${name}`), age));
  }
}

/** A file as a newer version would write it: the same with another version, and with a field that we do not know. */
function changed(name: string, bytes: Uint8Array, age: Age): Uint8Array {
  if (age === "older") return bytes;
  const text = () => new TextDecoder().decode(bytes),
    encode = (words: string) => new TextEncoder().encode(words);
  if (name === "events.jsonl") return encode(text().replace(/"schema":\d+/, `"schema":${NEWER}`));
  if (name === "metrics.json") return encode(JSON.stringify({ ...JSON.parse(text()), $version: NEWER }));
  if (name.endsWith(".json") || name === "lock") {
    return encode(JSON.stringify({ ...JSON.parse(text()), schema: NEWER, more: {} }));
  }
  if (!name.endsWith(".safetensors")) return bytes;
  const { tensors, metadata } = decodeSafetensors(bytes, name);
  return encodeSafetensors(tensors, { ...metadata, schema: String(NEWER) });
}

/** All files under a folder with their bytes as text, to prove that nothing was changed. */
export function snapshot(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) Object.assign(files, snapshot(path));
    else files[path] = Deno.readFileSync(path).toHex();
  }
  return files;
}
