import { match, ok, strictEqual as equal } from "node:assert/strict";
import { type Outcome, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { glyphsArguments } from "../support/glyphs_run.ts";
import { assertSameResult, filesIn, resultOf, type RunResult } from "../support/run_result.ts";

const CONSTANT = ["--set", "train.schedule.kind=constant"];

/** A run with its folder and what it said. */
interface Done extends Outcome {
  readonly run: string;
}

async function runOnce(runs: string, epochs: number, ...more: string[]): Promise<Done> {
  const outcome = await runProgram("run", [...glyphsArguments(runs, `train.epochs=${epochs}`), ...more]);
  equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  return { ...outcome, run: `${ROOT}${/run +(runs\/.*)$/m.exec(outcome.stdout)![1]}` };
}

const contents = (run: string) => filesIn(run).map((file) => `${file} ${Deno.readFileSync(file)}`).join("\n");

Deno.test("run resumes with more epochs in a new folder, and is the same as one that had them from the start", async () => {
  await withRunsFolder(async (folder) => {
    const first = await runOnce(`${folder}/extended`, 50, ...CONSTANT), before = contents(first.run);
    const longer = await runOnce(`${folder}/extended`, 120, ...CONSTANT, "--resume", "auto");
    const whole = await runOnce(`${folder}/whole`, 120, ...CONSTANT);
    ok(longer.run !== first.run);
    equal(contents(first.run), before, "the run before is untouched");
    equal(readJson(`${longer.run}/run.json`).extends, first.run.split("/").at(-1));
    assertSameResult(comparable(longer), comparable(whole));
    const eventsOf = (run: string) => Deno.readTextFileSync(`${run}/events.jsonl`);
    match(eventsOf(longer.run), new RegExp(`"run":"${longer.run.split("/").at(-1)}"`));
    ok(
      !eventsOf(longer.run).includes(first.run.split("/").at(-1)!),
      "it does not speak of the run before as itself",
    );
  });
});

/** Where the noise stage was known already, it says so. */
function comparable({ run }: Done): RunResult {
  const { events, ...rest } = resultOf(run);
  return {
    ...rest,
    events: events.map((line) => line.replace(/cached from \S+: /, "").replace(/,"cached":"[^"]*"/, "")),
  };
}

Deno.test("run names the schedule that ends with the epochs and starts over", async () => {
  await withRunsFolder(async (folder) => {
    await runOnce(folder, 50);
    const longer = await runOnce(folder, 80, "--resume", "auto");
    match(longer.stdout, /starting over: train\.epochs 50 -> 80.* changes what \S+ has computed/);
    equal(readJson(`${longer.run}/run.json`).extends, null);
  });
});

Deno.test("run names another changed setting and starts over", async () => {
  await withRunsFolder(async (folder) => {
    await runOnce(folder, 50, ...CONSTANT);
    const settings = ["--set", "train.batchSize=64", "--resume", "auto"];
    const { stdout } = await runOnce(folder, 50, ...CONSTANT, ...settings);
    match(stdout, /starting over: train\.batchSize 128 -> 64 changes what \S+ has computed/);
    const seeded = await runOnce(folder, 50, ...CONSTANT, "--seed", "5", "--resume", "auto");
    match(seeded.stdout, /starting over: the seed 42 -> 5 changes what \S+ has computed/);
  });
});

Deno.test("run resumes with more patience after early stopping", async () => {
  await withRunsFolder(async (folder) => {
    const impatient = [...CONSTANT, "--set", "train.minDelta=1"];
    const patience = (epochs: number) => ["--set", `train.patience=${epochs}`];
    const first = await runOnce(`${folder}/extended`, 400, ...impatient, ...patience(6));
    const epochs = readJson(`${first.run}/artifacts/metrics.json`).train.epochs;
    ok(epochs < 400, `${epochs}`);
    const longer = await runOnce(
      `${folder}/extended`,
      400,
      ...impatient,
      ...patience(20),
      "--resume",
      "auto",
    );
    const whole = await runOnce(`${folder}/whole`, 400, ...impatient, ...patience(20));
    equal(readJson(`${longer.run}/run.json`).extends, first.run.split("/").at(-1));
    assertSameResult(comparable(longer), comparable(whole));
  });
});
