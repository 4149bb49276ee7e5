import { doesNotMatch, match, ok, strictEqual as equal } from "node:assert/strict";
import { glyphsArguments } from "../support/glyphs_run.ts";
import { type Outcome, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { assertSameResult, resultOf, type RunResult } from "../support/run_result.ts";

const SETTINGS = ["train.epochs=80"];

/** A run with its folder and what it said. */
interface Done extends Outcome {
  readonly run: string;
  readonly result: RunResult;
}

async function runOnce(folder: string, ...more: string[]): Promise<Done> {
  const outcome = await runProgram("run", [...glyphsArguments(folder, ...SETTINGS), ...more]);
  equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  const run = `${ROOT}${/run +(runs\/.*)$/m.exec(outcome.stdout)![1]}`;
  return { ...outcome, run, result: unmarked(resultOf(run)) };
}

/** The result without the marks that say that it was known; full checkpoints are left by a training alone. */
function unmarked({ events, files, ...rest }: RunResult): RunResult {
  return {
    ...rest,
    files: Object.fromEntries(Object.entries(files).filter(([name]) => !name.includes(".last."))),
    events: events.filter((line) => !line.startsWith('{"type":"warning"')).map((line) => {
      const { cached: _, ...event } = JSON.parse(line);
      return JSON.stringify({ ...event, note: event.note?.replace(/^cached from \S+: /, "") });
    }),
  };
}

/** The stages that were known. */
function known({ stdout }: Outcome): string[] {
  return stdout.split("\n").filter((line) => line.includes("cached from")).map((line) => line.split(" ")[0]);
}

/** The entry of the cache that a stage left. */
function entryOf(folder: string, stage: string): string {
  const cache = `${ROOT}${folder}/.cache`;
  const names = [...Deno.readDirSync(cache)].map(({ name }) => name);
  return `${cache}/${names.find((name) => readJson(`${cache}/${name}/manifest.json`).stage === stage)}`;
}

Deno.test("run takes from the cache what it has computed before, and the result is the same", async () => {
  await withRunsFolder(async (folder) => {
    const first = await runOnce(folder), second = await runOnce(folder);
    equal(known(first).join(), "");
    ok(known(second).includes("train") && known(second).includes("evaluate"), second.stdout);
    assertSameResult(second.result, first.result);
    const forced = await runOnce(folder, "--force", "train");
    ok(!known(forced).includes("train"), forced.stdout);
    assertSameResult(forced.result, first.result);
    const uncached = await runOnce(folder, "--no-cache");
    equal(known(uncached).join(), "");
    assertSameResult(uncached.result, first.result);
    const changed = await runOnce(folder, "--set", "evaluate.draws=4");
    ok(known(changed).includes("train") && !known(changed).includes("evaluate"), changed.stdout);
  });
});

for (const file of ["result.bin", "events.jsonl", "files/checkpoints/train.safetensors"]) {
  Deno.test(`run computes again what a flipped byte of ${file} in the cache has damaged, with a warning`, async () => {
    await withRunsFolder(async (folder) => {
      const first = await runOnce(folder), path = `${entryOf(folder, "train")}/${file}`;
      const bytes = Deno.readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      Deno.writeFileSync(path, bytes);
      const second = await runOnce(folder);
      match(
        second.stdout,
        new RegExp(`warning .*could not be used and was removed \\(${file} is damaged`),
      );
      ok(!known(second).includes("train"));
      assertSameResult(second.result, first.result);
      const third = await runOnce(folder);
      ok(known(third).includes("train"), "it is kept again");
      doesNotMatch(third.stdout, /warning/);
    });
  });
}

Deno.test("run --needed does nothing, successfully, until a setting changes", async () => {
  await withRunsFolder(async (folder) => {
    const first = await runOnce(folder, "--needed");
    const runs = () => [...Deno.readDirSync(`${ROOT}${folder}/glyphs-dae`)].length;
    const args = [...glyphsArguments(folder, ...SETTINGS), "--needed"];
    const second = await runProgram("run", args);
    equal(second.code, 0, second.stderr);
    equal(second.stdout, `nothing to do: identical run ${first.run.split("/").at(-1)} is complete\n`);
    equal(runs(), 1);
    await runOnce(folder, "--needed", "--set", "train.batchSize=64");
    equal(runs(), 2);
    const stopped = await runProgram("run", [...args, "--seed", "9", "--max-epochs", "5"]);
    equal(stopped.code, 124, stopped.stderr);
    const complete = await runProgram("run", [...args, "--seed", "9", "--resume", "auto"]);
    equal(complete.code, 0);
    equal(runs(), 3, "a run that was stopped is not complete, and resumes");
    match(complete.stdout, /completed after/);
  });
});
