import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { readModules, type SourceModule } from "./support/source_modules.ts";

/** Modules whose exports are checked; those of a test are its own. */
const MODULES = [
  ...readModules("src/"),
  ...readModules("tests/").filter(({ path }) => !path.endsWith("_test.ts")),
];
const CALLERS = [...readModules("src/", "mod.ts", "pipelines/", "bench/", "docs/")];

/** `path name` of all that some modules import from others. */
function importedBy(modules: readonly SourceModule[]): ReadonlySet<string> {
  return new Set(
    modules.flatMap(({ path, imports }) =>
      imports.filter(({ from }) => from !== path).map(({ from, name }) => `${from} ${name}`)
    ),
  );
}

const USED = importedBy(CALLERS), TESTED = importedBy(readModules("tests/"));

/**
 * Why an export is dead; `undefined` for one that is used. A type is part of the signatures of its module, so it is enough that the
 * module uses it. A test may import what its module uses itself; what only tests use is dead.
 */
function whyDead({ path, text }: SourceModule, name: string): string | undefined {
  const isImported = (by: ReadonlySet<string>) => by.has(`${path} ${name}`) || by.has(`${path} *`);
  if (isImported(USED)) return undefined;
  if (path.startsWith("tests/") && isImported(TESTED)) return undefined;
  const uses = [...text.matchAll(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, "g"))].length;
  if (uses === 1) return isImported(TESTED) ? "only tests use it" : "nothing uses it";
  const isType = new RegExp(`^export (?:interface|type) ${name}\\b`, "m").test(text);
  return isType || isImported(TESTED) ? undefined : "only its own module uses it: it need not be exported";
}

Deno.test("src/ and tests/ export nothing that no other module uses", () => {
  ok(USED.size > 1000 && TESTED.size > 500);
  const dead = MODULES.flatMap((module) =>
    module.exports.flatMap((name) => {
      const why = whyDead(module, name);
      return why === undefined ? [] : [`${module.path} ${name}: ${why}`];
    })
  );
  deepEqual(dead, []);
});

Deno.test("whyDead() distinguishes a used export from those that nothing, only tests or only its module uses", () => {
  const module = (text: string): SourceModule => ({ path: "src/none.ts", text, imports: [], exports: [] });
  deepEqual(whyDead(module("export const a = 1;"), "a"), "nothing uses it");
  deepEqual(
    whyDead(module("export const a = 1, b = a;"), "a"),
    "only its own module uses it: it need not be exported",
  );
  deepEqual(whyDead(module("export interface A {}\nexport function a(): A {}"), "A"), undefined);
  const shape = MODULES.find(({ path }) => path === "src/core/shape.ts")!;
  deepEqual(whyDead(shape, "sampleSize"), undefined);
});
