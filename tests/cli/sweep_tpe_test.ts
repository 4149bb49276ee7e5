import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { openSweep } from "../../src/sweep/read_view.ts";
import { isOver } from "../../src/sweep/view.ts";
import { onlyRun, outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";

const arguments_ = (folder: string) => [
  "tests/fixtures/tpe_sweep.ts",
  ...["--runs", folder, "--engine", "wasm", "--no-cache"],
];

/** The text of the log of a sweep's settings; empty while there is none. */
function proposals(folder: string): string {
  try {
    return Deno.readTextFileSync(`${onlyRun(folder, "chosen.sweep")}/proposals.jsonl`);
  } catch {
    return "";
  }
}

const linesOf = (text: string) => text.split("\n").slice(0, -1);

Deno.test("a sweep by TPE that is killed twice and resumed chooses the settings of one that never was", async () => {
  await withRunsFolder(async (root) => {
    const whole = `${root}/whole`, killed = `${root}/killed`;
    const { code, stdout, stderr } = await runProgram("run", arguments_(whole));
    equal(code, 0, stdout + stderr);
    match(stdout, /^12\/12 {2}learningRate /m);
    const reference = proposals(whole), chosen = linesOf(reference).slice(1).map((line) => JSON.parse(line));
    equal(chosen.length, 12);
    for (const { trials: [{ id, settings }] } of chosen) {
      const size = settings["train.batchSize"];
      ok(Number.isInteger(size) && size >= 4 && size <= 32);
      equal(readJson(`${onlyRun(whole, "chosen.sweep")}/trials/${id}.json`).state, "complete");
    }
    for (const lines of [5, 11]) {
      const child = start("run", arguments_(killed));
      let status: Deno.CommandStatus | undefined;
      void child.status.then((ended) => status = ended);
      while (linesOf(proposals(killed)).length < lines && status === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      equal(status, undefined, "it is killed before its end");
      child.kill("SIGKILL");
      await outcomeOf(child);
    }
    const last = await runProgram("run", arguments_(killed));
    equal(last.code, 0, last.stdout + last.stderr);
    equal(proposals(killed), reference);
    const groups = (folder: string) => readJson(`${onlyRun(folder, "chosen.sweep")}/comparison.json`).groups;
    const errors = (folder: string) =>
      groups(folder).map(({ label, values }: Record<string, Record<string, unknown>>) => [
        label,
        values["evaluate.mse"],
      ]);
    deepEqual(errors(killed), errors(whole));
  });
});

Deno.test("two processes run one sweep by TPE: each setting is chosen once, and all trials end", async () => {
  await withRunsFolder(async (folder) => {
    const both = await Promise.all([1, 2].map(() => runProgram("run", arguments_(folder))));
    for (const { code, stdout, stderr } of both) equal(code, 0, stdout + stderr);
    const chosen = linesOf(proposals(folder)).slice(1).map((line) => JSON.parse(line).trials[0].id);
    equal(chosen.length, 12);
    equal(new Set(chosen).size, 12);
    const sweep = onlyRun(folder, "chosen.sweep");
    for (const id of chosen) equal(readJson(`${sweep}/trials/${id}.json`).state, "complete");
    const started = (text: string) => [...text.matchAll(/^\d+\/12 .*: done/gm)].length;
    ok(both.every(({ stdout }) => started(stdout) > 0));
    ok(
      [...Deno.readDirSync(`${ROOT}${folder}/chosen`)].filter(({ name }) => !name.startsWith(".")).length ===
        12,
    );
  });
});

Deno.test("a sweep by TPE over fewer values than trials chooses all settings, runs each once and is over", async () => {
  await withRunsFolder(async (folder) => {
    const own = ["tests/fixtures/tpe_choice_sweep.ts", ...arguments_(folder).slice(1)];
    const before = await runProgram("sweep", [...own, "--list"]);
    match(before.stdout, /: 0 trials$/m);
    const { code, stdout, stderr } = await runProgram("sweep", [...own, "--jobs", "2"]);
    equal(code, 0, stdout + stderr);
    const sweep = onlyRun(folder, "again.sweep");
    const chosen = linesOf(Deno.readTextFileSync(`${sweep}/proposals.jsonl`)).slice(1)
      .map((line) => JSON.parse(line).trials[0].id as string);
    equal(chosen.length, 5);
    const trials = new Set(chosen);
    ok(trials.size <= 3);
    equal([...stdout.matchAll(/: done/g)].length, trials.size);
    const listed = await runProgram("sweep", [...own, "--list"]);
    for (const id of trials) match(listed.stdout, new RegExp(`^${id}  complete `, "m"));
    match(listed.stdout, new RegExp(`: ${trials.size} trials?, ${trials.size} complete$`, "m"));
    const reader = await openSweep(sweep);
    equal(isOver(await reader.read()), true);
    reader.close();
  });
});
