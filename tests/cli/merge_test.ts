import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { filesIn, fixturePlan, fixtureResult, writeShard } from "../support/sweep_fixture.ts";

const namesIn = (folder: string) => [...Deno.readDirSync(ROOT + folder)].map(({ name }) => name).sort();
const read = (path: string) => Deno.readTextFileSync(ROOT + path);

/** Runs a small sweep of four trials; gives its folder. */
async function runSweep(runs: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram("sweep", [
    "pipelines/glyphs-ae.ts",
    ...["--sweep", "train.optimizer.learningRate=1e-3,1e-2", "--sweep", "seed=1,2"],
    ...["--set", "train.epochs=3", "--ui", "plain", "--runs", runs],
  ]);
  equal(code, 0, stdout + stderr);
  const sweeps = `${runs}/glyphs-ae.sweep`;
  return `${sweeps}/${namesIn(sweeps)[0]}`;
}

/** Moves two of the results of a sweep, with their runs, into another folder of runs, as a second shard has them. */
function moveHalf(from: string, to: string, sweep: string): void {
  const other = sweep.replace(from, to);
  Deno.mkdirSync(`${ROOT}${other}/trials`, { recursive: true });
  Deno.mkdirSync(`${ROOT}${to}/glyphs-ae`);
  Deno.copyFileSync(`${ROOT}${sweep}/sweep.json`, `${ROOT}${other}/sweep.json`);
  for (const name of namesIn(`${sweep}/trials`).filter((name) => name.endsWith(".json")).slice(0, 2)) {
    const { folder } = JSON.parse(read(`${sweep}/trials/${name}`));
    Deno.renameSync(`${ROOT}${sweep}/trials/${name}`, `${ROOT}${other}/trials/${name}`);
    Deno.renameSync(`${ROOT}${from}/${folder}`, `${ROOT}${to}/${folder}`);
  }
}

Deno.test("merge of two shards of a real sweep gives the tables that the sweep on one machine has written, and the best run's model", () =>
  withRunsFolder(async (folder) => {
    const [a, b, out] = ["a", "b", "m"].map((name) => `${folder}/${name}`), sweep = await runSweep(a);
    const tables = ["table.csv", "table.parquet", "settings.csv", "settings.parquet"];
    const own = tables.map((name) => Deno.readFileSync(`${ROOT}${sweep}/${name}`));
    moveHalf(a, b, sweep);

    const part = await runProgram("merge", [a, "--out", out]);
    equal(part.code, 2);
    match(
      part.stderr,
      /must hold the results of all 4 trials of sweep glyphs-ae [0-9a-f]{16}, got 2: .* are missing/,
    );
    ok(!part.stderr.includes("    at "), part.stderr);
    ok(!namesIn(folder).includes("m"));

    const whole = await runProgram("merge", [a, b, "--out", out]);
    equal(whole.code, 0, whole.stdout + whole.stderr);
    match(
      whole.stdout,
      /^glyphs-ae [0-9a-f]{16}: 4 trials, 4 complete\nbest evaluate\.\w+, [\d.]+: learningRate /,
    );
    deepEqual(tables.map((name) => Deno.readFileSync(`${ROOT}${out}/${name}`)), own);
    const { best } = JSON.parse(read(`${out}/merged.json`));
    const [runs] = [a, b].filter((runs) => namesIn(`${runs}/glyphs-ae`).includes(best.run));
    deepEqual(
      filesIn(`${ROOT}${out}/model`),
      filesIn(`${ROOT}${runs}/glyphs-ae/${best.run}/artifacts/model`),
    );

    equal((await runProgram("merge", [b, a, "--out", `${folder}/n`])).code, 0);
    deepEqual(filesIn(`${ROOT}${folder}/n`), filesIn(`${ROOT}${out}`));
    // The model survives a merge of merges, where the runs are gone.
    await Deno.remove(`${ROOT}${runs}/glyphs-ae`, { recursive: true });
    equal((await runProgram("merge", [out, "--out", `${folder}/o`])).code, 0);
    deepEqual(filesIn(`${ROOT}${folder}/o/model`), filesIn(`${ROOT}${out}/model`));

    await Deno.truncate(`${ROOT}${out}/model/model.safetensors`, 1000);
    const damaged = await runProgram("merge", [out, "--out", `${folder}/p`]);
    equal(damaged.code, 2);
    match(damaged.stderr, /the model of trial [0-9a-f]{16} must be whole: .*model\.safetensors/);
    ok(!namesIn(folder).includes("p"));
  }));

Deno.test("merge exits 4 where trials have failed, and writes what there is", () =>
  withRunsFolder(async (folder) => {
    const plan = fixturePlan(), [first, ...others] = plan.trials;
    await writeShard(`${ROOT}${folder}/a`, plan, [
      fixtureResult(first, 0, {
        state: "failed",
        exitCode: 1,
        reason: "out of memory",
        metrics: {},
        info: {},
      }),
      ...others.map((trial) => fixtureResult(trial, 0.5)),
    ]);
    const { code, stdout, stderr } = await runProgram("merge", [`${folder}/a`, "--out", `${folder}/m`]);
    equal(code, 4, stdout + stderr);
    match(stdout, /4 trials, 3 complete, 1 failed\n/);
    match(
      stderr,
      /^warning: the best model is not copied: ".*" is not there: only the results of the shard were copied/,
    );
    equal(read(`${folder}/m/table.csv`).split("\n").filter((line) => line.includes(",failed,")).length, 1);
  }));

Deno.test("merge writes to a folder outside of runs/, and needs --out", async () => {
  const outside = await Deno.makeTempDir(), plan = fixturePlan();
  try {
    await writeShard(`${outside}/a`, plan, plan.trials.map((trial) => fixtureResult(trial, 0.5)));
    const { code, stderr } = await runProgram("merge", [`${outside}/a`, "--out", `${outside}/new/m`]);
    equal(code, 0, stderr);
    deepEqual(JSON.parse(Deno.readTextFileSync(`${outside}/new/m/merged.json`)).complete, 4);
    const none = await runProgram("merge", [`${outside}/a`]);
    deepEqual([none.code, none.stderr.includes("--out")], [2, true]);
  } finally {
    await Deno.remove(outside, { recursive: true });
  }
});
