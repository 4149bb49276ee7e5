/**
 * The code of a module: its own text and all local files that it imports, so that a result is known by the code that made it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { relative } from "node:path/posix";
import { isProgramModule } from "../../core/user_frames.ts";
import { type ProjectImports, projectImports } from "./import_map.ts";
import { importsOf } from "./imports.ts";

/** The code that a module consists of. */
export interface ModuleGraph {
  /** A hash of each local file by its path, relative to the module's folder, and of each package by its name and version. */
  readonly parts: Readonly<Record<string, string>>;
  /** Imports whose module is known only when they run: `stages/blur.ts:12`. */
  readonly unknown: readonly string[];
}

/** Files that can import others; all others count by their content alone. */
const MODULE = /\.[cm]?[jt]sx?$/;

/** A larger file counts by its size and time: it is data. */
const MOST_BYTES = 16_000_000;

/** What a file counts for that cannot be read: its code is unknown, so nothing that another process made can be used. */
const UNKNOWN = crypto.randomUUID();

/** Follows the imports of a module through local files. This program's own modules and packages count by their versions. */
export async function moduleGraph(entry: string): Promise<ModuleGraph> {
  const parts: Record<string, string> = {}, unknown: string[] = [], seen = new Set<string>();
  const folder = new URL("./", entry).pathname;
  const project = entry.startsWith("file:") ? await projectImports(entry) : NO_PROJECT;
  const visit = async (url: string): Promise<void> => {
    if (seen.has(url) || isProgramModule(url) || url.startsWith("node:")) return;
    seen.add(url);
    if (!url.startsWith("file:")) {
      parts[url] = project.locked(url);
      return;
    }
    const path = decodeURIComponent(relative(folder, new URL(url).pathname)), content = await contentOf(url);
    parts[path] = hash(content ?? UNKNOWN);
    if (content === undefined || !MODULE.test(path)) return;
    const { specifiers, unknownLines } = await importsOf(new TextDecoder().decode(content));
    unknown.push(...unknownLines.map((line) => `${path}:${line}`));
    for (const specifier of specifiers) await visit(withoutQuery(project.resolve(specifier, url)));
  };
  await visit(entry);
  return { parts, unknown };
}

const NO_PROJECT: ProjectImports = { resolve: (specifier) => specifier, locked: () => "" };

/** The same file may be imported as several modules: `./blur.ts?1`. */
function withoutQuery(url: string): string {
  return url.startsWith("file:") ? url.replace(/[?#].*$/, "") : url;
}

/** The content of a file, or its size and time where it is large; `undefined` where it cannot be read. */
async function contentOf(url: string): Promise<Uint8Array | undefined> {
  try {
    const file = new URL(url), { size, mtime, isFile } = await Deno.stat(file);
    if (!isFile) return undefined;
    return size > MOST_BYTES
      ? new TextEncoder().encode(`${size} ${mtime?.getTime()}`)
      : await Deno.readFile(file);
  } catch {
    return undefined;
  }
}

function hash(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
