import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { findProject } from "../../src/cli/project.ts";
import { ROOT } from "../support/program.ts";
import { filesIn, withEmptyFolder } from "../support/project.ts";

Deno.test("findProject() finds the nearest configuration that maps hourglass, with comments or without, and no other", async () => {
  await withEmptyFolder(async (top) => {
    await Deno.mkdir(`${top}/a/b/c`, { recursive: true });
    equal(findProject(`${top}/a`), undefined);
    await Deno.writeTextFile(
      `${top}/a/deno.jsonc`,
      '{ // mine\n  "imports": { "hourglass": "jsr:@hourglass/hourglass" }\n}',
    );
    const project = { folder: `${top}/a`, config: `${top}/a/deno.jsonc` };
    deepEqual(findProject(`${top}/a`), project);
    deepEqual(findProject(`${top}/a/b/c`), project);
    await Deno.writeTextFile(`${top}/a/b/deno.json`, '{ "imports": { "other": "./hourglass.ts" } }');
    equal(findProject(`${top}/a/b/c`), undefined);
  });
  equal(findProject(ROOT.replace(/\/$/, "")), undefined);
});

Deno.test("files with JSX name its runtime and types, as the options of a project do not", () => {
  const files = filesIn(`${ROOT}src`).filter((file) => file.endsWith(".tsx"));
  const lines =
    "/** @jsxRuntime automatic */\n/** @jsxImportSource react */\n/** @jsxImportSourceTypes @types/react */\n";
  deepEqual(files.filter((file) => !Deno.readTextFileSync(`${ROOT}src/${file}`).startsWith(lines)), []);
});
