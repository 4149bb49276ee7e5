import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { requestStop } from "../../src/run/control.ts";
import { ENDLESS, GLYPHS, glyphsArguments, untilFree, untilLogged } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

Deno.test("run --detach returns at once with the run's id, and the run completes", async () => {
  await withRunsFolder(async (folder) => {
    const args = [...glyphsArguments(folder), "--detach"];
    const { code, stdout, stderr } = await runProgram("run", args);
    equal(code, 0, stderr);
    equal(readJson(`${onlyRun(folder, GLYPHS)}/run.json`).status, "running");
    const run = await untilLogged(folder, '"type":"run"');
    match(stdout, new RegExp(`^${run.split("/").at(-1)} runs in ${folder}/`));
    await untilFree(run);
    const { status, exitCode, argv } = readJson(`${run}/run.json`);
    equal(`${status} ${exitCode}`, "completed 0");
    deepEqual(argv, ["run", ...args], "the command line is the one that a person has typed");
  });
});

Deno.test("run --detach of what cannot run says why and exits 2", async () => {
  await withRunsFolder(async (folder) => {
    const { code, stderr } = await runProgram("run", [
      ...glyphsArguments(folder, "train.epohcs=3"),
      "--detach",
    ]);
    equal(code, 2);
    match(stderr, /did you mean "epochs"/);
  });
});

for (
  const { stop, exitCode, says } of [
    { stop: "batch", exitCode: 130, says: /stopped on request/ },
    { stop: "epoch", exitCode: 130, says: /stopped on request/ },
    { stop: "batch", exitCode: 143, says: /stopped on request/ },
  ] as const
) {
  Deno.test(`requestStop() stops a run in the background after the ${stop} with a checkpoint and exit code ${exitCode}`, async () => {
    await withRunsFolder(async (folder) => {
      // An epoch of 40 batches of a fifth of a millisecond.
      const args = glyphsArguments(folder, ENDLESS, "train.repeats=20", "train.batchSize=16");
      equal((await runProgram("run", [...args, "--detach"])).code, 0);
      const run = await untilLogged(folder, '"epoch":5,');
      await requestStop(run, { stop, exitCode });
      await untilFree(run);
      const record = readJson(`${run}/run.json`);
      equal(`${record.status} ${record.exitCode}`, `stopped ${exitCode}`);
      match(record.reason, says);
      ok(Deno.statSync(`${run}/checkpoints/train.last.safetensors`).size > 1000);
      const again = await runProgram("run", [...args, "--resume", "auto", "--max-epochs", "3"]);
      equal(again.code, 124, again.stdout + again.stderr);
      equal(readJson(`${onlyRun(folder, GLYPHS)}/run.json`).resumed.length, 1);
      ok(Deno.statSync(`${ROOT}${folder}`).isDirectory);
    });
  });
}
