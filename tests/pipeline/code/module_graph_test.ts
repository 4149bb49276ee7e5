import { deepStrictEqual as deepEqual, notDeepStrictEqual as notDeepEqual, ok } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { moduleGraph } from "../../../src/pipeline/code/module_graph.ts";
import { ROOT } from "../../support/program.ts";
import { withFolder } from "../../run/temporary.ts";

/** The code of `pipeline.ts` among some files. */
async function graphOf(files: Record<string, string>) {
  let graph: Awaited<ReturnType<typeof moduleGraph>> | undefined;
  await withFolder(async (root) => {
    for (const [file, text] of Object.entries(files)) {
      await Deno.mkdir(`${root}/${file}`.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${root}/${file}`, text);
    }
    graph = await moduleGraph(pathToFileURL(`${await Deno.realPath(root)}/pipeline.ts`).href);
  });
  return graph!;
}

const names = async (files: Record<string, string>) => Object.keys((await graphOf(files)).parts).sort();

Deno.test("moduleGraph() follows every form of import of a local file, also through others, and no text that only looks like one", async () => {
  const leaf = "export const a = 1;";
  deepEqual(
    await names({
      "pipeline.ts": `
        import { a } from "./named.ts";
        import "./effect.ts";
        export { a } from "./again.ts";
        export * from "./all.ts";
        import type { T } from "./types.ts";
        import data from "./data.json" with { type: "json" };
        const later = await import("./later.ts"), quoted = "import './text.ts'", pattern = /import '.\\/x.ts'/;
        const nested = \`\${await import("./nested.ts")}\`, generic = <X,>(x: X) => x as unknown;
        // import "./comment.ts"
        new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
        enum E { A } class P { constructor(private x: number) {} }`,
      "named.ts": 'import { a } from "./deep/inner.ts?query"; export { a };',
      "deep/inner.ts": 'import "../named.ts"; export const a = 1;',
      ...Object.fromEntries(
        ["effect", "again", "all", "types", "later", "text", "x", "nested", "comment", "worker"].map((
          name,
        ) => [`${name}.ts`, leaf]),
      ),
      "data.json": "{}",
    }),
    [
      "again.ts",
      "all.ts",
      "data.json",
      "deep/inner.ts",
      "effect.ts",
      "later.ts",
      "named.ts",
      "nested.ts",
      "pipeline.ts",
      "worker.ts",
    ],
  );
});

Deno.test("moduleGraph() resolves names by the import map of the project, its comments included, and counts packages by version and lock", async () => {
  const files = (lock: string) => ({
    "deno.jsonc": `{
      // A comment with "quotes".
      "imports": { "stages/": "./own/", "tool": "./tool.ts", "zod": "npm:zod@^4", },
    }`,
    "deno.lock": `{ "version": "5", "specifiers": { "npm:zod@4": "4.6.7", "npm:zod@^4": "4.6.7" },
      "npm": { "zod@4.6.7": { "integrity": "${lock}", "dependencies": ["b"] }, "b@1.0.0": { "integrity": "y" } } }`,
    "pipeline.ts": 'import "stages/blur.ts"; import "tool"; import { z } from "zod"; import "node:fs"; z;',
    "own/blur.ts": "",
    "tool.ts": "",
  });
  const [one, other] = [await graphOf(files("x")), await graphOf(files("z"))];
  deepEqual(Object.keys(one.parts).sort(), ["npm:zod@^4", "own/blur.ts", "pipeline.ts", "tool.ts"]);
  ok(one.parts["npm:zod@^4"] !== "");
  deepEqual({ ...one.parts, "npm:zod@^4": "" }, { ...other.parts, "npm:zod@^4": "" });
  notDeepEqual(one, other);
});

Deno.test("moduleGraph() names imports that are known only at run time, and leaves this program's modules out", async () => {
  const { parts, unknown } = await graphOf({
    "pipeline.ts": `import { load } from "${
      pathToFileURL(`${ROOT}mod.ts`).href
    }";\nconst name = "./x.ts";\nawait import(name);\nawait import(\`./\${name}\`); load;`,
  });
  deepEqual(Object.keys(parts), ["pipeline.ts"]);
  deepEqual(unknown, ["pipeline.ts:3", "pipeline.ts:4"]);
});

Deno.test("moduleGraph() follows the imports of a file that the lexer cannot read", async () => {
  deepEqual(
    await names({
      "pipeline.ts": 'import "./view.tsx";',
      "view.tsx":
        `import { a } from './a.ts';\nimport "./b.ts";\nexport const x = <div title="don't">{await import("./c.ts")}</div>;`,
      "a.ts": "",
      "b.ts": "",
      "c.ts": "",
    }),
    ["a.ts", "b.ts", "c.ts", "pipeline.ts", "view.tsx"],
  );
});

Deno.test("moduleGraph() of a file changes with one byte of what it imports, and not with its folder", async () => {
  const files = (text: string) => ({ "pipeline.ts": 'import "./a.ts";', "a.ts": text });
  deepEqual(await graphOf(files("1")), await graphOf(files("1")));
  notDeepEqual(await graphOf(files("1")), await graphOf(files("2")));
});
