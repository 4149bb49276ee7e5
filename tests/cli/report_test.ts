import { match, ok, strictEqual as equal } from "node:assert/strict";
import { linkNewest, newComparisonFile } from "../../src/cli/comparison_file.ts";
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

Deno.test("report takes ids and ends of ids as the other commands do", async () => {
  await withRunsFolder(async (folder) => {
    equal((await run(folder, 1)).code, 0);
    const own = onlyRun(folder, "glyphs-ae-small").slice(ROOT.length), id = own.split("/").at(-1)!;
    for (const name of [id, id.slice(-4)]) {
      await Deno.remove(`${ROOT}${own}/report.html`);
      const { code, stdout, stderr } = await runProgram("report", [name, "--runs", folder]);
      equal(code, 0, stderr);
      equal(stdout.trim(), `${own}/report.html`);
      ok(Deno.statSync(`${ROOT}${own}/report.html`).size > 1000);
    }
  });
});

Deno.test("report refuses what is no run, and names it", async () => {
  const { code, stdout, stderr } = await runProgram("report", ["pipelines"]);
  equal(code, 2);
  equal(stdout, "");
  equal(
    stderr.trim(),
    'error: "pipelines" must be a run\'s folder or id, or a folder of runs, got a folder without any',
  );
  const unknown = await runProgram("report", ["20200101-000000-0000"]);
  equal(unknown.code, 2);
  match(unknown.stderr, /must be a folder, an id or the end of one.*"20200101-000000-0000"/);
});

Deno.test("every task shows its help with its own permissions, with NO_COLOR set and unset", async () => {
  for (const task of ["run", "plan", "monitor", "runs", "stop", "explore", "report", "gc"] as const) {
    for (const env of [{ NO_COLOR: "1" }, { NO_COLOR: "" }]) {
      const { code, stdout, stderr } = await runProgram(task, ["--help"], env);
      equal(code, 0, stderr);
      match(stdout, new RegExp(`^Usage: hourglass ${task} `));
    }
  }
});

Deno.test("report never overwrites a comparison: each has a file of its own, and latest.html leads to the newest", async () => {
  await withRunsFolder(async (folder) => {
    const now = new Date("2026-11-28T21:05:12.345Z"), root = `${ROOT}${folder}`;
    const runs = ["mnist-vae/1", "mnist-vae/2", "mnist ae & co/3"].map((run) => `${root}/${run}`);
    for (const run of runs) await Deno.mkdir(run, { recursive: true });
    const first = await newComparisonFile(root, runs, now);
    equal(first, `${root}/comparisons/20261128-210512-mnist-vae-vs-mnist-ae-co.html`);
    await Deno.writeTextFile(first, "first");
    const second = await newComparisonFile(root, runs, now);
    equal(second, first.replace(".html", "-2.html"));
    equal(
      await newComparisonFile(root, runs.slice(0, 2), now),
      `${root}/comparisons/20261128-210512-mnist-vae-2-runs.html`,
    );
    await linkNewest(first);
    const newest = await linkNewest(second);
    match(await Deno.readTextFile(newest), /url=20261128-210512-mnist-vae-vs-mnist-ae-co-2\.html"/);
    equal(await Deno.readTextFile(first), "first");
  });
});

Deno.test("report writes comparisons into runs/comparisons by default, with no more permissions than its task has", async () => {
  await withRunsFolder(async (folder) => {
    for (const seed of [1, 2]) equal((await run(folder, seed)).code, 0);
    const runs = [...Deno.readDirSync(`${ROOT}${folder}/glyphs-ae-small`)].map(({ name }) =>
      `${folder}/glyphs-ae-small/${name}`
    );
    const { code, stdout, stderr } = await runProgram("report", runs);
    const file = stdout.trim();
    try {
      equal(code, 0, stderr);
      match(file, /^runs\/comparisons\/\d{8}-\d{6}-glyphs-ae-small-2-runs(-\d+)?\.html$/);
      match(await Deno.readTextFile(`${ROOT}${file}`), /2 runs in 1 group/);
      ok(Deno.statSync(`${ROOT}runs/comparisons/latest.html`).isFile);
    } finally {
      for (const made of [file, file.replace(".html", ".md")]) {
        await Deno.remove(`${ROOT}${made}`).catch(() => {});
      }
    }
  });
});
