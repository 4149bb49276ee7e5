// <root>/.cache/<key>/: manifest.json, result.bin (what the stage made), events.jsonl (what it told), files/ (what it wrote).

/**
 * Results of stages by their content key, so that what was computed before is not computed again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { writeFileAtomically } from "../core/files.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { parseEvent } from "../pipeline/events.ts";
import type { StageIdentity, StageKeys } from "../pipeline/keys.ts";
import type { StageResult } from "../pipeline/stage.ts";

const File = z.object({ bytes: z.int().nonnegative(), sha256: z.string() });

/** The schema of a manifest. */
const Manifest = z.object({
  schema: z.literal(1),
  key: z.string(),
  pipeline: z.string(),
  stage: z.string(),
  /** The run that computed it. */
  run: z.string(),
  /** ISO 8601, UTC. */
  made: z.string(),
  identity: z.custom<StageIdentity>((value) => typeof value === "object" && value !== null),
  files: z.record(z.string(), File),
});
/** What an entry of the cache is. */
export type Manifest = z.infer<typeof Manifest>;

/** A result that was computed before. */
export interface CachedStage {
  readonly manifest: Manifest;
  readonly result: StageResult<Record<string, unknown>>;
  readonly events: readonly RunEvent[];
  /** Copies the files it wrote into a run folder. */
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
  /** Whether it takes the place of an entry that is there. */
  readonly isForced: boolean;
}

/** The folder of the cache beside the runs. */
export function cacheFolder(root: string): string {
  return `${root}/.cache`;
}

/**
 * Finds a result by its key; all of its files are checked by their hashes.
 *
 * @returns The result; `undefined` when there is none; a sentence when there is one that is damaged (it is removed).
 */
export async function findCached(root: string, key: string): Promise<CachedStage | string | undefined> {
  const folder = `${cacheFolder(root)}/${key}`;
  const manifest = await readManifest(folder);
  if (manifest === undefined) return undefined;
  try {
    const contents = new Map<string, Uint8Array>();
    for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
      const content = await Deno.readFile(`${folder}/${name}`);
      if (content.length !== bytes || hash(content) !== sha256) throw new Error(`${name} is damaged`);
      contents.set(name, content);
    }
    const lines = new TextDecoder().decode(contents.get("events.jsonl")).split("\n");
    return {
      manifest,
      result: deserialize(contents.get("result.bin")!),
      // As they were told, to the order of their keys, which a parser of shapes does not keep.
      events: lines.flatMap((line) => parseEvent(line) === undefined ? [] : JSON.parse(line) as RunEvent),
      async restore(target) {
        for (const [name, content] of contents) {
          if (!name.startsWith("files/")) continue;
          const path = `${target}/${name.slice("files/".length)}`;
          await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
          await writeFileAtomically(path, content);
        }
      },
    };
  } catch (thrown) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    return `The cached result ${folder} could not be used and was removed (${messageOf(thrown)})`;
  }
}

/** Puts a result into the cache, whole or not at all. */
export async function storeCached(root: string, record: StageRecord): Promise<void> {
  const { keys: { key, identity }, pipeline, stage, run, folder: source } = record;
  const folder = `${cacheFolder(root)}/${key}`,
    temporary = `${folder}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  const files: Record<string, z.infer<typeof File>> = {};
  try {
    const put = async (name: string, content: Uint8Array) => {
      await Deno.mkdir(`${temporary}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeFile(`${temporary}/${name}`, content);
      files[name] = { bytes: content.length, sha256: hash(content) };
    };
    await put("result.bin", serialize(record.result));
    await put("events.jsonl", new TextEncoder().encode(record.events));
    for (const file of record.files) await put(`files/${file}`, await Deno.readFile(`${source}/${file}`));
    const manifest: Manifest = {
      schema: 1,
      key,
      pipeline,
      stage,
      run,
      made: new Date().toISOString(),
      identity,
      files,
    };
    await writeFileAtomically(`${temporary}/manifest.json`, JSON.stringify(manifest, null, 2) + "\n");
    if (record.isForced) await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.rename(temporary, folder).catch(async (thrown) => {
      // Another run was faster: what it has computed is the same, and may be being read.
      if (await readManifest(folder) === undefined) throw thrown;
      await Deno.remove(temporary, { recursive: true });
    });
  } catch (thrown) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw thrown;
  }
}

/** The manifests of all entries, the newest first. */
export async function listCached(root: string): Promise<{ folder: string; manifest: Manifest }[]> {
  const entries: { folder: string; manifest: Manifest }[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(cacheFolder(root))) {
      const folder = `${cacheFolder(root)}/${name}`;
      const manifest = isDirectory && !name.endsWith(".tmp") ? await readManifest(folder) : undefined;
      if (manifest !== undefined) entries.push({ folder, manifest });
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  return entries.sort((a, b) => a.manifest.made < b.manifest.made ? 1 : -1);
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const parsed = Manifest.safeParse(JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function hash(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
