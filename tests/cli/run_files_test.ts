import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import type { EventOf } from "../../src/pipeline/events.ts";
import { newestEventFile, readEventFile } from "../support/event_file.ts";
import { glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

function epochsOf(run: string): EventOf<"epoch">[] {
  const lines = Deno.readTextFileSync(`${run}/events.jsonl`).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "epoch");
}

const tableOf = (file: string) =>
  parseCsv(Deno.readTextFileSync(file), { columns: true }) as Record<string, string>[];

Deno.test("run --tensorboard writes the curves of a run, through a stop and a resumption; every run leaves tables", () =>
  withRunsFolder(async (runs) => {
    const args = glyphsArguments(runs, "train.epochs=6", "train.previews=true");
    const stopped = await runProgram("run", [
      ...args,
      "--tensorboard",
      "--max-epochs",
      "3",
      "--dvc",
      `${runs}/dvc`,
    ]);
    equal(stopped.code, 124, stopped.stderr);
    const run = onlyRun(runs, "glyphs-dae");
    // The files of DVC are those of a complete run.
    deepEqual([...Deno.readDirSync(`${ROOT}${runs}/dvc`)], []);
    equal(tableOf(`${run}/artifacts/curves.csv`).length, 3);
    // Resumed without the option: the run has event files, so it continues to.
    const resumed = await runProgram("run", [...args, "--resume", "auto", "--dvc", `${runs}/dvc`]);
    equal(resumed.code, 0, resumed.stderr);
    const epochs = epochsOf(run), measured = readJson(`${run}/artifacts/metrics.json`);
    equal(epochs.length, 6);

    const { values, starts } = readEventFile(Deno.readFileSync(newestEventFile(`${run}/tensorboard`)));
    equal(starts, 1);
    const points = (tag: string) =>
      values.filter((value) => value.tag === tag).map(({ step, scalar }) => [step, scalar]);
    deepEqual(points("train/loss"), epochs.map(({ epoch, loss }) => [epoch, Math.fround(loss!)]));
    deepEqual(
      points("train/learningRate"),
      epochs.map(({ epoch, learningRate }) => [epoch, Math.fround(learningRate)]),
    );
    deepEqual(points("evaluate/pixelAccuracy@0.3"), [[
      6,
      Math.fround(measured.evaluate["pixelAccuracy@0.3"]),
    ]]);
    ok(values.some(({ tag, image }) => tag === "train/preview" && image !== undefined));

    deepEqual(
      tableOf(`${run}/artifacts/curves.csv`).map(({ epoch, loss }) => [Number(epoch), Number(loss)]),
      epochs.map(({ epoch, loss }) => [epoch, loss]),
    );
    const rows = tableOf(`${run}/artifacts/metrics.csv`);
    equal(
      Number(rows.find(({ stage, metric }) => stage === "evaluate" && metric === "pixelAccuracy@0.3")!.value),
      measured.evaluate["pixelAccuracy@0.3"],
    );
    const params = parseYaml(Deno.readTextFileSync(`${run}/artifacts/params.yaml`));
    const { stages } = readJson(`${run}/run.json`).spec;
    for (const { name, options } of stages) deepEqual(params.stages[name], options);
    deepEqual([params.seed, params.engine.name], [readJson(`${run}/run.json`).seed, "wasm"]);

    const forDvc = readJson(`${ROOT}${runs}/dvc/metrics.json`);
    deepEqual(Object.keys(forDvc).filter((name) => name.startsWith("$")), []);
    equal(forDvc.evaluate["pixelAccuracy@0.3"], measured.evaluate["pixelAccuracy@0.3"]);
    equal(
      Deno.readTextFileSync(`${ROOT}${runs}/dvc/params.yaml`),
      Deno.readTextFileSync(`${run}/artifacts/params.yaml`),
    );
  }));

Deno.test("run continues with one warning where TensorBoard's files cannot be written, and the events have it", () =>
  withRunsFolder(async (runs) => {
    const args = glyphsArguments(runs, "train.epochs=4");
    const stopped = await runProgram("run", [...args, "--max-epochs", "1"]);
    equal(stopped.code, 124, stopped.stderr);
    const run = onlyRun(runs, "glyphs-dae");
    Deno.writeTextFileSync(`${run}/tensorboard`, "not a folder");
    const { code, stdout } = await runProgram("run", [...args, "--tensorboard", "--resume", "auto"]);
    equal(code, 0, stdout);
    equal(stdout.match(/^warning +TensorBoard's files/gm)?.length, 1, stdout);
    const warnings = Deno.readTextFileSync(`${run}/events.jsonl`).split("\n").filter((line) =>
      line.includes('"type":"warning"')
    );
    equal(warnings.length, 1);
    match(warnings[0], /cannot be written, and the run continues without them/);
  }));

Deno.test("a pipeline asks for TensorBoard's files by an option, and --no-tensorboard wins over it", () =>
  withRunsFolder(async (runs) => {
    const file = `${ROOT}${runs}/small.ts`;
    Deno.mkdirSync(`${ROOT}${runs}`);
    Deno.writeTextFileSync(
      file,
      `import { ae, glyphs, load, pipeline, sweep, train } from ${JSON.stringify(`${ROOT}mod.ts`)};
const small = pipeline("small", { tensorboard: true }).pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 4], latent: 2, activation: "tanh" }), { epochs: 2 }));
export default sweep(small, { "train.epochs": [2, 3] });
`,
    );
    const common = [file, "--engine", "wasm", "--ui", "plain"];
    for (const [more, expected] of [[["--no-tensorboard"], 0], [[], 2]] as const) {
      const root = `${runs}/${expected}`;
      const { code, stderr, stdout } = await runProgram("run", [...common, "--runs", root, ...more]);
      equal(code, 0, stderr + stdout);
      const folders = [...Deno.readDirSync(`${ROOT}${root}/small`)].map(({ name }) =>
        `${ROOT}${root}/small/${name}`
      );
      const withFiles = folders.filter((folder) => {
        try {
          return readEventFile(Deno.readFileSync(newestEventFile(`${folder}/tensorboard`))).values.length > 0;
        } catch {
          return false;
        }
      });
      equal(withFiles.length, expected);
      for (const folder of folders) ok(tableOf(`${folder}/artifacts/curves.csv`).length >= 2);
    }
    const refused = await runProgram("run", [...common, "--runs", runs, "--dvc", runs]);
    equal(refused.code, 2);
    match(refused.stderr, /--dvc must be used with a single run, got a sweep/);
  }));

Deno.test("runs --csv lists what runs --json lists, one line per run", () =>
  withRunsFolder(async (runs) => {
    const { code, stderr } = await runProgram("run", [...glyphsArguments(runs, "train.epochs=1")]);
    equal(code, 0, stderr);
    // A folder whose name a spreadsheet would take for a formula, and one with a comma.
    const run = onlyRun(runs, "glyphs-dae"), [pipeline, id] = run.split("/").slice(-2);
    await Deno.mkdir(`${ROOT}${runs}/=cmd,x`);
    await Deno.rename(`${ROOT}${runs}/${pipeline}`, `${ROOT}${runs}/=cmd,x/${pipeline}`);
    const moved = `${runs}/=cmd,x`;
    const json = JSON.parse((await runProgram("runs", ["--runs", moved, "--json"])).stdout);
    const csv = (await runProgram("runs", ["--runs", moved, "--csv"])).stdout;
    const rows = parseCsv(csv, { columns: true }) as Record<string, string>[];
    equal(rows.length, 1);
    const text = (value: unknown) => value === null || value === undefined ? "" : String(value);
    // The age grows between the two commands.
    for (const [name, value] of Object.entries(json[0])) {
      if (name !== "age") equal(rows[0][name], text(value), name);
    }
    for (const name of Object.keys(json[0])) ok(name in rows[0], name);
    const one = await runProgram("runs", [id, "--runs", moved, "--csv"]);
    equal(one.stdout.split("\n").length, 3, one.stdout + one.stderr);
    const both = await runProgram("runs", ["--csv", "--json"]);
    equal(both.code, 2);
    match(both.stderr, /--csv.*--json|--json.*--csv/);
    const none = await runProgram("runs", ["--runs", `${runs}/none`, "--csv"]);
    match(none.stdout, /^id,pipeline,status,[^\n]*\n$/);
  }));
