import { match, rejects, strictEqual as equal } from "node:assert/strict";
import { fileUrl, loadExport, loadPipeline } from "../../src/run/load_pipeline.ts";
import { source, spawnScript, withFolder } from "./temporary.ts";

Deno.test("fileUrl() is relative to the working directory", () => {
  equal(fileUrl("pipelines/x.ts"), new URL("pipelines/x.ts", `file://${Deno.cwd()}/`).href);
});

Deno.test("loadPipeline() loads a file whose name has spaces, letters of other scripts and URL characters", async () => {
  await withFolder(async (folder) => {
    for (const name of ["plain.ts", "mit Ü & 数字 100%.ts", "what? #1 %20.ts", 'it\'s "so".ts']) {
      const file = `${folder}/${name}`;
      await Deno.writeTextFile(
        file,
        `export default { type: "pipeline", stages: [], name: ${JSON.stringify(name)} };`,
      );
      equal((await loadPipeline(file)).name, name);
    }
  });
});

Deno.test("loadPipeline() refuses a missing file, a folder, a file that is not a module, and one without a pipeline", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/x.ts`;
    await rejects(loadPipeline(file), {
      name: "UsageError",
      message: `${file} must be a file, got a path that does not exist`,
    });
    await rejects(loadPipeline(folder), {
      name: "UsageError",
      message: /must be a file, got a folder$/,
    });
    await Deno.writeTextFile(file, "export default {");
    await rejects(loadPipeline(file), {
      name: "UsageError",
      message: /must be a TypeScript module that loads, got: /,
    });
    await Deno.writeTextFile(`${folder}/y.ts`, "export const other = 1;");
    await rejects(loadPipeline(`${folder}/y.ts`), {
      name: "UsageError",
      message: /must export a pipeline or a sweep by default, got none \(/,
    });
  });
});

Deno.test("loadExport() fails with a timeout at a file that never finishes loading", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/x.ts`, "await new Promise(() => {}); export default 1;");
    // In a separate process: the test runner reports a module that never finishes as a failure.
    const child = spawnScript(
      `${folder}/load.ts`,
      `import { loadExport } from ${source("run/load_pipeline.ts")};
      await loadExport(${
        JSON.stringify(`${folder}/x.ts`)
      }, 200).catch(({ name, message }) => console.log(name, message));
      Deno.exit();`,
    );
    const { stdout } = await child.output();
    match(
      new TextDecoder().decode(stdout),
      /^UsageError .*x\.ts: must load within 0\.2 s, got a timeout/,
    );
  });
});

Deno.test("loadExport() makes a short message of whatever a file throws", async () => {
  await withFolder(async (folder) => {
    const thrown = [
      "null",
      "undefined",
      "{ toString() { throw 1; } }",
      "Object.create(null)",
      '"x".repeat(1e6)',
    ];
    for (const [place, value] of thrown.entries()) {
      const file = `${folder}/${place}.ts`;
      await Deno.writeTextFile(file, `throw ${value};`);
      await rejects(
        loadExport(file),
        (error: Error) => error.name === "UsageError" && error.message.length < 800,
      );
    }
  });
});
