/**
 * Content keys: what a stage computes is a function of its kind, version, options, inputs, the seed and the engine, so their hash
 * names its result.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { shortened } from "../core/errors.ts";
import { type OwnCode, ownCodeIn } from "../core/own_code.ts";
import { type ModuleGraph, moduleGraph } from "./code/module_graph.ts";
import type { ResolvedPipeline, ResolvedStage } from "./resolve.ts";

/** What decides the result of a stage, as plain data. */
export interface StageIdentity {
  /** Its files and events bear it. */
  readonly name: string;
  readonly kind: string;
  readonly version: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** The key of each input, by its name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Results of one class are the same bits: `wasm`, `native, 2 threads`. */
  readonly engine: string;
  /** The fingerprint of the data that it reads. */
  readonly data?: string;
  /** A hash of the files that its options name. */
  readonly content?: string;
  /** Of code that is not part of this program: a hash of each of its files, by its path, and of each package. */
  readonly code?: Readonly<Record<string, string>>;
}

/** The keys of a stage. */
export interface StageKeys {
  readonly identity: StageIdentity;
  /** Names its result. */
  readonly key: string;
  /** The same as long as a checkpoint of the stage can resume. */
  readonly resumeKey: string;
  /** The options that decide so. */
  readonly resumeOptions: unknown;
  /** Options that may be more in a resumed run, never less. */
  readonly extendable: readonly string[];
  /** Imports of its own code that could not be followed: `stages/blur.ts:12`. */
  readonly unknownImports: readonly string[];
}

/**
 * The keys of all stages, by name. Gets fingerprints from sources; reads no data.
 *
 * `file` is the address of the pipeline file: the code of an own stage is all that it imports, unless the stage names a module.
 */
export async function stageKeys(
  { stages, seed }: Pick<ResolvedPipeline, "stages" | "seed">,
  engine: string,
  file = Deno.mainModule,
): Promise<Map<string, StageKeys>> {
  const keys = new Map<string, StageKeys>(), codeOf = codeReader(file);
  let available: Record<string, string> = {};
  for (const { name, kind, definition, options } of stages) {
    const code = await codeOf([definition.ownCode ?? [], ownCodeIn(options)].flat());
    const identity = {
      name,
      kind,
      version: definition.version,
      options,
      inputs: inputKeys(definition, available),
      seed,
      engine,
      data: await definition.fingerprint?.(options),
      content: await definition.contentHash?.(options),
      code: code?.parts,
    };
    const key = hashOf(identity), resumeOptions = definition.resumeIdentity?.(options) ?? options;
    keys.set(name, {
      identity,
      key,
      resumeKey: hashOf({ ...identity, options: resumeOptions }),
      resumeOptions,
      extendable: definition.extendable ?? [],
      unknownImports: code?.unknown ?? [],
    });
    available = {
      ...available,
      ...Object.fromEntries(definition.outputs.map((output) => [output, `${key}/${output}`])),
    };
  }
  return keys;
}

/** Hashes the own code of each stage that has some, by name, and reads each module once; `file` is the address of the pipeline file. */
export function stageCodeReader(
  file: string,
): (stages: readonly ResolvedStage[]) => Promise<Record<string, string>> {
  const codeOf = codeReader(file);
  return async (stages) => {
    const code: Record<string, string> = {};
    for (const { name, definition, options } of stages) {
      const own = await codeOf([definition.ownCode ?? [], ownCodeIn(options)].flat());
      if (own !== undefined) code[name] = hashOf(own.parts);
    }
    return code;
  };
}

/** Reads the code of stages, each module once. */
function codeReader(file: string): (all: readonly OwnCode[]) => Promise<ModuleGraph | undefined> {
  const graphs = new Map<string, Promise<ModuleGraph>>();
  return async (all) => {
    if (all.length === 0) return undefined;
    const parts: Record<string, string> = {}, unknown: string[] = [];
    for (const { name, version, module = file } of all) {
      if (!graphs.has(module)) graphs.set(module, moduleGraph(module));
      const graph = await graphs.get(module)!;
      Object.assign(parts, graph.parts, { [`${name} version`]: String(version) });
      unknown.push(...graph.unknown);
    }
    return { parts, unknown: [...new Set(unknown)] };
  };
}

/** The sentence about imports of own code that could not be followed; `undefined` where there are none. */
export function unknownImportsText({ unknownImports }: StageKeys): string | undefined {
  if (unknownImports.length === 0) return undefined;
  return `edits of modules that are imported by a computed name are not noticed (${
    unknownImports.join(", ")
  })`;
}

/** The names of the inputs that a stage sees, of those that earlier stages made. */
export function inputsOf(
  { inputs, optionalInputs = [] }: ResolvedStage["definition"],
  available: object,
): string[] {
  return [...inputs, ...optionalInputs].filter((name) => Object.hasOwn(available, name));
}

function inputKeys(
  definition: ResolvedStage["definition"],
  available: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(inputsOf(definition, available).map((name) => [name, available[name]]));
}

/** The key of a whole run: that of all its stages. */
export function runKey(keys: ReadonlyMap<string, StageKeys>): string {
  return hashOf([...keys].map(([name, { key }]) => [name, key]));
}

/** The key of all own code of a run. */
export function codeKey(keys: ReadonlyMap<string, StageKeys>): string {
  return hashOf([...keys].map(([name, { identity: { code } }]) => [name, code]));
}

/** SHA-256 of plain data, whatever the order of its fields; in hexadecimal. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).filter(([, field]) => field !== undefined).sort(([a], [b]) =>
    a < b ? -1 : 1
  );
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
}

/** One difference between two pieces of plain data: `model.latent 2 -> 12`. */
export function differences(before: unknown, now: unknown, path = ""): string[] {
  if (canonical(before) === canonical(now)) return [];
  if (!isRecord(before) || !isRecord(now)) return [`${path} ${shown(before)} -> ${shown(now)}`.trim()];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names.flatMap((name) =>
    differences(before[name], now[name], path === "" ? name : `${path}.${name}`)
  );
}

/** The names whose values differ between two records, those that only the newer one has first. */
export function changedNames(
  before: Readonly<Record<string, string>> = {},
  now: Readonly<Record<string, string>> = {},
): string[] {
  const lost = Object.keys(before).filter((name) => !Object.hasOwn(now, name));
  return [...Object.keys(now).filter((name) => before[name] !== now[name]), ...lost];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : shortened(JSON.stringify(value));
}
