/**
 * A project outside of this repository: a folder whose `deno.json` maps the name `hourglass` to this program.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** A project. */
export interface Project {
  readonly folder: string;
  /** Its `deno.json` or `deno.jsonc`. */
  readonly config: string;
}

/** The name by which a project imports this program. */
export const NAME = "hourglass";

/** The project that a folder belongs to: the folder itself, or the nearest one above it with a configuration file, if that maps `hourglass`. */
export function findProject(from: string): Project | undefined {
  for (let folder = from;; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const config = join(folder, name), text = readIfThere(config);
      // A file with comments is no JSON; and whether the name is mapped is all that must be known.
      if (text !== undefined) {
        return new RegExp(`"${NAME}"\\s*:\\s*"`).test(text) ? { folder, config } : undefined;
      }
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.statSync(path).isFile ? Deno.readTextFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
