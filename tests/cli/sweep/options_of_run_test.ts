/** Options that a sweep has from `run`: what they do there, or why they are refused. */
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import { ae, glyphs, load, pipeline, sweep, train, uniform } from "../../../mod.ts";
import { refuseOptions } from "../../../src/cli/sweep/refuse_options.ts";
import type { SweepRunOptions } from "../../../src/cli/sweep/sweep_run.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../../support/program.ts";
import { filesIn } from "../../support/run_result.ts";
import { sweepResults } from "../../support/sweep_results.ts";

const PIPELINE = `
  import { ae, evaluate, exportRun, glyphs, load, pipeline, sweep, train } from "../../mod.ts";
  const model = ae({ encoder: [35, 8], latent: 2 });
  const small = pipeline("small").pipe(load(glyphs())).pipe(train(model, { epochs: 3, previews: false }))
    .pipe(evaluate({ splits: ["test"] })).pipe(exportRun({ formats: [] }));
  export default sweep(small, { seed: [1, 2] });`;
const ARGS = ["--ui", "plain", "--engine", "wasm", "--no-report"];

/** A folder for runs with a small sweep in it, which is the first argument of what it gives. */
function withSweep(use: (folder: string, words: (runs: string) => string[]) => Promise<void>): Promise<void> {
  return withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    await Deno.writeTextFile(`${ROOT}${folder}/small.ts`, PIPELINE);
    await use(folder, (runs) => [`${folder}/small.ts`, "--runs", runs, ...ARGS]);
  });
}

Deno.test("sweep --max-epochs stops each trial after as many epochs, and the same command continues with the same bits", () =>
  withSweep(async (folder, words) => {
    const whole = await runProgram("sweep", words(`${folder}/whole`));
    equal(whole.code, 0, whole.stderr);
    const args = [...words(`${folder}/parts`), "--max-epochs", "2"];
    const first = await runProgram("sweep", args);
    equal(first.code, 124, first.stdout + first.stderr);
    equal(
      first.stdout.match(/^-\/2 {2}as it is, seed \d: --max-epochs reached \(exit code 124\)/gm)?.length,
      2,
      first.stdout,
    );
    match(first.stdout, /^stopped: 0 of 2 trials have ended, the same command runs the others$/m);
    const second = await runProgram("sweep", args);
    equal(second.code, 0, second.stdout + second.stderr);
    const results = async (name: string) => await sweepResults([`${ROOT}${folder}/${name}`], "small");
    deepEqual(await results("parts"), await results("whole"));
  }));

const TOKEN = "SECRETTOKEN0123456789";

Deno.test("sweep --webhook posts once how the sweep ended, with the best trial, and writes its address nowhere", async () => {
  const received: Record<string, unknown>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    received.push(await request.json());
    return new Response("");
  });
  try {
    await withSweep(async (folder, words) => {
      const url = `http://127.0.0.1:${server.addr.port}/hook/${TOKEN}`;
      const args = [...words(`${folder}/made`), "--jobs", "2", `--webhook=${url}`];
      const stopped = await runProgram("sweep", [...args, "--max-epochs", "1"]);
      equal(stopped.code, 124, stopped.stdout + stopped.stderr);
      const ended = await runProgram("sweep", args);
      equal(ended.code, 0, ended.stdout + ended.stderr);
      const [first, second, ...more] = received, sweepFolder = onlyRun(`${folder}/made`, "small.sweep");
      equal(more.length, 0);
      const { status, exitCode, reason, trials, best } = first;
      deepEqual([status, exitCode, best], ["stopped", 124, null]);
      equal(reason, "stopped: 0 of 2 trials have ended, the same command runs the others");
      deepEqual(trials, { planned: 2, complete: 0, failed: 0, stoppedEarly: 0 });
      deepEqual([second.id, ROOT + second.folder], [sweepFolder.split("/").at(-1), sweepFolder]);
      deepEqual([second.status, second.exitCode, second.pipeline], ["completed", 0, "small"]);
      deepEqual(second.trials, { planned: 2, complete: 2, failed: 0, stoppedEarly: 0 });
      const { trial, metric, value } = second.best as { trial: string; metric: string; value: number };
      const { metrics } = readJson(`${sweepFolder}/trials/${trial}.json`), dot = metric.indexOf(".");
      equal(metrics[metric.slice(0, dot)][metric.slice(dot + 1)], value);
      const texts = filesIn(ROOT + folder).map((file) => [file, Deno.readTextFileSync(file)]);
      ok(texts.some(([file]) => file.endsWith("run.json")));
      for (
        const [name, text] of [...texts, [
          "output",
          stopped.stdout + stopped.stderr + ended.stdout + ended.stderr,
        ]]
      ) {
        ok(!text.includes(TOKEN), `${name} has the address`);
      }
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("run of a sweep's file posts its end to HOURGLASS_WEBHOOK, and warns without an answer", () =>
  withSweep(async (folder, words) => {
    const args = words(`${folder}/made`);
    const url = `http://127.0.0.1:8/hook/${TOKEN}`;
    const { code, stdout, stderr } = await runProgram("run", args, { HOURGLASS_WEBHOOK: url });
    equal(code, 0, stdout + stderr);
    match(stderr, /^warning: The webhook could not be reached: .*refused/m);
    ok(!(stdout + stderr).includes(TOKEN), stderr);
    const wrong = await runProgram("run", args, { HOURGLASS_WEBHOOK: TOKEN });
    equal(wrong.code, 2);
    equal(wrong.stderr, "error: HOURGLASS_WEBHOOK must be an http or https address\n");
  }));

Deno.test("refuseOptions() refuses options of a run that a sweep cannot have, and gives the reason", () => {
  const letters = pipeline("letters").pipe(load(glyphs())).pipe(train(ae({ encoder: [35], latent: 2 })));
  const grid = sweep(letters, { seed: [1, 2] });
  const chosen = sweep(letters, { "train.validationShare": uniform(0.1, 0.2) }, {
    trials: 2,
    sampler: "tpe",
    metric: "train.bestLoss",
  });
  for (
    const [options, message] of [
      [{ exclusive: true }, /^--exclusive must be used with a single run, got a sweep \(/],
      [{ ui: "json" }, /^--ui json must be used with "monitor" for a sweep/],
      [{ resume: "20261129-120000-0001" }, /^--resume must name no run for a sweep/],
    ] as const
  ) throws(() => refuseOptions(grid, options as unknown as SweepRunOptions), { name: "UsageError", message });
  const limited = { maxEpochs: 2, resume: "auto" } as unknown as SweepRunOptions;
  refuseOptions(grid, limited);
  throws(() => refuseOptions(chosen, limited), {
    name: "UsageError",
    message: /^--max-epochs must be left out with the sampler tpe/,
  });
});
