import { match, notStrictEqual as notEqual, ok, strictEqual as equal } from "node:assert/strict";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";
import { assertSameResult, resultOf } from "../support/run_result.ts";

function foldersUnder(runs: string): string[] {
  const parent = `${ROOT}${runs}/${GLYPHS}`;
  return [...Deno.readDirSync(parent)].filter(({ isDirectory }) => isDirectory).map(({ name }) =>
    `${parent}/${name}`
  );
}

Deno.test("run started twice in the same moment makes two folders, both complete, neither touched by the other", async () => {
  await withRunsFolder(async (folder) => {
    const args = glyphsArguments(folder, "train.epochs=100");
    const outcomes = await Promise.all([0, 1, 2].map(() => runProgram("run", args)));
    outcomes.forEach(({ code, stderr }) => equal(code, 0, stderr));
    const runs = foldersUnder(folder);
    equal(runs.length, 3);
    const pids = runs.map((run) => readJson(`${run}/run.json`).host.pid);
    notEqual(pids[0], pids[1]);
    const computed = runs.filter((run) =>
      !Deno.readTextFileSync(`${run}/events.jsonl`).includes('"cached":')
    );
    for (const run of computed) assertSameResult(resultOf(run), resultOf(computed[0]));
    for (const run of runs) {
      equal(readJson(`${run}/run.json`).status, "completed");
      ok(Deno.statSync(`${run}/artifacts/model/model.safetensors`).size > 1000);
    }
  });
});

Deno.test("run --exclusive exits 75 at once and names the holder; after a kill -9 the next starts", async () => {
  await withRunsFolder(async (folder) => {
    const args = [...glyphsArguments(folder, ENDLESS), "--exclusive"];
    const first = start("run", args);
    const run = await untilLogged(folder, '"epoch":2,');
    const since = readJson(`${run}/run.json`).started;
    const second = await runProgram("run", args);
    equal(readJson(`${run}/run.json`).status, "running", "the second ends while the first is running");
    equal(second.code, 75, second.stderr);
    match(second.stderr, new RegExp(`process ${first.pid} on ${Deno.hostname()} since ${since}`));
    equal(second.stderr.trim().split("\n").length, 1);
    equal(foldersUnder(folder).length, 1);
    first.kill("SIGKILL");
    await outcomeOf(first);
    const third = await runProgram("run", [...args, "--max-epochs", "2"]);
    equal(third.code, 124, third.stderr);
    equal(foldersUnder(folder).length, 2);
  });
});
