import { match, ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

const run = (folder: string, seed: number) =>
  runProgram("run", [
    "pipelines/glyphs-ae-small.ts",
    "--ui",
    "plain",
    "--runs",
    folder,
    "--seed",
    `${seed}`,
    "--set",
    "train.epochs=20",
  ]);

Deno.test("report makes report.html and report.md of the newest run of a folder, with no more permissions than its task has", async () => {
  await withRunsFolder(async (folder) => {
    equal((await run(folder, 1)).code, 0);
    const { code, stdout, stderr } = await runProgram("report", [`${folder}/glyphs-ae-small/`]);
    equal(code, 0, stderr);
    const own = onlyRun(folder, "glyphs-ae-small");
    equal(stdout.trim(), `${own.slice(ROOT.length)}/report.html`);
    match(await Deno.readTextFile(`${own}/report.html`), /<title>glyphs-ae-small, run \d{8}-/);
    match(await Deno.readTextFile(`${own}/report.md`), /^# glyphs-ae-small: completed\n/);
  });
});

Deno.test("report compares several runs on one page", async () => {
  await withRunsFolder(async (folder) => {
    for (const seed of [1, 2]) equal((await run(folder, seed)).code, 0);
    const runs = [...Deno.readDirSync(`${ROOT}${folder}/glyphs-ae-small`)].map(({ name }) =>
      `${folder}/glyphs-ae-small/${name}`
    );
    const { code, stdout, stderr } = await runProgram("report", [...runs, "--out", `${folder}/both.html`]);
    equal(code, 0, stderr);
    equal(stdout.trim(), `${folder}/both.html`);
    const page = await Deno.readTextFile(`${ROOT}${folder}/both.html`);
    match(page, /2 runs in 1 group/);
    ok(page.includes("(n = 2)"));
  });
});

Deno.test("report refuses what is no run, and says which", async () => {
  const { code, stdout, stderr } = await runProgram("report", ["pipelines"]);
  equal(code, 2);
  equal(stdout, "");
  equal(
    stderr.trim(),
    `error: Cannot report as a run must be a folder with run.json in it: current value is "pipelines"`,
  );
});
