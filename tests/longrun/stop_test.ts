import { match, ok, strictEqual as equal } from "node:assert/strict";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { onlyRun, outcomeOf, readJson, runProgram, start, withRunsFolder } from "../support/program.ts";
import { assertSameResult, resultOf, type RunResult } from "../support/run_result.ts";

/** The result of a run that is not stopped. */
async function inPeace(folder: string, ...settings: string[]): Promise<RunResult> {
  const { code, stderr } = await runProgram("run", glyphsArguments(`${folder}/peace`, ...settings));
  equal(code, 0, stderr);
  return resultOf(onlyRun(`${folder}/peace`, GLYPHS));
}

Deno.test("run is the same bits after SIGTERM and SIGINT in the middle of an epoch", async () => {
  await withRunsFolder(async (folder) => {
    // An epoch of 320 batches: a signal hardly ever falls between two.
    const settings = ["train.epochs=40", "train.repeats=160", "train.batchSize=16"];
    const expected = await inPeace(folder, ...settings), runs = `${folder}/stopped`;
    const args = [...glyphsArguments(runs, ...settings), "--resume", "auto"];
    for (
      const { signal, code, epoch } of [
        { signal: "SIGTERM", code: 143, epoch: 3 },
        { signal: "SIGINT", code: 130, epoch: 9 },
      ] as const
    ) {
      const process = start("run", args);
      const run = await untilLogged(runs, `"epoch":${epoch},`);
      process.kill(signal);
      const outcome = await outcomeOf(process);
      equal(outcome.code, code, outcome.stdout + outcome.stderr);
      match(readJson(`${run}/run.json`).reason, new RegExp(signal));
    }
    const last = await runProgram("run", args);
    equal(last.code, 0, last.stdout + last.stderr);
    const run = onlyRun(runs, GLYPHS), { resumed, status, exitCode } = readJson(`${run}/run.json`);
    equal(resumed.length, 2);
    equal(`${status} ${exitCode}`, "completed 0");
    assertSameResult(resultOf(run), expected);
  });
});

Deno.test("run --max-epochs exits 124 again and again, then 0 with the same bits", async () => {
  await withRunsFolder(async (folder) => {
    const expected = await inPeace(folder, "train.epochs=24"), runs = `${folder}/parts`;
    const codes: number[] = [];
    for (let part = 0; part < 6 && codes.at(-1) !== 0; part++) {
      const args = [...glyphsArguments(runs, "train.epochs=24"), "--resume", "auto", "--max-epochs", "7"];
      const { code } = await runProgram("run", args);
      codes.push(code);
      if (code === 124) {
        const { status, reason } = readJson(`${onlyRun(runs, GLYPHS)}/run.json`);
        equal(status, "stopped");
        match(reason, /--max-epochs/);
      }
    }
    equal(codes.join(" "), "124 124 124 0");
    assertSameResult(resultOf(onlyRun(runs, GLYPHS)), expected);
  });
});

Deno.test("run --max-time exits 124 and can be resumed", async () => {
  await withRunsFolder(async (folder) => {
    const args = glyphsArguments(folder, ENDLESS);
    const epochs = () => {
      const run = onlyRun(folder, GLYPHS);
      return Deno.readTextFileSync(`${run}/events.jsonl`).split("\n")
        .filter((line) => line.includes('"epoch","epoch"'))
        .map((line) => JSON.parse(line).epoch as number);
    };
    // A busy machine may use up a short budget before the first epoch: then the next one is longer.
    const runPast = async (count: number, resume: readonly string[]) => {
      for (let seconds = 2; seconds < 200; seconds *= 3) {
        const budget = ["--max-time", `${seconds}s`, ...(seconds === 2 ? resume : ["--resume", "auto"])];
        const { code, stdout, stderr } = await runProgram("run", [...args, ...budget]);
        equal(code, 124, stderr);
        match(stdout, /--max-time reached: resume with --resume auto/);
        if (epochs().length > count) return;
      }
    };
    await runPast(0, []);
    const before = epochs().length;
    ok(before > 0, "no epoch within the budget");
    await runPast(before, ["--resume", "auto"]);
    ok(epochs().length > before, "it resumed");
    ok(epochs().every((epoch, index) => epoch === index + 1), "no epoch is written twice or left out");
  });
});
