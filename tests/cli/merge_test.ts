import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { floatBytes, npyHeader } from "../../src/export/arrays/npy.ts";
import { ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { filesIn, fixturePlan, fixtureResult, writeShard } from "../support/sweep_fixture.ts";

const namesIn = (folder: string) => [...Deno.readDirSync(ROOT + folder)].map(({ name }) => name).sort();
const read = (path: string) => Deno.readTextFileSync(ROOT + path);

/** Runs a small sweep of four trials, or a shard of it; gives its folder. */
async function runSweep(runs: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram("sweep", [
    "pipelines/glyphs-ae.ts",
    ...["--sweep", "train.optimizer.learningRate=1e-3,1e-2", "--sweep", "seed=1,2"],
    ...["--set", "train.epochs=3", "--ui", "plain", "--runs", runs, "--threads", "1", ...more],
  ]);
  equal(code, 0, stdout + stderr);
  const sweeps = `${runs}/glyphs-ae.sweep`;
  return `${sweeps}/${namesIn(sweeps)[0]}`;
}

/** The rows of a table without what is of the run alone: its times, its speed and its id. */
function rowsOf(path: string): Record<string, string>[] {
  const [names, ...rows] = parse(read(path)) as string[][];
  const isOfRun = (name: string) => /seconds$|samplesPerSecond$|^run$/.test(name);
  return rows.map((row) =>
    Object.fromEntries(names.map((name, at) => [name, row[at]]).filter(([name]) => !isOfRun(name)))
  );
}

/** Two dark pictures of letters. */
async function writePictures(path: string): Promise<void> {
  const npy = [npyHeader([2, 7, 5]), floatBytes(new Float32Array(2 * 35))];
  await Deno.writeFile(ROOT + path, new Uint8Array(await new Blob(npy as BlobPart[]).arrayBuffer()));
}

/** Commands that take a run, with the folder of a merge: its best model is used, or its run is named. */
async function useMerge(out: string, folder: string): Promise<void> {
  await writePictures(`${folder}/x.npy`);
  const codes: string[] = [];
  for (const [at, model] of [out, `${out}/model/model.safetensors`].entries()) {
    const file = `${folder}/z${at}.npy`;
    const { code, stderr } = await runProgram("encode", [
      ROOT + model,
      ROOT + folder + "/x.npy",
      "-o",
      ROOT + file,
    ]);
    equal(code, 0, stderr);
    codes.push(Deno.readFileSync(ROOT + file).toHex());
  }
  equal(codes[0], codes[1]);
  const { best: { run } } = JSON.parse(read(`${out}/merged.json`));
  for (const task of ["explore", "report"] as const) {
    const { code, stderr } = await runProgram(task, [out]);
    equal(code, 2, stderr);
    equal(
      stderr,
      `error: "${out}" must be a run, got a merge whose best trial is run ${run} (pass that run, with --runs FOLDER of its shard): its page is ${out}/index.html\n`,
    );
  }
}

Deno.test("merge of two real shards gives the results and the best model of the same sweep on one machine", () =>
  withRunsFolder(async (folder) => {
    const [a, b, c, out] = ["a", "b", "c", "m"].map((name) => `${folder}/${name}`);
    const whole = await runSweep(c);
    await runSweep(a, "--shard", "1/2");
    const part = await runProgram("merge", [a, "--out", out]);
    equal(part.code, 2);
    match(
      part.stderr,
      /must hold the results of all 4 trials of sweep glyphs-ae [0-9a-f]{16}, got 2: .* are missing\n\s+they belong to --shard 2\/2/,
    );
    ok(!part.stderr.includes("    at "), part.stderr);
    ok(!namesIn(folder).includes("m"));

    await runSweep(b, "--shard", "2/2");
    const { code, stdout, stderr } = await runProgram("merge", [a, b, "--out", out]);
    equal(code, 0, stdout + stderr);
    match(stdout, /^glyphs-ae [0-9a-f]{16}: 4 trials, 4 complete\nbest evaluate\.\w+, [\d.]+: learningRate /);
    deepEqual(rowsOf(`${out}/table.csv`), rowsOf(`${whole}/table.csv`));
    equal((await runProgram("merge", [b, a, "--out", `${folder}/n`])).code, 0);
    deepEqual(filesIn(`${ROOT}${folder}/n`), filesIn(`${ROOT}${out}`));

    // A sweep on one machine has written the tables that a merge of it writes.
    equal((await runProgram("merge", [c, "--out", `${folder}/o`])).code, 0);
    for (const name of ["table.csv", "table.parquet", "settings.csv", "settings.parquet"]) {
      deepEqual(
        Deno.readFileSync(`${ROOT}${folder}/o/${name}`),
        Deno.readFileSync(`${ROOT}${whole}/${name}`),
        name,
      );
    }
    const model = filesIn(`${ROOT}${out}/model`);
    equal(model["model.safetensors"], filesIn(`${ROOT}${folder}/o/model`)["model.safetensors"]);
    const { best: { run } } = JSON.parse(read(`${folder}/o/merged.json`));
    deepEqual(filesIn(`${ROOT}${c}/glyphs-ae/${run}/artifacts/model`), filesIn(`${ROOT}${folder}/o/model`));
    await useMerge(out, folder);
    // The model survives a merge of merges, where the runs are gone.
    for (const runs of [a, b]) await Deno.remove(`${ROOT}${runs}/glyphs-ae`, { recursive: true });
    equal((await runProgram("merge", [out, "--out", `${folder}/p`])).code, 0);
    deepEqual(filesIn(`${ROOT}${folder}/p/model`), model);

    await Deno.truncate(`${ROOT}${out}/model/model.safetensors`, 1000);
    const damaged = await runProgram("merge", [out, "--out", `${folder}/q`]);
    equal(damaged.code, 2);
    match(damaged.stderr, /the model of trial [0-9a-f]{16} must be whole: .*model\.safetensors/);
    ok(!namesIn(folder).includes("q"));
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
    await writePictures(`${folder}/x.npy`);
    const args = [`${folder}/m`, `${folder}/x.npy`, "-o", `${folder}/z.npy`].map((path) =>
      path === "-o" ? path : ROOT + path
    );
    const unused = await runProgram("encode", args);
    equal(unused.code, 2, unused.stdout);
    match(
      unused.stderr,
      /^error: ".*\/m" must be a run, got a merge whose best trial is run 20261129-120000-0001 \(/,
    );
    const sweep = await runProgram("encode", args.with(0, `${ROOT}${folder}/a/letters.sweep`));
    equal(sweep.code, 2, sweep.stdout);
    match(
      sweep.stderr,
      /\.sweep" must be a run, got the folder of a sweep \(pass the run of one of its trials\)\n$/,
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
