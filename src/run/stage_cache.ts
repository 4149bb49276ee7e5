// <root>/.cache/<key>/: manifest.json, result.bin (the stage's outputs), events.jsonl (its events), files/ (the files it wrote).

/**
 * Results of stages by their content key, so that what was computed before is not computed again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { linkFileAtomically, readRegularFile, readSmallText, writeFileAtomically } from "../core/files.ts";
import { isInnerPath, makeInnerFolders } from "../core/paths.ts";
import { type OtherVersion, otherVersionOf, SCHEMA } from "../core/schema_version.ts";
import { redactDeep } from "../core/secrets.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { parseEvent } from "../pipeline/events.ts";
import { hashOf, type StageIdentity, type StageKeys } from "../pipeline/keys.ts";
import type { StageResult } from "../pipeline/stage.ts";
import { packResult, unpackResult } from "./result_blocks.ts";

const File = z.object({ bytes: z.int().nonnegative(), sha256: z.string() });

/** What an entry holds besides its manifest: its own two files, and those that the stage wrote into its run folder. */
const EntryPath = z.string().refine((path) =>
  ["result.bin", "events.jsonl"].includes(path) ||
  (/^files\/(artifacts|checkpoints)\/./.test(path) && isInnerPath(path))
);

/** The schema of a manifest. */
const Manifest = z.object({
  schema: z.literal(SCHEMA.cache),
  key: z.string(),
  pipeline: z.string(),
  stage: z.string(),
  /** The run that computed the result. */
  run: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  identity: z.custom<StageIdentity>((value) => typeof value === "object" && value !== null),
  files: z.record(EntryPath, File),
  /** Of all the rest, whatever the order of its fields. */
  sha256: z.string(),
});
/** What an entry of the cache is. */
export type Manifest = z.infer<typeof Manifest>;

/** A result that was computed before. */
export interface CachedStage {
  readonly manifest: Manifest;
  readonly result: StageResult<Record<string, unknown>>;
  readonly events: readonly RunEvent[];
  /** Puts the files it wrote into a run folder: second names of those in the cache, where the file system has them. */
  restore(folder: string): Promise<void>;
}

/** What is put into the cache. */
export interface StageRecord {
  readonly pipeline: string;
  readonly stage: string;
  readonly run: string;
  readonly keys: StageKeys;
  readonly result: StageResult<Record<string, unknown>>;
  /** Its lines of `events.jsonl`. */
  readonly events: string;
  readonly folder: string;
  /** What it wrote, relative to the folder. */
  readonly files: readonly string[];
}

/** The folder of the cache, next to the runs. */
export function cacheFolder(root: string): string {
  return `${root}/.cache`;
}

/**
 * Finds a result by its key; all of its files are checked by their hashes.
 *
 * @returns The result; `undefined` when there is none; a message when the entry is damaged (it is removed) or another version wrote it.
 */
export async function findCached(root: string, key: string): Promise<CachedStage | string | undefined> {
  const folder = `${cacheFolder(root)}/${key}`;
  let damaged = "";
  for (;;) {
    const text = await readManifest(folder);
    if (text === undefined) return undefined;
    const other = otherEntry(text, folder);
    if (other !== undefined) return other.message;
    try {
      return await readEntry(folder, text, key);
    } catch (thrown) {
      // Another run may have replaced the entry while it was read.
      if (damaged === text) {
        await removeEntry(folder).catch(() => {});
        return `The cached result ${folder} could not be used and was removed (${messageOf(thrown)})`;
      }
      damaged = text;
    }
  }
}

/** The other version that wrote an entry, from the text of its manifest. */
function otherEntry(text: string, folder: string): OtherVersion | undefined {
  try {
    return otherVersionOf("cache", JSON.parse(text), folder);
  } catch {
    // It is damaged, which its reader reports.
    return undefined;
  }
}

async function readEntry(folder: string, text: string, key: string): Promise<CachedStage> {
  const manifest = parseManifest(text);
  if (manifest?.key !== key) throw new Error("manifest.json is damaged");
  const contents = new Map<string, Uint8Array>();
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const content = await readRegularFile(`${folder}/${name}`, bytes);
    if (content.length !== bytes || hash(content) !== sha256) throw new Error(`${name} is damaged`);
    contents.set(name, content);
  }
  const lines = new TextDecoder().decode(contents.get("events.jsonl")).split("\n");
  return {
    manifest,
    result: unpackResult(contents.get("result.bin")!, contents) as CachedStage["result"],
    // Exactly as they were emitted, including the order of keys, which a schema parser does not preserve.
    events: lines.flatMap((line) => parseEvent(line) === undefined ? [] : JSON.parse(line) as RunEvent),
    async restore(target) {
      for (const [name, content] of contents) {
        if (!name.startsWith("files/")) continue;
        const path = await makeInnerFolders(target, name.slice("files/".length));
        await linkFileAtomically(`${folder}/${name}`, path, content);
      }
    },
  };
}

/** Puts a result into the cache, whole or not at all; it takes the place of one that is there, unless a newer version wrote that. */
export async function storeCached(root: string, record: StageRecord): Promise<void> {
  const { keys: { key }, pipeline, stage, run, folder: source } = record;
  const identity = redactDeep(record.keys.identity);
  const folder = `${cacheFolder(root)}/${key}`, temporary = temporaryName(folder);
  if (otherEntry(await readManifest(folder) ?? "", folder)?.age === "newer") return;
  const files: Record<string, z.infer<typeof File>> = {};
  try {
    const contents = new Map<string, Uint8Array>();
    const put = async (name: string, content: Uint8Array, from?: string) => {
      await Deno.mkdir(`${temporary}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      if (from === undefined) await Deno.writeFile(`${temporary}/${name}`, content);
      else await linkFileAtomically(from, `${temporary}/${name}`, content);
      files[name] = { bytes: content.length, sha256: hash(content) };
    };
    for (const file of record.files) {
      const content = await Deno.readFile(`${source}/${file}`);
      contents.set(`files/${file}`, content);
      await put(`files/${file}`, content, `${source}/${file}`);
    }
    await put("result.bin", packResult(record.result, contents));
    await put("events.jsonl", new TextEncoder().encode(record.events));
    const created = new Date().toISOString();
    const manifest = { schema: SCHEMA.cache, key, pipeline, stage, run, created, identity, files } as const;
    const text = JSON.stringify({ ...manifest, sha256: hashOf(manifest) }, null, 2) + "\n";
    await writeFileAtomically(`${temporary}/manifest.json`, text);
    await putInPlace(temporary, folder);
  } catch (thrown) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw thrown;
  }
}

/** Tries of putting an entry into its place, while others do the same. */
const TRIES = 20;

/** A folder cannot be renamed onto another one that is not empty: that one goes first. */
async function putInPlace(temporary: string, folder: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    await removeEntry(folder).catch(() => {});
    try {
      return await Deno.rename(temporary, folder);
    } catch (thrown) {
      if (attempt === TRIES) throw thrown;
    }
  }
}

/** Removes an entry whole: what remains after a kill has a temporary name, which `gc` removes. */
async function removeEntry(folder: string): Promise<void> {
  const going = temporaryName(folder);
  await Deno.rename(folder, going);
  await Deno.remove(going, { recursive: true });
}

function temporaryName(folder: string): string {
  return `${folder}.${crypto.randomUUID().slice(0, 8)}.tmp`;
}

/** An entry of the cache. */
export interface CacheEntry {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** An entry that another version of this program wrote. Its manifest is not read. */
export interface OtherEntry {
  readonly folder: string;
  readonly key: string;
  readonly other: OtherVersion;
}

/** The entries of the cache, the newest first, and those of other versions. */
export async function listCached(root: string): Promise<{ entries: CacheEntry[]; others: OtherEntry[] }> {
  const entries: CacheEntry[] = [], others: OtherEntry[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(cacheFolder(root))) {
      const folder = `${cacheFolder(root)}/${name}`;
      const text = isDirectory && !name.endsWith(".tmp") ? await readManifest(folder) : undefined;
      const other = text === undefined ? undefined : otherEntry(text, folder);
      if (other !== undefined) others.push({ folder, key: name, other });
      const manifest = text === undefined ? undefined : parseManifest(text);
      if (manifest !== undefined) entries.push({ folder, manifest });
    }
  } catch {
    // It is missing, or what has its name is no folder of the cache: storing a result reports why.
  }
  return { entries: entries.sort((a, b) => a.manifest.created < b.manifest.created ? 1 : -1), others };
}

/** The text of a manifest, empty when it cannot be read; `undefined` when there is no entry. */
async function readManifest(folder: string): Promise<string | undefined> {
  try {
    return await readSmallText(`${folder}/manifest.json`);
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound ? undefined : "";
  }
}

/** A manifest that holds what it was written with. */
function parseManifest(text: string): Manifest | undefined {
  try {
    const { sha256, ...manifest } = Manifest.parse(JSON.parse(text));
    return hashOf(manifest) === sha256 ? { ...manifest, sha256 } : undefined;
  } catch {
    return undefined;
  }
}

function hash(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
