import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { ae, glyphs, load, pipeline, sweep, train } from "../../mod.ts";
import { readHolder } from "../../src/run/lock.ts";
import { claimTrial } from "../../src/sweep/claim.ts";
import { openSweepFolder, readSweep } from "../../src/sweep/folder.ts";
import { planSweep } from "../../src/sweep/plan.ts";
import { readResult, type TrialResult, writeResult } from "../../src/sweep/result.ts";

const LETTERS = pipeline("letters").pipe(load(glyphs())).pipe(train(ae({ encoder: [35], latent: 2 })));
const SWEEP = sweep(LETTERS, { "train.epochs": [1, 2] });
const OWNER = { pid: Deno.pid, host: "wolf" };

async function withSweep(use: (folder: string, trials: readonly string[], root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    const plan = await planSweep(SWEEP, { file: import.meta.url, set: [] });
    const folder = await openSweepFolder(root, plan, SWEEP, { file: "letters.ts", set: [] });
    await use(folder, plan.trials.map(({ id }) => id), root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const resultOf = (sweep: string, trial: string): TrialResult => ({
  sweep,
  trial,
  state: "complete",
  exitCode: 0,
  attempts: 1,
  run: "20261124-040128-fc42",
  folder: "letters/20261124-040128-fc42",
  metrics: { train: { loss: 0.5, epochs: 2, lowest: null } },
  info: { train: { loss: { unit: "nats/sample", direction: "lower" } } },
  epochs: 2,
  seconds: 0.25,
  resources: {
    engine: "wasm",
    threads: null,
    parts: null,
    cpu: "",
    os: "linux x86_64",
    deno: "2.9.6",
    hourglass: "0.1.0",
  },
});

Deno.test("openSweepFolder() writes the plan once, the same bytes no matter who writes it", async () => {
  await withSweep(async (folder, trials, root) => {
    const written = await Deno.readTextFile(`${folder}/sweep.json`);
    match(folder, /\/letters\.sweep\/[0-9a-f]{16}$/);
    const record = await readSweep(folder);
    deepEqual(record.trials.map(({ id, settings }) => [id, settings]), [[trials[0], { "train.epochs": 1 }], [
      trials[1],
      {
        "train.epochs": 2,
      },
    ]]);
    const plan = await planSweep(SWEEP, { file: import.meta.url, set: [] });
    await Deno.writeTextFile(`${folder}/sweep.json`, written.slice(0, 100));
    equal(await openSweepFolder(root, plan, SWEEP, { file: "letters.ts", set: [] }), folder);
    equal(await Deno.readTextFile(`${folder}/sweep.json`), written, "a damaged one is written again");
    await Deno.writeTextFile(`${folder}/sweep.json`, '{"schema":99}');
    await rejects(openSweepFolder(root, plan, SWEEP, { file: "letters.ts", set: [] }), {
      name: "UsageError",
      message: /sweep\.json" must have sweep schema \d+, got 99: a newer version wrote it/,
    });
  });
});

Deno.test("claimTrial() gives a trial to one owner, and after it to the next with the run that was started", async () => {
  await withSweep(async (folder, [trial]) => {
    const claim = await claimTrial(folder, trial, OWNER);
    ok(claim !== undefined && !("result" in claim));
    deepEqual([claim.run, claim.failures], [undefined, 0]);
    equal(await claimTrial(folder, trial, OWNER), undefined);
    claim.started("20261124-040128-fc42");
    equal((await readHolder(`${folder}/trials/${trial}.lock`))?.run, "20261124-040128-fc42");
    claim.release();
    const next = await claimTrial(folder, trial, OWNER);
    ok(next !== undefined && !("result" in next));
    deepEqual([next.run, next.failures], ["20261124-040128-fc42", 0]);
    equal(next.failed("20261124-040128-fc42"), 1);
    next.release();
    const last = await claimTrial(folder, trial, OWNER);
    ok(last !== undefined && !("result" in last));
    equal(last.failures, 1);
    last.release();
  });
});

Deno.test("claimTrial() claims a trial that failed again, as long as it failed no more often than it is retried", async () => {
  await withSweep(async (folder, [trial]) => {
    const failed = {
      ...resultOf("0123456789abcdef", trial),
      state: "failed" as const,
      exitCode: 1,
      attempts: 2,
    };
    await writeResult(folder, failed);
    deepEqual(await claimTrial(folder, trial, { ...OWNER, retries: 1 }), { result: failed });
    const claim = await claimTrial(folder, trial, { ...OWNER, retries: 2 });
    ok(claim !== undefined && !("result" in claim));
    deepEqual([claim.run, claim.failures], [failed.run, 2]);
    claim.release();
    // A violated condition of --fail-if would be violated again.
    await writeResult(folder, { ...failed, exitCode: 3 });
    ok("result" in (await claimTrial(folder, trial, { ...OWNER, retries: 9 }) ?? {}));
  });
});

Deno.test("claimTrial() of a trial that has ended gives its result, and leaves no lock behind", async () => {
  await withSweep(async (folder, [trial]) => {
    const claim = await claimTrial(folder, trial, OWNER), result = resultOf("0123456789abcdef", trial);
    ok(claim !== undefined && !("result" in claim));
    await claim.finish(result);
    deepEqual(await claimTrial(folder, trial, OWNER), { result });
    deepEqual([...Deno.readDirSync(`${folder}/trials`)].map(({ name }) => name), [`${trial}.json`]);
  });
});

Deno.test("readResult() gives a sentence for a result that is damaged, of another trial or of another version", async () => {
  await withSweep(async (folder, [trial, other]) => {
    const file = `${folder}/trials/${trial}.json`;
    equal(await readResult(folder, trial), undefined);
    await writeResult(folder, resultOf("0123456789abcdef", trial));
    const whole = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, whole.slice(0, 80));
    match(String(await readResult(folder, trial)), /must be the result of a trial, got: /);
    await rejects(claimTrial(folder, trial, OWNER), {
      name: "RunError",
      message: /\(remove .* to run it again\)$/,
    });
    await Deno.writeTextFile(file, whole.replace(trial, other));
    match(String(await readResult(folder, trial)), new RegExp(`got: that of trial ${other}$`));
    await Deno.writeTextFile(file, whole.replace(/"schema": \d+/, '"schema": 99'));
    match(
      String(await readResult(folder, trial)),
      /must have trial schema \d+, got 99: a newer version wrote it/,
    );
  });
});
