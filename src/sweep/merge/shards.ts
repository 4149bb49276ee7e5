/**
 * Finds the sweep in folders that shards of it have written.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, UsageError } from "../../core/errors.ts";
import { SWEEPS } from "../../run/folder_name.ts";
import { readSweep, type SweepRecord } from "../folder.ts";
import { POOLED_FILE } from "../pooled_results.ts";
import { proposalFile } from "../proposal_log.ts";

/** A folder with results of a sweep. */
export interface ShardFolder {
  /** The folder of the sweep in it. */
  readonly folder: string;
  /** The folder that the runs of its results are relative to. */
  readonly runs: string;
}

/** A sweep with the folders that hold results of it. */
export interface FoundSweep {
  readonly plan: SweepRecord;
  readonly shards: readonly ShardFolder[];
  /** Notices on the plans. */
  readonly notices: readonly string[];
}

/** A plan in a folder. */
interface PlannedShard extends ShardFolder {
  readonly plan: SweepRecord;
  /** The bytes of the plan, in hexadecimal digits of their hash. */
  readonly hash: string;
}

/** The plan of a sweep, in its folder. */
const PLAN = "sweep.json";

/**
 * Finds the sweep that some folders have in common. Each is a folder of runs, or of one pipeline's sweeps in it, or a sweep's own.
 *
 * @param wanted The name of the pipeline, or the id of the sweep or its beginning, where the folders hold several.
 * @throws {UsageError} When one has no such sweep, or they have several in common.
 */
export async function findShards(folders: readonly string[], wanted?: string): Promise<FoundSweep> {
  const reader = planReader(), found: PlannedShard[][] = [], skipped: string[] = [];
  for (const folder of await distinct(folders)) {
    const { plans, problems } = await plansIn(folder, reader, wanted);
    if (plans.length === 0) throw new UsageError(problems[0] ?? noSweep(folder, wanted));
    found.push(plans);
    if (problems.length > 0) skipped.push(skippedText(folder, problems));
  }
  const all = found.flat(), ids = new Set(all.map(({ plan }) => plan.sweep));
  if (ids.size > 1) throw new UsageError(severalSweeps(all, found));
  const { plan, differing } = chosenPlan(all);
  return {
    plan,
    shards: all.map(({ folder, runs }) => ({ folder, runs })),
    notices: [...differing, ...skipped],
  };
}

/** Each folder once, by where it really is. @throws {UsageError} When one is none. */
async function distinct(folders: readonly string[]): Promise<string[]> {
  const byPlace = new Map<string, string>();
  for (const typed of folders) {
    const folder = typed.replace(/(?<=.)\/+$/, "");
    let found = "nothing of that name";
    try {
      if ((await Deno.stat(folder)).isDirectory) {
        const place = await Deno.realPath(folder);
        if (!byPlace.has(place)) byPlace.set(place, folder);
        continue;
      }
      found = "a file";
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) found = messageOf(thrown);
    }
    throw new UsageError(`"${typed}" must be a folder of runs, or of a sweep, got ${found}`);
  }
  return [...byPlace.values()];
}

type PlanReader = (folder: string) => Promise<Pick<PlannedShard, "plan" | "hash">>;

/** Reads plans, each content once: all shards of a sweep have the same, which may be large. */
function planReader(): PlanReader {
  const plans = new Map<string, SweepRecord>();
  return async (folder) => {
    const hash = await hashOf([`${folder}/${PLAN}`, proposalFile(folder)]);
    const plan = plans.get(hash) ?? await readSweep(folder);
    plans.set(hash, plan);
    return { plan, hash };
  };
}

/** A hash of the content of some files, of which any may be missing; in little memory, which many large ones would fill. */
async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    hash.update("\0");
    if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) continue;
    using file = await Deno.open(path);
    const chunk = new Uint8Array(1 << 20);
    for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
      hash.update(chunk.subarray(0, count));
    }
  }
  return hash.digest("hex");
}

/** The plans of the wanted sweeps in a folder, and why others in it cannot be read. */
async function plansIn(
  folder: string,
  read: PlanReader,
  wanted: string | undefined,
): Promise<{ plans: PlannedShard[]; problems: string[] }> {
  const plans: PlannedShard[] = [], problems: string[] = [];
  for (const sweep of await sweepFolders(folder)) {
    try {
      const found = { folder: sweep, runs: runsOf(sweep), ...await read(sweep) };
      if (isWanted(found.plan, wanted)) plans.push(found);
    } catch (thrown) {
      problems.push(messageOf(thrown));
    }
  }
  return { plans, problems };
}

function isWanted({ pipeline, sweep }: SweepRecord, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === pipeline || (wanted.length >= 4 && sweep.startsWith(wanted));
}

/** The folders of sweeps in a folder: itself, or `NAME.sweep/ID` or `ID` in it. */
async function sweepFolders(folder: string): Promise<string[]> {
  if (await isSweepFolder(folder)) return [folder];
  const names = await foldersIn(folder);
  const parents = names.filter((name) => name.endsWith(SWEEPS)).map((name) => `${folder}/${name}`);
  const inner = await Promise.all(
    parents.map(async (parent) => (await foldersIn(parent)).map((name) => `${parent}/${name}`)),
  );
  const own = folder.endsWith(SWEEPS) ? names.map((name) => `${folder}/${name}`) : [];
  const candidates = [...own, ...inner.flat()];
  const are = await Promise.all(candidates.map(isSweepFolder));
  return candidates.filter((_, at) => are[at]);
}

/** Whether a folder is that of a sweep, even if only half of it was copied. */
async function isSweepFolder(folder: string): Promise<boolean> {
  const found = await Promise.all(
    [PLAN, "trials", POOLED_FILE].map((name) =>
      Deno.lstat(`${folder}/${name}`).then(() => true, () => false)
    ),
  );
  return found.includes(true);
}

/** The folders in a folder, in alphabetical order. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const names = entries.filter(({ isDirectory, isSymlink }) => isDirectory || isSymlink).map(({ name }) =>
    name
  );
  const are = await Promise.all(
    names.map((name) => Deno.stat(`${folder}/${name}`).then(({ isDirectory }) => isDirectory, () => false)),
  );
  return names.filter((_, at) => are[at]).sort();
}

/** The folder of runs that a sweep's folder is in: `RUNS/NAME.sweep/ID`. */
function runsOf(folder: string): string {
  const parts = folder.split("/");
  const isWhole = parts.length > 2 && parts.at(-2)!.endsWith(SWEEPS);
  return isWhole ? parts.slice(0, -2).join("/") : `${folder}/../..`;
}

function skippedText(folder: string, [first, ...others]: readonly string[]): string {
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `skipped in "${folder}": ${first}${more}`;
}

function noSweep(folder: string, wanted: string | undefined): string {
  return wanted === undefined
    ? `"${folder}" must hold a sweep, got a folder without any`
    : `"${folder}" must hold a sweep ${JSON.stringify(wanted)}, got none of this name or id`;
}

/** Why several sweeps cannot be merged: one folder holds several, or another one than the first. */
function severalSweeps(all: readonly PlannedShard[], found: readonly PlannedShard[][]): string {
  const byId = Map.groupBy(all, ({ plan }) => plan.sweep);
  const list = [...byId.values()].map((own) => {
    const { pipeline, sweep, trials } = own[0].plan;
    return `\n    ${pipeline} ${sweep}, ${trials.length} trials, in ${
      own.map(({ folder }) => folder).join(", ")
    }`;
  }).join("");
  const isMixed = found.some((plans) => new Set(plans.map(({ plan }) => plan.sweep)).size > 1);
  const must = isMixed
    ? `the folders must hold one sweep, got ${byId.size} (--sweep NAME or ID chooses one):`
    : `"${found.find(([{ plan }]) => plan.sweep !== all[0].plan.sweep)![0].folder}" must hold sweep ${
      all[0].plan.sweep
    } as "${all[0].folder}" does, got another (the same file with the same settings gives the same sweep):`;
  return `${must}${list}`;
}

/** The plan of all; where they differ in what is no part of the id (the file as it was typed), the first by its hash. */
function chosenPlan(all: readonly PlannedShard[]): { plan: SweepRecord; differing: string[] } {
  const byHash = [...all].sort((a, b) => a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0);
  const [first] = byHash, other = byHash.find(({ hash }) => hash !== first.hash);
  if (other === undefined) return { plan: first.plan, differing: [] };
  const fields = Object.keys(first.plan) as (keyof SweepRecord)[];
  const differing = fields.filter((name) =>
    JSON.stringify(first.plan[name]) !== JSON.stringify(other.plan[name])
  );
  const text = `the plans of "${first.folder}" and "${other.folder}" differ in ${differing.join(", ")}: ` +
    "the first is used";
  return { plan: first.plan, differing: [text] };
}
