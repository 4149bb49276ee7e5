import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { choice, uniform } from "../../src/pipeline/sweep/axes.ts";
import { SCHEMA } from "../../src/core/schema_version.ts";
import { claimTrial } from "../../src/sweep/claim.ts";
import { findSweep } from "../../src/sweep/find_sweep.ts";
import { mergeShards } from "../../src/sweep/merge/merge.ts";
import { openSweep } from "../../src/sweep/read_view.ts";
import { openProposalLog } from "../../src/sweep/proposal_log.ts";
import { resultFile, writeResult } from "../../src/sweep/result.ts";
import { requestSweepStop, watchSweepStop } from "../../src/sweep/stop_request.ts";
import { bestTrial, isOver, stateCounts, type TrialView } from "../../src/sweep/view.ts";
import { fixturePlan, fixtureResult, writeShard } from "../support/sweep_fixture.ts";
import { glyphRun, untilEpoch } from "../ui/fake_run.ts";
import { pause } from "../ui/fake_terminal.ts";

const plan = fixturePlan();
const [first, second, third, fourth] = plan.trials;

/** Passes the folder of a sweep whose trials have these results to a test, with the folder of runs. */
async function withSweep(
  results: readonly ReturnType<typeof fixtureResult>[],
  test: (folder: string, runs: string) => Promise<void>,
): Promise<void> {
  const runs = await Deno.makeTempDir({ prefix: "hourglass-sweep-" });
  try {
    await test(await writeShard(runs, plan, results), runs);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

/** Writes the events of a run until an epoch. */
async function writeRun(runs: string, run: string, epoch: number): Promise<void> {
  await Deno.mkdir(`${runs}/letters/${run}`, { recursive: true });
  const lines = untilEpoch(glyphRun(), epoch).map((event) => JSON.stringify(event) + "\n").join("");
  await Deno.writeTextFile(`${runs}/letters/${run}/events.jsonl`, lines);
}
const states = (trials: readonly TrialView[]) => trials.map(({ state }) => state);
const OWNER = { pid: 1, host: "lab" };

Deno.test("openSweep() reads results as they come, and ranks by the metric of an evaluation", () =>
  withSweep([fixtureResult(first, 0.5)], async (folder) => {
    const reader = await openSweep(folder), before = await reader.read();
    deepEqual(states(before.trials), ["complete", "waiting", "waiting", "waiting"]);
    deepEqual([before.metric?.address, before.metric?.info.direction], ["evaluate.mse", "lower"]);
    deepEqual(before.paths, ["train.optimizer.learningRate"], "the seed is no setting");
    await Deno.writeTextFile(
      resultFile(folder, fourth.id),
      JSON.stringify({
        schema: SCHEMA.trial,
        ...fixtureResult(fourth, 0.25, { state: "failed", exitCode: 1, reason: "why" }),
      }),
    );
    const after = await reader.read();
    deepEqual(states(after.trials), ["complete", "waiting", "waiting", "failed"]);
    equal(after.trials[3].reason, "why");
    ok(after.trials[0] === before.trials[0], "what has not changed is not made again");
    reader.close();
  }));

Deno.test("openSweep() follows a trial from its claim to its result, and shows it as interrupted when its owner ends", () =>
  withSweep([], async (folder, runs) => {
    const reader = await openSweep(folder), claim = await claimTrial(folder, third.id, OWNER);
    ok(claim !== undefined && "started" in claim);
    deepEqual(states((await reader.read()).trials), ["waiting", "waiting", "running", "waiting"]);
    await writeRun(runs, "20261129-120000-0002", 30);
    claim.started("20261129-120000-0002");
    const [, , running] = (await reader.read()).trials;
    deepEqual([running.run, running.training?.epoch, running.training?.epochs], [
      "20261129-120000-0002",
      30,
      3000,
    ]);
    const [curve] = reader.curves();
    deepEqual([curve.trial, curve.epochs.length, curve.epochs.at(-1)], [third.id, 30, 30]);
    claim.release();
    const [, , left] = (await reader.read()).trials;
    deepEqual([left.state, left.run, left.training?.epoch], ["interrupted", "20261129-120000-0002", 30]);
    const again = await claimTrial(folder, third.id, OWNER);
    ok(again !== undefined && "started" in again);
    equal((await reader.read()).trials[2].state, "running");
    await again.finish(
      fixtureResult(third, 0.1, { run: "20261129-120000-0002", folder: "letters/20261129-120000-0002" }),
    );
    const [, , ended] = (await reader.read()).trials;
    deepEqual([ended.state, ended.metrics?.evaluate.mse, ended.seconds], ["complete", 0.1, 2.25]);
    deepEqual(reader.curves().map(({ trial }) => trial), [third.id], "its curve stays");
    reader.close();
  }));

Deno.test("openSweep() reads the result of a failed trial again when another one replaces it, or it is removed", () =>
  withSweep(
    [fixtureResult(second, 0.5, { state: "failed", exitCode: 1, reason: "first" })],
    async (folder) => {
      const reader = await openSweep(folder);
      equal((await reader.read()).trials[1].reason, "first");
      await Deno.remove(resultFile(folder, second.id));
      equal((await reader.read()).trials[1].state, "waiting");
      const content = { schema: SCHEMA.trial, ...fixtureResult(second, 0.5) };
      await Deno.writeTextFile(resultFile(folder, second.id), JSON.stringify(content));
      equal((await reader.read()).trials[1].state, "complete");
      reader.close();
    },
  ));

Deno.test("openSweep() adds the trials of settings that are chosen by results, and knows how many there will be", async () => {
  const runs = await Deno.makeTempDir({ prefix: "hourglass-sweep-" });
  try {
    const options = { trials: 2, seeds: 2 }, axes = { "train.optimizer.learningRate": uniform(0.001, 0.003) };
    const folder = await writeShard(runs, { ...plan, sampler: "tpe", options, axes, trials: [] }, []);
    const reader = await openSweep(folder), before = await reader.read();
    deepEqual([before.trials.length, before.planned, isOver(before)], [0, 4, false]);
    await openProposalLog(folder).append(() => Promise.resolve({ point: [0.001], trials: [first, second] }));
    await writeResult(folder, fixtureResult(first, 0.5));
    const after = await reader.read();
    deepEqual([states(after.trials), after.planned, isOver(after)], [["complete", "waiting"], 4, false]);
    equal(stateCounts(after).waiting, 3, "two of them are not chosen yet");
    reader.close();
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});

Deno.test("openSweep() names results that cannot be used, and continues", () =>
  withSweep([fixtureResult(first, 0.5)], async (folder) => {
    await Deno.writeTextFile(resultFile(folder, second.id), '{"schema": 1, "tr');
    const reader = await openSweep(folder), { trials } = await reader.read();
    deepEqual(states(trials), ["complete", "failed", "waiting", "waiting"]);
    const [problem, ...others] = reader.problems();
    ok(
      problem.startsWith(`"${resultFile(folder, second.id)}" must be the result of a trial, got: `),
      problem,
    );
    equal(others.length, 0);
    reader.close();
  }));

Deno.test("openSweep() reads the results of a large merge, which are lines of one file", () =>
  withSweep([fixtureResult(first, 0.5), fixtureResult(third, 0.25)], async (folder, runs) => {
    const out = `${runs}/merged/all`, merger = { pid: 1, host: "lab", now: new Date(0) };
    await mergeShards({ folders: [folder], out, merger, allowPartial: true, mostFiles: 0 });
    const reader = await openSweep(out), view = await reader.read();
    deepEqual(states(view.trials), ["complete", "waiting", "complete", "waiting"]);
    deepEqual([bestTrial(view)?.id, view.trials[2].metrics?.evaluate.mse], [third.id, 0.25]);
    deepEqual(reader.results().map(({ state }) => state), ["complete", "complete"]);
    reader.close();
    const file = `${out}/trials.jsonl`, text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"state"', '"stat"'));
    const damaged = await openSweep(out);
    deepEqual(states((await damaged.read()).trials), ["failed", "waiting", "complete", "waiting"]);
    match(
      damaged.problems().join(),
      /trials\.jsonl, trial 1a2b3c4d00000000" must be the result of a trial, got/,
    );
    await Deno.writeTextFile(file, text.slice(0, -9));
    await rejects(openSweep(out), /^UsageError: ".*trials\.jsonl" must end with a whole line/);
  }));

Deno.test("openSweep() refuses a folder without a plan", () =>
  rejects(
    openSweep("/nowhere.sweep/0123456789abcdef"),
    /sweep\.json" must be the plan of a sweep, got: no file/,
  ));

Deno.test("findSweep() takes the folder of a sweep, or the one that was started last in a folder of sweeps", () =>
  withSweep([], async (folder, runs) => {
    const other = await writeShard(runs, { ...plan, sweep: "fedcba9876543210" }, []);
    await Deno.utime(`${folder}/sweep.json`, 1000, 1000);
    equal(await findSweep(`${folder}/`), folder);
    equal(await findSweep(`${runs}/letters.sweep`), other);
    equal(await findSweep(runs), undefined);
    equal(await findSweep(`${folder}/sweep.json`), undefined);
  }));

Deno.test("requestSweepStop() reaches all who watch the sweep, and nobody who begins later", () =>
  withSweep([], async (folder) => {
    const heard: string[] = [];
    await requestSweepStop(folder, "now");
    const watches = ["a", "b"].map((name) => watchSweepStop(folder, (stop) => heard.push(`${name} ${stop}`)));
    await pause(700);
    deepEqual(heard, [], "the request is past");
    await requestSweepStop(folder, "batch");
    for (let tries = 0; tries < 100 && heard.length < 2; tries++) await pause(50);
    deepEqual(heard.sort(), ["a batch", "b batch"]);
    watches.forEach((watch) => watch.close());
  }));

Deno.test("openSweep() plans fewer trials where a setting is chosen again", async () => {
  const runs = await Deno.makeTempDir({ prefix: "hourglass-sweep-" });
  try {
    const options = { trials: 3, seeds: 2 }, axes = { "train.batchSize": choice([8, 16]) };
    const folder = await writeShard(runs, { ...plan, sampler: "tpe", options, axes, trials: [] }, []);
    const reader = await openSweep(folder), log = openProposalLog(folder);
    const planned: number[] = [];
    for (const point of [0.1, 0.2, 0.3]) {
      await log.append(() => Promise.resolve({ point: [point], trials: [first, second] }));
      planned.push((await reader.read()).planned);
    }
    deepEqual(planned, [6, 4, 2]);
    for (const trial of [first, second]) await writeResult(folder, fixtureResult(trial, 0.5));
    equal(isOver(await reader.read()), true);
    reader.close();
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});
