import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";

/** The texts of all modules of stages, by path. */
function* stageSources(folder = "src/stages"): Generator<[path: string, text: string]> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* stageSources(`${folder}/${name}`);
    else yield [`${folder}/${name}`, Deno.readTextFileSync(`${folder}/${name}`)];
  }
}

Deno.test("every stage that needs a model is a ModelStageDefinition, which answers for every family of models", () => {
  const needing = [...stageSources()].filter(([, text]) => /inputs: \[[^\]]*"model"/.test(text));
  ok(needing.length >= 12, `${needing.length}`);
  const silent = needing.filter(([, text]) => !/const definition: ModelStageDefinition</.test(text));
  deepEqual(silent.map(([path]) => path), []);
});
