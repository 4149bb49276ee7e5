/**
 * The import maps of the project that a module is in: `imports` and `scopes` of its `deno.json`, or of the file that it names.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** The configuration files of Deno, by their names. */
const CONFIGS = ["deno.json", "deno.jsonc"];

/** Addresses by what they stand for, with the address that they are relative to. */
interface ImportMap {
  readonly base: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The configuration around a module. */
export interface ProjectImports {
  /** The address that a specifier stands for in a module; a package keeps its name: `npm:zod@4`. */
  resolve(specifier: string, referrer: string): string;
  /** The exact version of a package that the lock file names, with those of its own packages; empty where none does. */
  locked(specifier: string): string;
}

/** Reads the configuration files in the folder of a module and those above it. */
export async function projectImports(module: string): Promise<ProjectImports> {
  const maps: ImportMap[] = [];
  let lock: Lock | undefined;
  for (let folder = new URL("./", module);; folder = new URL("../", folder)) {
    for (const name of CONFIGS) {
      const config = await readJsonc(new URL(name, folder));
      if (config !== undefined) maps.push(await mapOf(config, new URL(name, folder)));
    }
    lock ??= await readJsonc(new URL("deno.lock", folder)) as Lock | undefined;
    if (folder.pathname === new URL("../", folder).pathname) break;
  }
  return {
    resolve: (specifier, referrer) => resolveIn(maps, specifier, referrer),
    locked: (specifier) => lock === undefined ? "" : lockedVersion(lock, specifier),
  };
}

async function mapOf(config: Json, address: URL): Promise<ImportMap> {
  const { importMap } = config;
  const base = typeof importMap === "string" ? new URL(importMap, address) : address;
  const source = typeof importMap === "string" ? await readJsonc(base) ?? {} : config;
  return { base: base.href, imports: textsOf(source.imports), scopes: scopesOf(source.scopes) };
}

type Json = Readonly<Record<string, unknown>>;

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function scopesOf(value: unknown): Record<string, Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([scope, imports]) => [scope, textsOf(imports)]));
}

function resolveIn(maps: readonly ImportMap[], specifier: string, referrer: string): string {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, referrer).href;
  for (const { base, imports, scopes } of maps) {
    const fitting = Object.keys(scopes).filter((scope) => referrer.startsWith(new URL(scope, base).href));
    const tables = [...longestFirst(fitting).map((scope) => scopes[scope]), imports];
    for (const table of tables) {
      const found = mapped(table, specifier);
      if (found !== undefined) return /^\.{0,2}\//.test(found) ? new URL(found, base).href : found;
    }
  }
  return specifier;
}

function mapped(table: Readonly<Record<string, string>>, specifier: string): string | undefined {
  if (Object.hasOwn(table, specifier)) return table[specifier];
  const [prefix] = longestFirst(
    Object.keys(table).filter((key) => key.endsWith("/") && specifier.startsWith(key)),
  );
  return prefix === undefined ? undefined : table[prefix] + specifier.slice(prefix.length);
}

function longestFirst(texts: readonly string[]): string[] {
  return texts.toSorted((a, b) => b.length - a.length);
}

/** A lock file of Deno. */
interface Lock {
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<
    Record<string, { readonly integrity?: string; readonly dependencies?: readonly string[] }>
  >;
}

/** A hash of all packages that a specifier brings, as the lock file has them. */
function lockedVersion({ specifiers = {}, npm = {} }: Lock, specifier: string): string {
  const [, wanted, name] = /^(npm:\/?((?:@[^/]+\/)?[^@/]+)(?:@[^/]*)?)/.exec(specifier) ?? [];
  if (wanted === undefined) return specifiers[specifier] ?? "";
  const version = specifiers[wanted.replace("npm:/", "npm:")], found = new Set<string>();
  const add = (key: string) => {
    // A package of which there is one version is named without it.
    const exact = key in npm ? key : Object.keys(npm).find((other) => other.startsWith(`${key}@`));
    if (exact === undefined || found.has(exact)) return;
    found.add(exact);
    npm[exact].dependencies?.forEach(add);
  };
  if (version !== undefined) add(`${name}@${version}`);
  if (version === undefined) return "";
  const all = [...found].sort().map((key) => `${key} ${npm[key].integrity}\n`);
  return createHash("sha256").update(all.join("")).digest("hex");
}

/** A JSON file, which may have comments and commas at the ends of lists; `undefined` where there is none that can be read. */
async function readJsonc(file: URL): Promise<Json | undefined> {
  try {
    const text = await Deno.readTextFile(file);
    const bare = text.replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, quoted) => quoted ?? " ",
    );
    const strict = bare.replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, quoted) => quoted ?? "");
    const value: unknown = JSON.parse(strict);
    return typeof value === "object" && value !== null ? value as Json : undefined;
  } catch {
    return undefined;
  }
}
