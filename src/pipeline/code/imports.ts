/**
 * What a module imports, by its text.
 *
 * @module
 */
import type * as Lexer from "es-module-lexer";
import { importPackage } from "../../core/import_package.ts";

/** The modules that a text names. */
export interface NamedImports {
  /** As they are written: `./blur.ts`, `zod`. */
  readonly specifiers: readonly string[];
  /** The lines of imports whose module is known only when they run. */
  readonly unknownLines: readonly number[];
}

/**
 * The modules that a text imports: statically, dynamically by a constant, and by `new URL("...", import.meta.url)`. Imports of types alone
 * change no result and are left out.
 */
export async function importsOf(text: string): Promise<NamedImports> {
  const { init, parse } = await importPackage<typeof Lexer>("npm:es-module-lexer@3.0.5");
  await init();
  let found: readonly Lexer.Import[];
  try {
    [found] = parse(text);
  } catch {
    // The lexer does not read JSX and some forms of TypeScript.
    return importsBySight(text);
  }
  const specifiers: string[] = [], unknown: number[] = [];
  for (const each of found) {
    if (each.type === "import-meta") {
      specifiers.push(...besideMeta(text, each));
    } else if (each.type === "dynamic" && (each.specifier === undefined || each.glob)) {
      unknown.push(lineAt(text, each.importStart));
    } else if (each.type === "dynamic" || !each.typeOnly) {
      specifiers.push(each.specifier!);
    }
  }
  return { specifiers, unknownLines: unknown };
}

/** The file that is named next to `import.meta`: in `new URL("./x.json", import.meta.url)` and `import.meta.resolve("./x.ts")`. */
function besideMeta(text: string, { start, end }: Pick<Lexer.Import, "start" | "end">): string[] {
  const before = /new URL\(\s*(["'`])(\.{1,2}\/[^"'`$\\\n]+)\1\s*,\s*$/.exec(text.slice(0, start));
  const after = /^\.resolve\(\s*(["'`])([^"'`$\\\n]+)\1/.exec(text.slice(end));
  return [before, after].flatMap((match) => match === null ? [] : [match[2]]);
}

/** Whatever may be an import: more than are, as comments count too, and never fewer. */
function importsBySight(text: string): NamedImports {
  const named = text.matchAll(/\b(?:from|import)\s*\(?\s*(["'`])([^"'`$\n]+)\1/g);
  const located = text.matchAll(/new URL\(\s*(["'`])(\.{1,2}\/[^"'`$\\\n]+)\1\s*,\s*import\.meta/g);
  const unknown = text.matchAll(/\bimport\s*\(\s*(?!["']|`[^`$]*`)/g);
  return {
    specifiers: [...named, ...located].map(([, , specifier]) => specifier),
    unknownLines: [...unknown].map(({ index }) => lineAt(text, index)),
  };
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
