import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { openSweep } from "../../src/sweep/read_view.ts";
import { isOver } from "../../src/sweep/view.ts";
import { until } from "../support/until.ts";
import { onlyRun, outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";

const arguments_ = (folder: string) => [
  "tests/fixtures/tpe_sweep.ts",
  // Long enough for a kill or a second process in between.
  ...["--runs", folder, "--engine", "wasm", "--no-cache", "--set", "train.repeats=120"],
];

/** The text of the log of a sweep's settings; empty while there is none. */
function proposals(folder: string): string {
  try {
    return Deno.readTextFileSync(`${onlyRun(folder, "chosen.sweep")}/proposals.jsonl`);
  } catch {
    return "";
  }
}

/** The processes that have claimed trials so far. */
function claimants(folder: string): Set<number> {
  try {
    const trials = `${onlyRun(folder, "chosen.sweep")}/trials`;
    const claims = [...Deno.readDirSync(trials)].filter(({ name }) => name.endsWith(".lock"));
    return new Set(claims.map(({ name }) => readJson(`${trials}/${name}`).pid));
  } catch {
    // A claim has just been made, and is still empty.
    return new Set();
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
    for (const lines of [5, 9]) {
      const child = start("run", arguments_(killed));
      let status: Deno.CommandStatus | undefined;
      void child.status.then((ended) => status = ended);
      const isChosen = () => linesOf(proposals(killed)).length >= lines;
      await until(isChosen, `the choice of ${lines - 1} settings`, { isOver: () => status !== undefined });
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
    // The first pauses in a trial until the second has one, too.
    const first = start("run", arguments_(folder));
    await until(() => claimants(folder).has(first.pid), "a trial of the first process");
    first.kill("SIGSTOP");
    const second = start("run", arguments_(folder));
    await until(() => claimants(folder).has(second.pid), "a trial of the second process")
      .finally(() => first.kill("SIGCONT"));
    const both = await Promise.all([first, second].map(outcomeOf));
    for (const { code, stdout, stderr } of both) equal(code, 0, stdout + stderr);
    const chosen = linesOf(proposals(folder)).slice(1).map((line) => JSON.parse(line).trials[0].id);
    equal(chosen.length, 12);
    equal(new Set(chosen).size, 12);
    const sweep = onlyRun(folder, "chosen.sweep");
    for (const id of chosen) equal(readJson(`${sweep}/trials/${id}.json`).state, "complete");
    const ended = both.map(({ stdout }) => [...stdout.matchAll(/^\d+\/12 .*: done/gm)].length);
    ok(ended.every((count) => count > 0), String(ended));
    const names = [...Deno.readDirSync(`${ROOT}${folder}/chosen`)].map(({ name }) => name);
    const pids = names.filter((name) => !name.startsWith("."))
      .map((name) => readJson(`${ROOT}${folder}/chosen/${name}/run.json`).host.pid);
    const shares = [first, second].map(({ pid }) => pids.filter((own) => own === pid).length);
    equal(pids.length, 12);
    ok(shares.every((count) => count > 0), String(shares));
    equal(shares[0] + shares[1], 12);
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
