import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { writtenFolders } from "../../src/cli/access.ts";
import { glyphsArguments } from "../support/glyphs_run.ts";
import { readJson, runProgram } from "../support/program.ts";

Deno.test("writtenFolders() finds the folders that a command line writes to", () => {
  const cases: [string[], string[]][] = [
    [["run", "x.ts"], []],
    [["run", "x.ts", "--runs", "/a", "--set", "--runs"], ["/a"]],
    [["run", "x.ts", "--runs=/a b"], ["/a b"]],
    [["report", "a", "b", "--out", "/x/y.html"], ["/x/"]],
    [["report", "a", "b", "--out=y.html"], ["."]],
    [["report", "src", "--debug", "tests"], ["src", "tests"]],
    [["run", "src", "--resume", "auto"], []],
    [["run", "x.ts", "--resume", "src"], ["src"]],
    [["runs", "--pipeline", "src", "tests"], ["tests"]],
    [["runs", "rm", "src/cli/explore", "--yes", "tests/"], ["src", "."]],
    [["gc", "--runs"], []],
    [["run", "x.ts", "--dvc", "out"], ["out"]],
    [["run", "x.ts", "--detach", "--runs", "/a"], ["/a"]],
    [["run", "--tensorboard", "x.ts", "--no-cache", "--no-report", "--dvc=."], ["."]],
    [["runs", "--csv", "tests"], ["tests"]],
  ];
  for (const [args, folders] of cases) deepEqual(writtenFolders(args), folders, args.join(" "));
});

Deno.test("tasks work with --runs and --out outside of runs/, and may write nowhere else", async () => {
  const elsewhere = await Deno.makeTempDir({ prefix: "hourglass läufe " }), root = `${elsewhere}/a/runs`;
  try {
    for (const seed of ["1", "2"]) {
      const args = [...glyphsArguments(root, "train.epochs=2"), "--seed", seed];
      const { code, stdout, stderr } = await runProgram("run", args);
      equal(code, 0, stdout + stderr);
    }
    const [first, second] = [...Deno.readDirSync(`${root}/glyphs-dae`)].map(({ name }) =>
      `${root}/glyphs-dae/${name}`
    );
    equal(readJson(`${first}/run.json`).status, "completed");
    const out = `${elsewhere}/both.html`;
    const compared = await runProgram("report", [first, second, "--out", out]);
    equal(compared.code, 0, compared.stderr);
    ok(Deno.statSync(out).size > 1000 && Deno.statSync(`${elsewhere}/both.md`).size > 100);
    const report = await runProgram("report", [first]);
    equal(report.stdout.trim(), `${first}/report.html`, report.stderr);
    for (
      const [task, args, says] of [
        ["runs", ["--runs", root], /glyphs-dae/],
        ["monitor", ["--runs", root, "--ui", "plain"], /completed/],
        ["gc", ["--runs", root, "--older-than", "1ms", "--yes"], /^removed /],
        ["runs", ["rm", first, "--yes"], / freed$/m],
      ] as const
    ) {
      const { code, stdout, stderr } = await runProgram(task, args);
      equal(code, 0, stderr);
      match(stdout, says);
    }
    ok(!exists(first) && !exists(`${root}/.cache`) || [...Deno.readDirSync(`${root}/.cache`)].length === 0);
    // The permission is for the folder that was named.
    const stray = `${elsewhere}/stray.txt`;
    await Deno.writeTextFile(
      `${elsewhere}/pipeline.ts`,
      `Deno.writeTextFileSync(${JSON.stringify(stray)}, "x"); export default 1;`,
    );
    const escape = await runProgram("run", [`${elsewhere}/pipeline.ts`, "--runs", root]);
    equal(escape.code, 2);
    match(escape.stderr, /Requires write access/);
    ok(!exists(stray));
  } finally {
    await Deno.remove(elsewhere, { recursive: true });
  }
});

Deno.test("run --detach and stop work with --runs outside of runs/", async () => {
  const elsewhere = await Deno.makeTempDir();
  try {
    const args = [...glyphsArguments(elsewhere, "train.epochs=100000000"), "--detach"];
    const { code, stderr } = await runProgram("run", args);
    equal(code, 0, stderr);
    const [id] = [...Deno.readDirSync(`${elsewhere}/glyphs-dae`)].map(({ name }) => name);
    const stopped = await runProgram("stop", [id, "--runs", elsewhere]);
    equal(stopped.code, 0, stopped.stderr);
    match(stopped.stdout, /stopped/);
    equal(readJson(`${elsewhere}/glyphs-dae/${id}/run.json`).status, "stopped");
  } finally {
    await Deno.remove(elsewhere, { recursive: true });
  }
});

Deno.test("a path with a comma is refused, as Deno takes what follows for another path", async () => {
  const { code, stderr } = await runProgram("run", [...glyphsArguments("/tmp/a,/etc"), "--needed"]);
  equal(code, 2);
  match(stderr, /must have no comma/);
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
