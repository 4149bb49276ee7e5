import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { mergeShards } from "../../../src/sweep/merge/merge.ts";
import { resultLine, writeResult } from "../../../src/sweep/result.ts";
import { NEWER } from "../../support/other_versions.ts";
import { ROOT, runProgram, withRunsFolder } from "../../support/program.ts";
import { fixturePlan, fixtureResult, writeShard } from "../../support/sweep_fixture.ts";

const plan = fixturePlan(), results = plan.trials.map((trial) => fixtureResult(trial, 0.5));

Deno.test("monitor of a plan that is damaged, or of another version, exits 2 and says what must hold", () =>
  withRunsFolder(async (runs) => {
    const folder = await writeShard(`${ROOT}${runs}`, plan, results), file = `${folder}/sweep.json`;
    const text = await Deno.readTextFile(file);
    const version = (number: number) => text.replace(/"schema": \d+/, `"schema": ${number}`);
    for (
      const [changed, message] of [
        [
          text.slice(0, 100),
          /must be the plan of a sweep, got: .* \(copy it again, or repeat the sweep's command, which writes it\)\n$/,
        ],
        [
          version(1),
          /must have sweep schema \d+, got 1: an older version wrote it \(its files are kept; run the sweep again\)\n$/,
        ],
        [
          version(NEWER),
          /must have sweep schema \d+, got 99: a newer version wrote it \(use that version\)\n$/,
        ],
      ] as const
    ) {
      await Deno.writeTextFile(file, changed);
      const { code, stdout, stderr } = await runProgram("monitor", [folder, "--ui", "plain"]);
      equal(code, 2, stdout + stderr);
      equal(stderr.startsWith(`error: "${file}" must `), true, stderr);
      match(stderr, message);
    }
  }));

const AXIS = ["pipelines/glyphs-ae.ts", "--sweep", "seed=1,2,3"];

/** The folder of a small sweep, and the ids of its trials. */
async function listed(runs: string): Promise<{ folder: string; ids: string[]; text: string }> {
  const { code, stdout, stderr } = await runProgram("sweep", [...AXIS, "--runs", runs, "--list"]);
  equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  return {
    folder: ROOT + lines.at(-1)!,
    ids: lines.slice(0, 3).map((line) => line.split(" ", 1)[0]),
    text: stdout,
  };
}

Deno.test("sweep --list of a result that is damaged exits 2 and names its file, and so does the sweep itself", () =>
  withRunsFolder(async (runs) => {
    const { folder, ids } = await listed(runs), file = `${folder}/trials/${ids[1]}.json`;
    await Deno.mkdir(`${folder}/trials`, { recursive: true });
    for (const id of ids) await writeResult(folder, fixtureResult({ id }, 0.5));
    await Deno.truncate(file, 60);
    for (const more of [["--list"], ["--ui", "plain"]]) {
      const { code, stdout, stderr } = await runProgram("sweep", [...AXIS, "--runs", runs, ...more]);
      equal(code, 2, stdout + stderr);
      match(stderr, /^error: "\S+" must be the result of a trial, got: .* \(remove \S+ to run it again\)\n$/);
      equal(stderr.includes(file.slice(ROOT.length)), true, stderr);
    }
  }));

Deno.test("sweep --list of a large merge shows its results, and a sweep is not run in it", () =>
  withRunsFolder(async (runs) => {
    const { folder, ids } = await listed(runs);
    await Deno.mkdir(folder, { recursive: true });
    const lines = ids.slice(0, 2).map((id) => resultLine(fixtureResult({ id }, 0.5)) + "\n");
    await Deno.writeTextFile(`${folder}/trials.jsonl`, lines.join(""));
    match((await listed(runs)).text, /: 3 trials, 2 complete, 1 to do\n/);
    const { code, stderr } = await runProgram("sweep", [...AXIS, "--runs", runs, "--ui", "plain"]);
    equal(code, 2, stderr);
    match(
      stderr,
      /must be the folder of a sweep to be run, got a merge with trials\.jsonl \(--runs FOLDER runs it elsewhere\)\n$/,
    );
  }));

Deno.test("monitor of a large merge shows the results that are lines of one file", () =>
  withRunsFolder(async (runs) => {
    const folders = [await writeShard(`${ROOT}${runs}/a`, plan, results)], out = `${ROOT}${runs}/m`;
    await mergeShards({ folders, out, merger: { pid: 1, host: "fox", now: new Date(0) }, mostFiles: 0 });
    const { code, stdout, stderr } = await runProgram("monitor", [out, "--ui", "json"]);
    equal(code, 0, stderr);
    const shown = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    deepEqual(shown.map(({ id, state }) => [id, state]), plan.trials.map(({ id }) => [id, "complete"]));
  }));
