/** The modules of this project, with what each imports and exports. @module */

const ROOT = new URL("../../", import.meta.url);

/** The kernels are another language with a compiler of their own. */
const SKIPPED = /\/(kernels|cache|node_modules)\//;

/** A name that one module takes from another; `*`: all of it. */
export interface ImportedName {
  /** The path of the other module from the root, or the name of a package. */
  readonly from: string;
  readonly name: string;
  /** Whether it is only named in a text: the program of a worker, or a module that is loaded by a constant. */
  readonly isText: boolean;
}

/** A module. */
export interface SourceModule {
  /** Its path from the root: `src/core/shape.ts`. */
  readonly path: string;
  /** Its text without comments. */
  readonly text: string;
  readonly imports: readonly ImportedName[];
  readonly exports: readonly string[];
}

/** All modules in some folders and files of the root. */
export function readModules(...places: string[]): SourceModule[] {
  return places.flatMap((place) => place.endsWith("/") ? [...walk(place)] : [place])
    .filter((path) => /\.(tsx?|js)$/.test(path) && !SKIPPED.test(path)).sort().map(readModule);
}

function* walk(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* walk(`${folder}${name}/`);
    else yield `${folder}${name}`;
  }
}

function readModule(path: string): SourceModule {
  return parseModule(path, Deno.readTextFileSync(new URL(path, ROOT)));
}

/** What a text imports and exports, as the module at a path. */
export function parseModule(path: string, written: string): SourceModule {
  const text = written.replace(/^\s*(\*|\/\/|\/\*).*$/gm, "").replace(/\s\/\/ .*$/gm, "");
  const statements = [...text.matchAll(/^\s*(?:import|export)\b([^;"'`=()]*?)\bfrom\s+"([^"]+)"/gm)];
  const taken = statements.flatMap(([, names, from]) =>
    namesIn(names).map((name) => ({ from: resolve(path, from), name: name.own, isText: false }))
  );
  // Modules that are named in another way: loaded dynamically, in a worker, or for their effect alone.
  const rest = statements.reduce((left, [statement]) => left.replace(statement, ""), text);
  const loaded = [...rest.matchAll(/(import\(?\s*)?"(\.{1,2}\/[^"\n]+\.(?:tsx?|js))"/g)]
    .map(([, by, from]) => ({ from: resolve(path, from), name: "*", isText: by === undefined }));
  const declared = text.matchAll(
    /^export\s+(?:declare\s+)?(?:default\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type|enum|abstract class)\s+([\p{L}\p{N}_$]+)/gmu,
  );
  const listed = text.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm);
  const exports = [
    ...[...declared].map(([, name]) => name),
    ...[...listed].flatMap(([, names]) => namesIn(`{${names}}`).map(({ given }) => given)),
  ];
  return { path, text, imports: [...taken, ...loaded], exports: [...new Set(exports)] };
}

/** The names of a clause `A, { type B, C as D }` or `* as N`: as the other module has them, and as they are given here. */
function namesIn(clause: string): { own: string; given: string }[] {
  if (clause.includes("*")) return [{ own: "*", given: "*" }];
  const braced = /\{([^}]*)\}/.exec(clause)?.[1] ?? "";
  const alone = clause.replace(/\{[^}]*\}/, "").replace(/^\s*type\s/, "").replaceAll(",", " ").trim();
  const named = braced.split(",").map((part) => part.trim().replace(/^type\s+/, "")).filter(Boolean)
    .map((part) => part.split(/\s+as\s+/)).map(([own, given = own]) => ({ own, given }));
  return alone === "" ? named : [{ own: "default", given: alone }, ...named];
}

function resolve(path: string, from: string): string {
  if (!from.startsWith(".")) return from;
  return new URL(from, new URL(path, "file:///")).pathname.slice(1);
}
