import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { prepareRun } from "../../src/cli/prepare.ts";
import { runCommandLine } from "../../src/cli/run_options.ts";
import { ROOT, withRunsFolder } from "../support/program.ts";

Deno.test("prepareRun() makes a plan of plain data that survives JSON and postMessage", async () => {
  await withRunsFolder(async (runs) => {
    const line = [
      ...[`${ROOT}/pipelines/glyphs-dae.ts`, "--engine", "wasm", "--runs", runs, "--seed", "7"],
      ...["--set", "train.epochs=2", "--fail-if", "evaluate.mse > 1", "--max-epochs", "1", "--force", "load"],
    ];
    const command = runCommandLine().exitOverride().parse(line, { from: "user" });
    const prepared = await prepareRun(line[0], command.opts(), {});
    if ("done" in prepared) throw new Error(prepared.done);
    const { plan, pipeline } = prepared;
    const given = Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== undefined));
    deepEqual(JSON.parse(JSON.stringify(plan)), given);
    deepEqual(structuredClone(plan), plan);
    deepEqual([plan.seed, plan.overrides, plan.maxEpochs], [7, ["train.epochs=2"], 1]);
    deepEqual(plan.cache, { root: runs, forced: ["load"] });
    deepEqual(pipeline.stages.find(({ name }) => name === "train")!.options.epochs, 2);
  });
});
