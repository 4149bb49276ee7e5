import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { resultFile, resultText } from "../../../src/sweep/result.ts";
import { ROOT, runProgram, withRunsFolder } from "../../support/program.ts";
import { fixtureResult } from "../../support/sweep_fixture.ts";

Deno.test("sweep of more than 100 settings ends with tables and the page, and compares no runs one by one", () =>
  withRunsFolder(async (folder) => {
    const rates = Array.from({ length: 101 }, (_, at) => 1e-3 + at * 1e-5).join(",");
    const words = [
      "pipelines/glyphs-ae.ts",
      "--sweep",
      `train.optimizer.learningRate=${rates}`,
      "--runs",
      folder,
    ];
    const { stdout } = await runProgram("sweep", [...words, "--list"]), lines = stdout.trimEnd().split("\n");
    const sweep = lines.at(-1)!, ids = lines.slice(0, -2).map((line) => line.slice(0, 16));
    equal(ids.length, 101);
    // All have ended: what is left to do is to compare them.
    await Deno.mkdir(`${ROOT}${sweep}/trials`, { recursive: true });
    for (const [at, id] of ids.entries()) {
      const result = fixtureResult({ id }, 0.1 + at / 1000, { sweep: sweep.split("/").at(-1)! });
      await Deno.writeTextFile(resultFile(ROOT + sweep, id), resultText(result));
    }
    const ended = await runProgram("sweep", [...words, "--ui", "plain"]);
    equal(ended.code, 0, ended.stdout + ended.stderr);
    match(ended.stdout, /\n101 settings are compared in settings\.csv\n/);
    ok(ended.stdout.split("\n").length < 15, ended.stdout);
    const names = [...Deno.readDirSync(ROOT + sweep)].map(({ name }) => name).sort();
    ok(!names.includes("comparison.html"), names.join());
    deepEqual(names.filter((name) => /^(table|settings|index)\./.test(name)), [
      ...["index.html", "index.md", "settings.csv", "settings.parquet", "table.csv", "table.parquet"],
    ]);
    equal(Deno.readTextFileSync(`${ROOT}${sweep}/settings.csv`).trimEnd().split("\n").length, 102);
  }));
