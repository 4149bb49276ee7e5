import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../../src/core/errors.ts";
import { takeLock } from "../../../src/run/lock.ts";
import { type MergeOptions, mergeShards } from "../../../src/sweep/merge/merge.ts";
import type { TrialResult } from "../../../src/sweep/result.ts";
import { trialsOfShard } from "../../../src/sweep/shards/shard.ts";
import { markShard } from "../../../src/sweep/shards/shard_marks.ts";
import { withFolder } from "../../run/temporary.ts";
import { filesIn, fixturePlan, fixtureResult, idOf, writeShard } from "../../support/sweep_fixture.ts";

const PLAN = fixturePlan(), [FIRST, SECOND, THIRD, FOURTH] = PLAN.trials;
/** What each trial came to: the third is the best. */
const RESULTS = [0.4, 0.3, 0.1, 0.2].map((mse, at) => fixtureResult(PLAN.trials[at], mse));
const MERGER = { pid: 4711, host: "wolf", now: new Date(0) };

const merge = (folders: readonly string[], out: string, more: Partial<MergeOptions> = {}) =>
  mergeShards({ folders, out, merger: MERGER, ...more });

Deno.test("mergeShards() writes the same bytes for any partition of the trials into shards, in any order", () =>
  withFolder(async (folder) => {
    await writeShard(`${folder}/whole`, PLAN, RESULTS);
    await merge([`${folder}/whole`], `${folder}/m`);
    const whole = filesIn(`${folder}/m`);
    deepEqual(
      Object.keys(whole).filter((name) => !name.startsWith("trials/")).sort(),
      ["merged.json", "settings.csv", "settings.parquet", "sweep.json", "table.csv", "table.parquet"],
    );
    let at = 0;
    // Each trial is in one shard, or in two.
    const placed = fc.array(fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 2 }), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(placed, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), async (places, order) => {
        const root = `${folder}/${at++}`;
        for (const shard of order) {
          await writeShard(
            `${root}/${shard}`,
            PLAN,
            RESULTS.filter((_, trial) => places[trial].includes(shard)),
          );
        }
        await merge(order.map((shard) => `${root}/${shard}`), `${root}/m`);
        deepEqual(filesIn(`${root}/m`), whole);
        equal(await Deno.readTextFile(`${root}/m/merge.lock`), "", "who merged, and when, is not left");
      }),
      { seed: 1, numRuns: 30 },
    );
  }));

Deno.test("mergeShards() of two results of a trial that differ in their times alone gives the same bytes in both orders", () =>
  withFolder(async (folder) => {
    const first = fixtureResult(FIRST, 0.4), train = { ...first.metrics.train, seconds: 7 };
    const again = { ...first, run: "20261129-130000-0000", seconds: 9, metrics: { ...first.metrics, train } };
    await writeShard(`${folder}/a`, PLAN, RESULTS);
    await writeShard(`${folder}/b`, PLAN, [again]);
    await merge([`${folder}/a`, `${folder}/b`], `${folder}/ab`);
    await merge([`${folder}/b`, `${folder}/a`], `${folder}/ba`);
    deepEqual(filesIn(`${folder}/ab`), filesIn(`${folder}/ba`));
  }));

Deno.test("mergeShards() takes a complete trial over its failure on another machine", () =>
  withFolder(async (folder) => {
    const failed = fixtureResult(FIRST, NaN, {
      state: "failed",
      exitCode: 1,
      reason: "out of memory",
      metrics: {},
      info: {},
    });
    await writeShard(`${folder}/a`, PLAN, [failed]);
    await writeShard(`${folder}/b`, PLAN, RESULTS);
    const { pooled } = await merge([`${folder}/a`, `${folder}/b`], `${folder}/m`);
    equal(pooled.results.get(FIRST.id)?.state, "complete");
  }));

Deno.test("mergeShards() of merges gives the same bytes as of their shards", () =>
  withFolder(async (folder) => {
    for (
      const [name, results] of [["a", RESULTS.slice(0, 1)], ["b", RESULTS.slice(1, 3)], [
        "c",
        RESULTS.slice(3),
      ]] as const
    ) {
      await writeShard(`${folder}/${name}`, PLAN, results);
    }
    await merge(["a", "b", "c"].map((name) => `${folder}/${name}`), `${folder}/all`);
    await merge([`${folder}/a`, `${folder}/b`], `${folder}/ab`, { allowPartial: true });
    await merge([`${folder}/ab`, `${folder}/c`], `${folder}/abc`);
    deepEqual(filesIn(`${folder}/abc`), filesIn(`${folder}/all`));
  }));

Deno.test("mergeShards() of many trials writes one file of results, which a merge reads as it reads files", () =>
  withFolder(async (folder) => {
    await writeShard(`${folder}/a`, PLAN, RESULTS.slice(0, 3));
    await writeShard(`${folder}/b`, PLAN, RESULTS.slice(3));
    const folders = [`${folder}/a`, `${folder}/b`];
    await merge(folders, `${folder}/files`);
    await merge(folders, `${folder}/one`, { mostFiles: 3 });
    const { "trials.jsonl": lines, ...rest } = filesIn(`${folder}/one`), files = filesIn(`${folder}/files`);
    deepEqual(
      rest,
      Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith("trials/"))),
    );
    const texts = new TextDecoder().decode(Uint8Array.fromHex(lines)).trimEnd().split("\n");
    deepEqual(texts.map((text) => JSON.parse(text).trial), PLAN.trials.map(({ id }) => id));
    await merge([`${folder}/one`], `${folder}/again`);
    deepEqual(filesIn(`${folder}/again`), files);
    // One form replaces the other.
    await merge([`${folder}/files`], `${folder}/one`);
    deepEqual(filesIn(`${folder}/one`), files);
  }));

Deno.test("mergeShards() refuses a file of results that was copied in part, is damaged, or holds another trial", () =>
  withFolder(async (folder) => {
    await writeShard(`${folder}/a`, PLAN, RESULTS);
    const file = `${folder}/one/trials.jsonl`, into = `${folder}/m`;
    const refused = async (change: (text: string) => string, message: RegExp) => {
      await merge([`${folder}/a`], `${folder}/one`, { mostFiles: 0 });
      await Deno.writeTextFile(file, change(await Deno.readTextFile(file)));
      await rejects(merge([`${folder}/one`], into), message);
      await rejects(Deno.stat(into), Deno.errors.NotFound);
    };
    await refused(
      (text) => text.slice(0, -100),
      /trials\.jsonl" must end with a whole line, got a part of one/,
    );
    await refused(
      (text) => text.replace('"state"', '"stat"'),
      /trials\.jsonl, trial 1a2b3c4d00000000" must be the result/,
    );
    await refused((text) => `\n${text}`, /must hold a result in each line, got another/);
    await refused(
      (text) => text.replaceAll(FOURTH.id, idOf(9)),
      /trial 1a2b3c4d00000009" must be .*does not list/,
    );
  }));

/** What is wrong with shards, by how they differ from two good ones: `a` has three trials, `b` one. */
const REFUSED: {
  name: string;
  arrange: (folder: string, a: string, b: string) => Promise<unknown>;
  options?: Partial<MergeOptions>;
  message: RegExp;
}[] = [
  {
    name: "trials are missing",
    arrange: (_, __, b) => Deno.remove(`${b}/trials/${idOf(3)}.json`),
    message:
      /must hold the results of all 4 trials of sweep letters 0123456789abcdef, got 3: 1a2b3c4d00000003 \(learningRate 0\.003, seed 2\) are missing/,
  },
  {
    name: "a folder holds another sweep",
    async arrange(folder) {
      await Deno.remove(`${folder}/b`, { recursive: true });
      await writeShard(`${folder}/b`, fixturePlan({ sweep: "fedcba9876543210" }), []);
    },
    message:
      /\/b\/letters.sweep\/fedcba9876543210" must hold sweep 0123456789abcdef as ".*\/a\/letters.sweep\/0123456789abcdef" does, got another[^]*letters fedcba9876543210, 4 trials, in/,
  },
  {
    name: "a folder holds two sweeps",
    arrange: (folder) => writeShard(`${folder}/b`, fixturePlan({ sweep: "fedcba9876543210" }), []),
    message:
      /must hold one sweep, got 2 \(--sweep NAME or ID chooses one\):\n {4}letters 0123456789abcdef, 4 trials, in .*\n {4}letters fedcba9876543210/,
  },
  {
    name: "a folder lacks the named sweep",
    arrange: () => Promise.resolve(),
    options: { sweep: "digits" },
    message: /\/a" must hold a sweep "digits", got none of this name or id/,
  },
  {
    name: "a folder is none",
    arrange: (folder) => Deno.remove(`${folder}/b`, { recursive: true }),
    message: /\/b" must be a folder of runs, or of a sweep, got nothing of that name/,
  },
  {
    name: "a folder holds no sweep",
    arrange: (folder) => Deno.remove(`${folder}/b/letters.sweep`, { recursive: true }),
    message: /\/b" must hold a sweep, got a folder without any/,
  },
  {
    name: "a trial has two results that differ",
    arrange: (folder) => writeShard(`${folder}/b`, PLAN, [RESULTS[3], fixtureResult(FIRST, 0.41)]),
    message:
      /trial 1a2b3c4d00000000 must have one result, got two that differ in evaluate\.mse \(0\.4, 0\.41\):\n.*\/a\/.*0000\.json\n.*\/b\/.*0000\.json/,
  },
  {
    name: "a trial has two results of different engines that differ",
    async arrange(folder) {
      const { resources } = RESULTS[0], other = { ...resources, engine: "wasm", threads: 1 };
      await writeShard(`${folder}/b`, PLAN, [RESULTS[3], fixtureResult(FIRST, 0.41, { resources: other })]);
    },
    message: /computed with engine native, 2 threads, .*, and engine wasm, 1 thread, /,
  },
  {
    name: "a trial is complete in one shard and was stopped early in another",
    arrange: (folder) =>
      writeShard(`${folder}/b`, PLAN, [RESULTS[3], fixtureResult(FIRST, 0.4, { state: "stoppedEarly" })]),
    message: /got two that differ in their state \(complete, stoppedEarly\)/,
  },
  {
    name: "a trial has trained for other epochs in another shard",
    arrange: (folder) =>
      writeShard(`${folder}/b`, PLAN, [RESULTS[3], fixtureResult(FIRST, 0.4, { epochs: 19 })]),
    message: /got two that differ in epochs \(20, 19\)/,
  },
  {
    name: "a result is truncated",
    arrange: (_, a) => Deno.truncate(`${a}/trials/${idOf(1)}.json`, 300),
    message: /\/trials\/1a2b3c4d00000001\.json" must be the result of a trial, got: .*\(copy it again\)/,
  },
  {
    name: "a result lacks its metrics",
    async arrange(_, a) {
      const file = `${a}/trials/${idOf(1)}.json`,
        { metrics: _metrics, ...rest } = JSON.parse(await Deno.readTextFile(file));
      await Deno.writeTextFile(file, JSON.stringify(rest));
    },
    message: /0001\.json" must be the result of a trial, got: metrics: .*\(copy it again\)/,
  },
  {
    name: "a complete trial has no metric where others have some",
    arrange: (folder) =>
      writeShard(`${folder}/a`, PLAN, [fixtureResult(SECOND, 0, { metrics: {}, info: {} })]),
    message: /0001\.json" must have metrics as the other complete trials do, got none \(copy it again\)/,
  },
  {
    name: "a result is of another trial",
    arrange: (_, a) => Deno.copyFile(`${a}/trials/${idOf(0)}.json`, `${a}/trials/${idOf(1)}.json`),
    message: /0001\.json" must be the result of a trial, got: that of trial 1a2b3c4d00000000/,
  },
  {
    name: "a result is of another sweep",
    arrange: (folder) =>
      writeShard(`${folder}/a`, PLAN, [fixtureResult(FIRST, 0.4, { sweep: "fedcba9876543210" })]),
    message: /0000\.json" must be a result of sweep 0123456789abcdef, got one of fedcba9876543210/,
  },
  {
    name: "a result is of a trial that the plan does not list",
    arrange: (_, a) => Deno.writeTextFile(`${a}/trials/${idOf(9)}.json`, "{}"),
    message:
      /0009\.json" must be the result of a trial of the sweep, got one that ".*sweep\.json" does not list/,
  },
  {
    name: "the plan is truncated",
    arrange: (_, __, b) => Deno.truncate(`${b}/sweep.json`, 100),
    message: /\/b\/.*\/sweep\.json" must be the plan of a sweep, got: /,
  },
  {
    name: "the plan was not copied",
    arrange: (_, __, b) => Deno.remove(`${b}/sweep.json`),
    message: /\/b\/.*\/sweep\.json" must be the plan of a sweep, got: no file/,
  },
  {
    name: "the results were not copied",
    arrange: (_, __, b) => Deno.remove(`${b}/trials`, { recursive: true }),
    message: /\/b\/letters\.sweep\/0123456789abcdef" must hold the folder "trials", got none/,
  },
  {
    name: "the plan is of an older version",
    async arrange(_, __, b) {
      const text = await Deno.readTextFile(`${b}/sweep.json`);
      await Deno.writeTextFile(`${b}/sweep.json`, text.replace(/"schema": \d+/, '"schema": 1'));
    },
    message: /sweep\.json" must have sweep schema \d+, got 1: an older version wrote it/,
  },
  {
    name: "a result is of a newer version",
    async arrange(_, a) {
      const file = `${a}/trials/${idOf(0)}.json`, text = await Deno.readTextFile(file);
      await Deno.writeTextFile(file, text.replace(/"schema": \d+/, '"schema": 99'));
    },
    message: /0000\.json" must have trial schema \d+, got 99: a newer version wrote it/,
  },
  {
    name: "the output holds something else",
    async arrange(folder) {
      await Deno.mkdir(`${folder}/m`);
      await Deno.writeTextFile(`${folder}/m/notes.txt`, "mine");
    },
    message:
      /--out must be a new or empty folder, or an earlier merge of the sweep, got ".*\/m", which holds "notes\.txt"/,
  },
  {
    name: "the output is a file",
    arrange: (folder) => Deno.writeTextFile(`${folder}/m`, "mine"),
    message: /--out must be a folder, got ".*\/m"/,
  },
  {
    name: "the metric is unknown",
    arrange: () => Promise.resolve(),
    options: { metric: "evaluate.msee" },
    message:
      /--metric must be a metric that the trials measured, got "evaluate\.msee" \(did you mean "evaluate\.mse"\?\)/,
  },
  {
    name: "the metric has no direction",
    arrange: () => Promise.resolve(),
    options: { metric: "train.epochs" },
    message: /--metric must be a metric with one direction .*, got train\.epochs, which has none/,
  },
];

for (const { name, arrange, options, message } of REFUSED) {
  Deno.test(`mergeShards() refuses, and writes nothing, where ${name}`, () =>
    withFolder(async (folder) => {
      const a = await writeShard(`${folder}/a`, PLAN, RESULTS.slice(0, 3));
      const b = await writeShard(`${folder}/b`, PLAN, RESULTS.slice(3));
      await arrange(folder, a, b);
      const before = await Deno.stat(`${folder}/m`).then(({ isFile }) => isFile ? "file" : "folder", () =>
        "none");
      await rejects(merge([`${folder}/a`, `${folder}/b`], `${folder}/m`, options), (thrown) => {
        ok(thrown instanceof UsageError, String(thrown));
        match(thrown.message, message);
        return true;
      });
      if (before === "none") {
        await rejects(Deno.stat(`${folder}/m`), Deno.errors.NotFound);
      }
      if (before === "file") {
        equal(await Deno.readTextFile(`${folder}/m`), "mine");
      }
      if (before === "folder") {
        deepEqual(filesIn(`${folder}/m`), { "notes.txt": new TextEncoder().encode("mine").toHex() });
      }
    }));
}

Deno.test("mergeShards() with allowPartial merges what is there, and names what is missing", () =>
  withFolder(async (folder) => {
    await writeShard(`${folder}/a`, PLAN, [RESULTS[0], RESULTS[2]]);
    const { missing, notices, best } = await merge([`${folder}/a`], `${folder}/m`, { allowPartial: true });
    deepEqual(missing, [SECOND, FOURTH]);
    equal(best?.trial, THIRD.id);
    match(notices[0], /^without 1a2b3c4d00000001 .*, 1a2b3c4d00000003 .*, which are missing$/);
    const summary = JSON.parse(await Deno.readTextFile(`${folder}/m/merged.json`));
    deepEqual([summary.complete, summary.missing], [2, [SECOND.id, FOURTH.id]]);
    // The rest comes later, and replaces the merge.
    await writeShard(`${folder}/b`, PLAN, [RESULTS[1], RESULTS[3]]);
    await merge([`${folder}/a`, `${folder}/b`], `${folder}/m`);
    await merge([`${folder}/b`, `${folder}/a`], `${folder}/n`);
    deepEqual(filesIn(`${folder}/m`), filesIn(`${folder}/n`));
  }));

Deno.test("mergeShards() says which trials are started and running where some are missing", () =>
  withFolder(async (folder) => {
    const a = await writeShard(`${folder}/a`, PLAN, RESULTS.slice(0, 2)),
      lock = `${a}/trials/${THIRD.id}.lock`;
    await Deno.writeTextFile(`${a}/trials/${FOURTH.id}.lock`, "");
    const held = await takeLock(lock, { pid: 1, host: "", since: "", run: "new" });
    ok("release" in held);
    await rejects(merge([`${folder}/a`], `${folder}/m`), /\/a\/.*": 1 running now, 1 started and not ended/);
    held.release();
  }));

Deno.test("mergeShards() names the shards that have the missing trials, where all that were started are of one number", () =>
  withFolder(async (folder) => {
    const own = trialsOfShard(PLAN.trials, { index: 2, count: 2 }).map(({ id }) => id);
    const a = await writeShard(`${folder}/a`, PLAN, RESULTS.filter(({ trial }) => !own.includes(trial)));
    await markShard(a, { index: 1, count: 2 });
    await rejects(merge([`${folder}/a`], `${folder}/m`), /\n {4}they belong to --shard 2\/2\n/);
    await markShard(a, { index: 1, count: 3 });
    await rejects(
      merge([`${folder}/a`], `${folder}/m`),
      ({ message }: Error) => !message.includes("they belong to"),
    );
  }));

Deno.test("mergeShards() says in what engines, threads and processors differ, and merges", () =>
  withFolder(async (folder) => {
    const { resources } = RESULTS[0];
    const other = { ...resources, engine: "wasm", threads: 1, cpu: "another processor" };
    await writeShard(`${folder}/a`, PLAN, RESULTS.slice(0, 3));
    await writeShard(`${folder}/b`, PLAN, [fixtureResult(FOURTH, 0.2, { resources: other })]);
    const { notices } = await merge([`${folder}/a`, `${folder}/b`], `${folder}/m`);
    deepEqual(notices.slice(0, 3).map((text) => text.split(":")[0]), [
      "trials were computed with engine native (3 trials) and engine wasm (1 trial)",
      "trials were computed with 1 thread (1 trial) and 2 threads (3 trials)",
      "trials were computed with processor a processor (3 trials) and processor another processor (1 trial)",
    ]);
  }));

Deno.test("mergeShards() chooses one of several sweeps by its pipeline's name or the beginning of its id", () =>
  withFolder(async (folder) => {
    await writeShard(`${folder}/a`, PLAN, RESULTS);
    await writeShard(`${folder}/a`, fixturePlan({ sweep: "fedcba9876543210", pipeline: "digits" }), []);
    for (const sweep of ["letters", "0123", "0123456789abcdef"]) {
      const { pooled } = await merge([`${folder}/a`], `${folder}/m`, { sweep });
      equal(pooled.plan.pipeline, "letters");
    }
  }));

Deno.test("mergeShards() replaces what a killed merge left, and leaves files of others alone", () =>
  withFolder(async (folder) => {
    const out = `${folder}/m`;
    await writeShard(`${folder}/a`, PLAN, RESULTS);
    await merge([`${folder}/a`], out);
    const whole = filesIn(out);
    await Deno.remove(`${out}/merged.json`);
    await Deno.remove(`${out}/sweep.json`);
    await Deno.mkdir(`${out}/merge.tmp/trials`, { recursive: true });
    await merge([`${folder}/a`], out);
    deepEqual(filesIn(out), whole);
    await Deno.writeTextFile(`${out}/notes.txt`, "mine");
    await merge([`${folder}/a`], out);
    equal(await Deno.readTextFile(`${out}/notes.txt`), "mine");
  }));

Deno.test("mergeShards() refuses an output with another sweep, that is merged itself, or that another process writes", () =>
  withFolder(async (folder) => {
    const out = `${folder}/m`;
    await writeShard(`${folder}/a`, PLAN, RESULTS);
    await merge([`${folder}/a`], out);
    const whole = filesIn(out);
    await rejects(
      merge([`${folder}/a`, out], out),
      /--out must be another folder than those that are merged/,
    );
    const other = fixturePlan({ sweep: "fedcba9876543210" });
    await writeShard(`${folder}/b`, other, RESULTS.map((result) => ({ ...result, sweep: other.sweep })));
    await rejects(
      merge([`${folder}/b`], out),
      /a merge of sweep fedcba9876543210, got ".*" with sweep 0123456789abcdef/,
    );
    const held = await takeLock(`${out}/merge.lock`, { pid: 12, host: "fox", since: "", run: "merge" });
    ok("release" in held);
    await rejects(
      merge([`${folder}/a`], out),
      /--out must not be written by two merges at once, got ".*", which process 12 on fox writes/,
    );
    held.release();
    deepEqual(filesIn(out), whole);
  }));

Deno.test("mergeShards() leaves nothing of a new folder, and all of an earlier merge, where the rest of it fails", () =>
  withFolder(async (folder) => {
    const out = `${folder}/m`, options = { folders: [`${folder}/a`], out, merger: MERGER };
    await writeShard(`${folder}/a`, PLAN, RESULTS);
    const fail = () => Promise.reject(new Error("no space left on device"));
    await rejects(mergeShards(options, fail), /no space left/);
    await rejects(Deno.stat(out), Deno.errors.NotFound);
    await mergeShards(options);
    const whole = filesIn(out);
    await rejects(mergeShards(options, fail), /no space left/);
    deepEqual(filesIn(out), whole);
  }));

Deno.test("mergeShards() names plans that differ in what is no part of the sweep's id, and uses the same one in any order", () =>
  withFolder(async (folder) => {
    await writeShard(`${folder}/a`, PLAN, RESULTS.slice(0, 2));
    await writeShard(`${folder}/b`, fixturePlan({ file: "./letters.ts" }), RESULTS.slice(2));
    const { notices } = await merge([`${folder}/a`, `${folder}/b`], `${folder}/ab`);
    match(notices[0], /^the plans of ".*" and ".*" differ in file: the first is used$/);
    await merge([`${folder}/b`, `${folder}/a`], `${folder}/ba`);
    deepEqual(filesIn(`${folder}/ab`), filesIn(`${folder}/ba`));
  }));

/** Results of the trials by their errors, to a best trial. */
function bestOf(results: readonly TrialResult[], options: Record<string, unknown> = {}, metric?: string) {
  return withBest(results, options, metric);
}
async function withBest(results: readonly TrialResult[], options: Record<string, unknown>, metric?: string) {
  let best: string | undefined;
  await withFolder(async (folder) => {
    await writeShard(`${folder}/a`, fixturePlan({ options }), results);
    const found = (await merge([`${folder}/a`], `${folder}/m`, { metric, allowPartial: true })).best;
    best = found === undefined
      ? undefined
      : `${found.address} ${found.value} ${PLAN.trials.findIndex(({ id }) => id === found.trial)}`;
  });
  return best;
}

Deno.test("mergeShards() takes the best trial by the metric's own direction, of equal ones the first of the plan", async () => {
  equal(await bestOf(RESULTS), "evaluate.mse 0.1 2");
  equal(await bestOf([...RESULTS.slice(0, 3), fixtureResult(FOURTH, 0.1)]), "evaluate.mse 0.1 2");
  const higher = RESULTS.map((result) => ({
    ...result,
    metrics: { ...result.metrics, evaluate: { accuracy: result.metrics.evaluate.mse } },
    info: {
      ...result.info,
      evaluate: { accuracy: { unit: "share of pixels", direction: "higher" as const } },
    },
  }));
  equal(await bestOf(higher), "evaluate.accuracy 0.4 0");
});

Deno.test("mergeShards() takes the metric of the command line before that of the sweep, and that before its success condition", async () => {
  const results = RESULTS.map((result, at) => ({
    ...result,
    metrics: {
      ...result.metrics,
      evaluate: { ...result.metrics.evaluate, wrong: at, elbo: at === 1 ? 5 : 0 },
    },
    info: {
      ...result.info,
      evaluate: {
        ...result.info.evaluate,
        wrong: { unit: "pixels", direction: "lower" as const },
        elbo: { unit: "nats/sample", direction: "higher" as const },
      },
    },
  }));
  const options = { metric: "evaluate.wrong", success: "evaluate.elbo > 2" };
  equal(await bestOf(results, options, "evaluate.mse"), "evaluate.mse 0.1 2");
  equal(await bestOf(results, options), "evaluate.wrong 0 0");
  equal(await bestOf(results, { success: options.success }), "evaluate.elbo 5 1");
});

Deno.test("mergeShards() never takes a failed trial, one that was stopped early, or one without the metric for the best", async () => {
  const [, second, third, fourth] = RESULTS;
  equal(
    await bestOf([
      fixtureResult(FIRST, 0.001, { state: "failed" }),
      second,
      { ...third, state: "stoppedEarly" },
      { ...fourth, metrics: { train: { epochs: 20 } } },
    ]),
    "evaluate.mse 0.3 1",
  );
  equal(await bestOf([fixtureResult(FIRST, 0.001, { state: "failed" })]), undefined);
});
