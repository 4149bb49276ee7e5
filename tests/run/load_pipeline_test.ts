import { rejects, strictEqual as equal } from "node:assert/strict";
import { fileUrl, loadPipeline } from "../../src/run/load_pipeline.ts";
import { withFolder } from "./temporary.ts";

Deno.test("fileUrl() is relative to the working directory", () => {
  equal(fileUrl("pipelines/x.ts"), new URL("pipelines/x.ts", `file://${Deno.cwd()}/`).href);
});

Deno.test("loadPipeline() loads a file whose name has blanks, letters of other scripts and signs of addresses", async () => {
  await withFolder(async (folder) => {
    for (const name of ["plain.ts", "mit Ü & 数字 100%.ts", "what? #1 %20.ts", 'it\'s "so".ts']) {
      const file = `${folder}/${name}`;
      await Deno.writeTextFile(file, `export default { type: "pipeline", name: ${JSON.stringify(name)} };`);
      equal((await loadPipeline(file)).name, name);
    }
  });
});

Deno.test("loadPipeline() refuses what is missing, a folder, no module or no pipeline", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/x.ts`;
    await rejects(loadPipeline(file), {
      name: "UsageError",
      message: `Cannot load ${file} as the file must exist: nothing is there`,
    });
    await rejects(loadPipeline(folder), {
      name: "UsageError",
      message: /as it must be a file: current path is a folder$/,
    });
    await Deno.writeTextFile(file, "export default {");
    await rejects(loadPipeline(file), {
      name: "UsageError",
      message: /as it must be a TypeScript module that loads: /,
    });
    await Deno.writeTextFile(`${folder}/y.ts`, "export const other = 1;");
    await rejects(loadPipeline(`${folder}/y.ts`), {
      name: "UsageError",
      message: /must be a pipeline .*: current export is none$/,
    });
  });
});
