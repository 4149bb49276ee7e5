import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";

const PIPELINE = "early-stop";
const arguments_ = (folder: string) => [
  "tests/fixtures/early_stop_sweep.ts",
  ...["--runs", folder, "--engine", "wasm", "--no-cache"],
];

/** The text of the log of a sweep's decisions; empty while there is none. */
function decisions(folder: string): string {
  try {
    return Deno.readTextFileSync(`${onlyRun(folder, `${PIPELINE}.sweep`)}/decisions.jsonl`);
  } catch {
    return "";
  }
}

const lines = (text: string) => text.split("\n").length - 1;

/** What is known of each trial at the end, without times. */
function results(folder: string): unknown[] {
  const sweep = onlyRun(folder, `${PIPELINE}.sweep`);
  return readJson(`${sweep}/sweep.json`).trials.map(({ id }: { id: string }) => {
    const { state, exitCode, stopped, epochs, metrics } = readJson(`${sweep}/trials/${id}.json`);
    return { id, state, exitCode, stopped, epochs, mse: metrics.evaluate?.mse, stages: Object.keys(metrics) };
  });
}

Deno.test("a sweep with ASHA that is killed three times and resumed decides as one that never was", async () => {
  await withRunsFolder(async (root) => {
    const whole = `${root}/whole`, killed = `${root}/killed`;
    const { code, stdout, stderr } = await runProgram("run", arguments_(whole));
    equal(code, 0, stdout + stderr);
    match(stdout, /learningRate 0\.0001, seed 42: stopped early after epoch 4: loss 0\.\d+/);
    match(stdout, /[1-5] of 6 trials were stopped early/);
    const reference = decisions(whole);
    for (const share of [0.15, 0.35, 0.55]) {
      const child = start("run", arguments_(killed));
      let status: Deno.CommandStatus | undefined;
      void child.status.then((ended) => status = ended);
      while (lines(decisions(killed)) < share * lines(reference) && status === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      equal(status, undefined, "it is killed before its end");
      child.kill("SIGKILL");
      await outcomeOf(child);
      ok(reference.startsWith(decisions(killed)));
    }
    const last = await runProgram("run", arguments_(killed));
    equal(last.code, 0, last.stdout + last.stderr);
    equal(decisions(killed), reference);
    deepEqual(results(killed), results(whole));
  });
});

Deno.test("a trial that was stopped early has the state, the epoch and the metric of the decision, and no later metrics", async () => {
  await withRunsFolder(async (folder) => {
    const args = [...arguments_(folder), "--set", "train.repeats=1"];
    const first = await runProgram("run", args);
    equal(first.code, 0, first.stdout + first.stderr);
    const [, second] = results(folder) as Record<string, unknown>[];
    const logged = decisions(folder).split("\n").slice(1, -1).map((line) => JSON.parse(line));
    const decision = logged.find(({ trial, decision }) => trial === second.id && decision === "stop");
    const { epoch, metric, value } = decision;
    deepEqual([second.state, second.epochs, second.exitCode], ["stoppedEarly", 4, 124]);
    deepEqual(second.stopped, { stage: "train", epoch, metric, value });
    ok(!(second.stages as string[]).includes("train"));
    // Its run was stopped as any other, and holds its checkpoint.
    const sweep = onlyRun(folder, `${PIPELINE}.sweep`);
    const { folder: run } = readJson(`${sweep}/trials/${second.id}.json`);
    const record = readJson(`${ROOT}${folder}/${run}/run.json`);
    equal(record.status, "stopped");
    match(record.reason, /stopped early, as other trials of its sweep are better/);
    ok([...Deno.readDirSync(`${ROOT}${folder}/${run}/checkpoints`)].length > 0);
    const { outcomes } = readJson(`${sweep}/comparison.json`);
    ok(outcomes.every(({ label }: { label: string }) => label !== "learningRate 0.0001"));
    // The same command has nothing left to do, and decides nothing more.
    const before = decisions(folder), again = await runProgram("run", args);
    equal(again.code, 0, again.stdout + again.stderr);
    equal(decisions(folder), before);
  });
});

Deno.test("sweep --early-stop stops trials of a file without a rule, with two jobs at once, and refuses wrong options", async () => {
  await withRunsFolder(async (folder) => {
    const args = [...arguments_(folder), "--set", "train.repeats=1", "--early-stop"];
    for (
      const [wrong, message] of [
        ["ashha", /sweep\.options\.earlyStop.*ashha/],
        ["asha,minimumEpoch=5", /earlyStop\.minimumEpoch is unknown: did you mean "minimumEpochs"/],
        ["median,minimumTrials=0", /earlyStop\.minimumTrials must be at least 1, got 0/],
        [
          "asha,stage=trian",
          /earlyStop\.stage must be a training of the pipeline, got "trian"; trainings are train/,
        ],
        [
          "asha,metric=validaton",
          /earlyStop\.metric must be one that epochs of train have, got "validaton"; they have .*loss/,
        ],
      ] as const
    ) {
      const { code, stderr } = await runProgram("sweep", [...args, wrong]);
      equal(code, 2, stderr);
      match(stderr, message);
    }
    const { code, stdout, stderr } = await runProgram("sweep", [
      ...args,
      "median,minimumEpochs=3,everyEpochs=3,minimumTrials=1",
      "--jobs",
      "2",
    ]);
    equal(code, 0, stdout + stderr);
    const logged = decisions(folder).split("\n").slice(1, -1).map((line) => JSON.parse(line));
    const complete = logged.filter((entry) => entry.complete).map(({ trial }) => trial);
    const stopped = logged.filter(({ decision }) => decision === "stop").map(({ trial }) => trial);
    equal(new Set([...complete, ...stopped]).size, 6);
    equal(complete.length + stopped.length, 6);
    for (const { id, state } of results(folder) as { id: string; state: string }[]) {
      equal(state, stopped.includes(id) ? "stoppedEarly" : "complete");
    }
    ok(stopped.length > 0);
  });
});
