import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { writtenFolders } from "../../../src/cli/access.ts";
import { bestSoFar } from "../../../src/cli/sweep/best_so_far.ts";
import { claimTrial } from "../../../src/sweep/claim.ts";
import { holdSweep } from "../../../src/sweep/presence.ts";
import { writeResult } from "../../../src/sweep/result.ts";
import {
  onlyRun,
  type Outcome,
  outcomeOf,
  readJson,
  ROOT,
  runProgram,
  start,
  withRunsFolder,
} from "../../support/program.ts";
import { fixturePlan, fixtureResult, writeShard } from "../../support/sweep_fixture.ts";

const plan = fixturePlan();

Deno.test("monitor of a sweep's folder prints a line for each trial that has ended, or an object, and ends with the sweep", () =>
  withRunsFolder(async (runs) => {
    const results = plan.trials.map((trial, at) => fixtureResult(trial, [0.5, 0.25, 0.125, 0.5][at]));
    const folder = await writeShard(`${ROOT}${runs}`, plan, results);
    const plain = await runProgram("monitor", [folder, "--ui", "plain"]);
    equal(plain.code, 0, plain.stderr);
    const lines = plain.stdout.trimEnd().split("\n");
    equal(lines.length, 4);
    match(
      lines[0],
      /^1\/4 {2}learningRate 0\.001, seed 1: complete in 2\.3 s, evaluate\.mse 0\.50000; best 0\.12500 \(learningRate 0\.003, seed 1\)/,
    );
    match(
      lines[2],
      /^3\/4 {2}learningRate 0\.003, seed 1: complete in 2\.3 s, evaluate\.mse 0\.12500 \(the best so far\)/,
    );
    const json = await runProgram("monitor", [`${runs}/letters.sweep`, "--ui", "json"]);
    const states = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).state);
    deepEqual(states, ["complete", "complete", "complete", "complete"]);
  }));

/** Shows a sweep until the command ends by itself, for a minute at most. */
async function shownToItsEnd(folder: string, ui: "plain" | "json"): Promise<Outcome> {
  const child = start("monitor", [folder, "--ui", ui]),
    limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
  try {
    return await outcomeOf(child);
  } finally {
    clearTimeout(limit);
  }
}

Deno.test("monitor of a sweep that no process runs prints the state of its trials, and ends", () =>
  withRunsFolder(async (runs) => {
    const [first, second] = plan.trials, result = fixtureResult(first, 0.5);
    const folder = await writeShard(`${ROOT}${runs}`, plan, [result]), owner = { pid: 1, host: "fox" };
    const claim = await claimTrial(folder, second.id, owner);
    ok(claim !== undefined && "release" in claim);
    claim.release();
    const plain = await shownToItsEnd(folder, "plain");
    equal(plain.code, 0, plain.stderr);
    match(
      plain.stdout,
      /^1\/4 {2}learningRate 0\.001, seed 1: complete.*\nno process runs the sweep: 1 of 4 trials have ended, 1 interrupted, 2 waiting \(.*\)\n$/,
    );
    const json = await shownToItsEnd(folder, "json");
    equal(json.code, 0, json.stderr);
    const states = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).state);
    deepEqual(states, ["complete", "interrupted", "waiting", "waiting"]);
  }));

Deno.test("monitor of a sweep continues between two trials, as long as a process runs the sweep", () =>
  withRunsFolder(async (runs) => {
    const [first, ...others] = plan.trials;
    const folder = await writeShard(`${ROOT}${runs}`, plan, [fixtureResult(first, 0.5)]);
    const presence = await holdSweep(folder), child = start("monitor", [folder, "--ui", "plain"]);
    try {
      const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      match((await lines.read()).value!, /^1\/4 /);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      for (const trial of others) await writeResult(folder, fixtureResult(trial, 0.25));
      let rest = "";
      for (let part = await lines.read(); !part.done; part = await lines.read()) rest += part.value;
      match(rest, /^2\/4 .*\n3\/4 .*\n4\/4 .*\n$/);
      equal((await child.status).code, 0);
    } finally {
      presence.release();
      await child.stderr.cancel();
      await child.status;
    }
  }));

Deno.test("sweep writes its page, logs the best so far, and --single runs the best trial of the page again", () =>
  withRunsFolder(async (runs) => {
    const file = "pipelines/glyphs-dae.ts", common = ["--set", "train.epochs=2", "--set", "evaluate.draws=2"];
    const args = [file, "--sweep", "train.optimizer.learningRate=1e-3,3e-3", "--ui", "plain", "--runs", runs];
    const { code, stdout, stderr } = await runProgram("sweep", [...args, ...common]);
    equal(code, 0, stdout + stderr);
    match(
      stdout,
      /^1\/2 {2}learningRate 0\.001, seed 42: done .*, evaluate\.[\w@.]+ [\d.e-]+ \(the best so far\) {2}runs/m,
    );
    const folder = onlyRun(runs, "glyphs-dae.sweep"), text = await Deno.readTextFile(`${folder}/index.md`);
    match(await Deno.readTextFile(`${folder}/index.html`), /<h1>glyphs-dae<\/h1>/);
    const command = /`deno task run (.*)`/.exec(text)![1].split(" ");
    equal(command[1], "--single");
    const again = await runProgram("run", [...command, "--runs", runs, "--ui", "plain", "--needed"]);
    equal(again.code, 0, again.stderr);
    match(again.stdout, /identical run \S+ is complete/);
  }));

Deno.test("bestSoFar() knows the best of earlier results, and adds it to the line of each trial", () => {
  const [first, second, third] = plan.trials;
  const best = bestSoFar({}, plan.trials, new Map([[first.id, fixtureResult(first, 0.5)]]));
  const ended = (mse: number) => ({ kind: "ended", result: fixtureResult(second, mse) }) as const;
  equal(best.after(second, ended(0.75)), ", evaluate.mse 0.75000; best 0.50000 (learningRate 0.001, seed 1)");
  equal(best.after(third, ended(0.25)), ", evaluate.mse 0.25000 (the best so far)");
  equal(best.after(second, { kind: "died", reason: "why" }), "; best 0.25000 (learningRate 0.003, seed 1)");
});

Deno.test("monitor may write to the folder of runs in which a sweep is, as stopping a trial writes there", () =>
  withRunsFolder(async (runs) => {
    const folder = await writeShard(`${ROOT}${runs}`, plan, []);
    deepEqual(writtenFolders(["monitor", folder]), [`${ROOT}${runs}`]);
    deepEqual(writtenFolders(["monitor", `${ROOT}${runs}/letters.sweep/`]), [`${ROOT}${runs}`]);
    deepEqual(readJson(`${folder}/sweep.json`).sweep, plan.sweep);
  }));
