import { doesNotMatch, match, ok, strictEqual as equal } from "node:assert/strict";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { onlyRun, outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";

const relative = (run: string) => run.slice(ROOT.length);

/** Kills a run in its training; gives its folder. */
async function killedRun(folder: string): Promise<string> {
  const process = start("run", glyphsArguments(folder, ENDLESS));
  const run = await untilLogged(folder, '"epoch":5,');
  process.kill("SIGKILL");
  await outcomeOf(process);
  return run;
}

Deno.test("monitor shows a killed run as crashed and returns, as runs does; in a folder that is no run it takes the newest", async () => {
  await withRunsFolder(async (folder) => {
    const run = await killedRun(folder), id = run.split("/").at(-1)!;
    for (const words of [[id, "--runs", folder], [relative(run)], [`${folder}/${GLYPHS}`], [folder]]) {
      const { code, stdout, stderr } = await runProgram("monitor", [...words, "--ui", "plain"]);
      equal(code, 0, stderr);
      match(stdout, /^glyphs-dae {2}crashed after .*: ended unexpectedly \(no end event\)/m);
      match(stdout, /epochs in .*: crashed/);
    }
    for (const words of [[], [id]]) {
      match((await runProgram("runs", [...words, "--runs", folder])).stdout, /crashed/);
    }
    const json = await runProgram("monitor", [relative(run), "--ui", "json"]);
    equal(JSON.parse(json.stdout.trimEnd().split("\n").at(-1)!).status, "crashed");
  });
});

Deno.test("monitor exits 2 with one sentence for what is no run, in one place or several", async () => {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}/empty`, { recursive: true });
    for (
      const words of [
        [`${folder}/empty`],
        [folder],
        ["nosuch", "--runs", folder],
        ["nosuch", "other", "third", "--runs", folder],
        ["nosuch", "other", "--compare", "more", "--runs", folder],
        ["--compare", "nosuch", "--runs", folder],
        ["--all", "--ui", "nosuch"],
      ]
    ) {
      const { code, stdout, stderr } = await runProgram("monitor", words);
      equal(code, 2, `${words}: ${stdout}${stderr}`);
      equal(stderr.trimEnd().split("\n").length, 1, stderr);
      doesNotMatch(stderr, /at .*\.ts:\d/);
    }
  });
});

Deno.test("run that was resumed reports its whole time, why it stopped, its command line, and its current folder", async () => {
  await withRunsFolder(async (folder) => {
    const args = [...glyphsArguments(`${folder}/before`, "train.epochs=600"), "--max-epochs", "200"];
    const first = await runProgram("run", args);
    equal(first.code, 124, first.stderr);
    match(
      first.stdout,
      /^ {2}train +200 of 600 epochs in .*: --max-epochs reached: resume with --resume auto$/m,
    );
    doesNotMatch(first.stdout, /on request/);
    await Deno.rename(`${ROOT}${folder}/before`, `${ROOT}${folder}/after`);
    const words = [...glyphsArguments(`${folder}/after`, "train.epochs=600"), "--resume", "auto"];
    const second = await runProgram("run", words);
    equal(second.code, 0, second.stderr);
    const run = onlyRun(`${folder}/after`, GLYPHS), record = readJson(`${run}/run.json`);
    match(second.stdout, new RegExp(`^ {2}run +${relative(run)}$`, "m"));
    doesNotMatch(second.stdout, new RegExp(`${folder}/before`));
    equal(record.argv.join(" "), ["run", ...args].join(" "));
    equal(record.resumed[0].argv.join(" "), ["run", ...words].join(" "));
    const end = JSON.parse(Deno.readTextFileSync(`${run}/events.jsonl`).trimEnd().split("\n").at(-1)!);
    const epochs = Deno.readTextFileSync(`${run}/events.jsonl`).split("\n").filter((line) =>
      line.startsWith('{"type":"epoch"')
    ).map((line) => JSON.parse(line).seconds as number);
    equal(epochs.length, 600);
    const trained = epochs.reduce((sum, seconds) => sum + seconds, 0);
    ok(end.seconds >= trained, `${end.seconds} s hold ${trained} s of epochs`);
    const listed = await runProgram("runs", [relative(run)]);
    match(listed.stdout, new RegExp(`run +${relative(run)}`));
    match(listed.stdout, /--max-epochs 200/);
    match(await Deno.readTextFile(`${run}/report.md`), /deno task run pipelines\/glyphs-dae\.ts/);
    doesNotMatch(await Deno.readTextFile(`${run}/report.md`), /--max-epochs|--resume/);
  });
});
