import {
  deepStrictEqual as deepEqual,
  match,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { SCHEMA } from "../../src/core/schema_version.ts";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { resolvePipeline, specOf } from "../../src/pipeline/resolve.ts";
import { decodeCheckpoint, findCheckpoint } from "../../src/run/checkpoint_file.ts";
import { watchControl } from "../../src/run/control.ts";
import { glanceAt, openEvents, readEvents } from "../../src/run/event_file.ts";
import { followEvents, openFollower } from "../../src/run/follow_events.ts";
import { forecast } from "../../src/run/forecast.ts";
import { findGarbage, garbageOfRun } from "../../src/run/garbage.ts";
import { findOwnRun, findRun, listRuns, readRun } from "../../src/run/list.ts";
import { holderText, readHolder, takeLock } from "../../src/run/lock.ts";
import { readMetrics } from "../../src/run/metrics_file.ts";
import { readProgress } from "../../src/run/progress.ts";
import { openRecord, writeRecord } from "../../src/run/record.ts";
import { findResumption } from "../../src/run/resume.ts";
import { findCached, listCached } from "../../src/run/stage_cache.ts";
import older from "../fixtures/older_version/pipeline.ts";
import { type Age, AGES, copyOtherVersion, NEWER, OTHER, snapshot } from "../support/other_versions.ts";
import { recordOf, withFolder } from "./temporary.ts";

const { pipeline, keys } = await resolvedOlder();
const YEARS = 4e12;

async function resolvedOlder() {
  const pipeline = resolvePipeline(older, { overrides: [] });
  return { pipeline, keys: await stageKeys(pipeline, "wasm") };
}

/** A folder of runs of another version, which a test must leave as it is. */
async function withOther(age: Age, test: (root: string) => Promise<void> | void): Promise<void> {
  await withFolder(async (root) => {
    copyOtherVersion(root, age);
    const before = snapshot(root);
    await test(root);
    deepEqual(snapshot(root), before, "nothing was changed");
  });
}

/** The versions of the fixtures, see their README. */
const OLDER: Partial<Record<keyof typeof SCHEMA, number>> = { run: 1, events: 1, checkpoint: 1, cache: 3 };

/** The sentence about a file. */
function sentence(name: keyof typeof SCHEMA, age: Age, got: number | "none" = OLDER[name] ?? 0): RegExp {
  const found = age === "older" ? `${got}: an older` : `${NEWER}: a newer`;
  return new RegExp(` must have ${name} schema ${SCHEMA[name]}, got ${found} version wrote it \\(`);
}

for (const age of AGES) {
  Deno.test(`listRuns() lists runs of ${age === "older" ? "an older" : "a newer"} version as such, with one sentence each`, async () => {
    await withOther(age, async (root) => {
      const problems: string[] = [];
      const entries = await listRuns(root, "older", (problem) => problems.push(problem));
      deepEqual(entries.map(({ id, pipeline, status, record }) => ({ id, pipeline, status, record })), [
        { id: OTHER.stopped, pipeline: "older", status: `${age} version`, record: undefined },
        { id: OTHER.complete, pipeline: "older", status: `${age} version`, record: undefined },
      ]);
      equal(problems.length, 2);
      for (const problem of problems) match(problem, sentence("run", age));
      await rejects(() => findRun(root), /must hold a run, got none that can be read/);
      const entry = await findRun(root, OTHER.complete);
      equal(entry.other?.age, age);
      await rejects(() => findOwnRun(root, OTHER.complete), {
        name: "UsageError",
        message: sentence("run", age),
      });
    });
  });

  Deno.test(`readRun() reports a live run of ${age} version as running, and reads nothing of it`, async () => {
    await withFolder(async (root) => {
      copyOtherVersion(root, age);
      const folder = `${root}/older/${OTHER.stopped}`;
      const lock = await takeLock(`${folder}/lock`, { pid: 1, host: "h", since: "s", run: "r" });
      ok("release" in lock);
      const { status, record, other } = await readRun(folder);
      deepEqual([status, record, other?.age], ["running", undefined, age]);
      lock.release();
    });
  });

  Deno.test(`the readers of events refuse those of ${age} version`, async () => {
    await withOther(age, async (root) => {
      const folder = `${root}/older/${OTHER.complete}`, refused = { message: sentence("events", age) };
      await rejects(() => readEvents(folder), refused);
      await rejects(() => openEvents(folder), refused);
      await rejects(() => glanceAt(folder), refused);
      const follower = openFollower(folder);
      throws(() => follower.read(), refused);
      follower.close();
      const signal = new AbortController().signal;
      await rejects(() => followEvents(folder, { signal, onEvents: () => ok(false) }), refused);
    });
  });

  Deno.test(`findCheckpoint() skips a checkpoint of ${age} version, and names it`, async () => {
    await withOther(age, async (root) => {
      const folder = `${root}/older/${OTHER.stopped}`, file = `${folder}/checkpoints/train.last.safetensors`;
      const bytes = await Deno.readFile(file);
      throws(() => decodeCheckpoint(bytes, file), { message: sentence("checkpoint", age) });
      const { found, problems } = await findCheckpoint(folder, "train", { key: "any" });
      equal(found, undefined);
      equal(problems.length, 1);
      match(problems[0], sentence("checkpoint", age));
    });
  });

  Deno.test(`findCached() takes no result of ${age} version, and listCached() lists it apart`, async () => {
    await withOther(age, async (root) => {
      match(String(await findCached(root, OTHER.cacheKey)), sentence("cache", age));
      const { entries, others } = await listCached(root);
      deepEqual(entries, []);
      deepEqual(others.map(({ key, other }) => [key, other.age]), [[OTHER.cacheKey, age]]);
    });
  });

  Deno.test(`forecast() says that a result is of ${age} version`, async () => {
    await withOther(age, async (root) => {
      await Deno.rename(`${root}/.cache/${OTHER.cacheKey}`, `${root}/.cache/${keys.get("train")!.key}`);
      const stages = await forecast(pipeline, keys, { root, forced: [] });
      const article = age === "older" ? "an older" : "a newer";
      deepEqual(stages.get("train"), { isCached: false, why: `its cached result is of ${article} version` });
      await Deno.rename(`${root}/.cache/${keys.get("train")!.key}`, `${root}/.cache/${OTHER.cacheKey}`);
    });
  });

  Deno.test(`findGarbage() keeps runs of ${age} version however old, and offers cached results of that version`, async () => {
    await withOther(age, async (root) => {
      const problems: string[] = [];
      const garbage = await findGarbage({
        root,
        olderThan: 0,
        runsOlderThan: 0,
        now: YEARS,
        onProblem: (problem) => problems.push(problem),
      });
      deepEqual(garbage.map(({ path, why }) => [path, why]), [
        [
          `${root}/.cache/${OTHER.cacheKey}`,
          `cached result of ${age === "older" ? "an older" : "a newer"} version`,
        ],
      ]);
      equal(problems.length, 2);
      const removed = await garbageOfRun(await findRun(root, OTHER.complete));
      deepEqual(removed.map(({ path }) => path), [`${root}/older/${OTHER.complete}`], "when it is named");
    });
  });

  Deno.test(`findResumption() resumes from no run of ${age} version`, async () => {
    await withOther(age, async (root) => {
      const engine = { name: "wasm", threads: null, cores: 2 } as const;
      const query = {
        root,
        spec: specOf(pipeline),
        engine,
        isEngineChosen: false,
        keysOf: () => Promise.resolve(keys),
      };
      const found = await findResumption({ ...query, wanted: "auto" });
      ok("startOver" in found);
      match(found.startOver, sentence("run", age));
      await rejects(
        () => findResumption({ ...query, wanted: OTHER.stopped }),
        { name: "UsageError", message: sentence("run", age) },
      );
    });
  });

  Deno.test(`findResumption() resumes from no run whose events are of ${age} version`, async () => {
    await withFolder(async (root) => {
      copyOtherVersion(root, age);
      await writeRecord(
        `${root}/older/${OTHER.stopped}`,
        recordOf(OTHER.stopped, { spec: specOf(pipeline) }),
      );
      const engine = { name: "wasm", threads: null, cores: 2 } as const;
      const query = {
        root,
        spec: specOf(pipeline),
        engine,
        isEngineChosen: false,
        keysOf: () => Promise.resolve(keys),
      };
      await rejects(() => findResumption({ ...query, wanted: OTHER.stopped }), {
        message: sentence("events", age),
      });
    });
  });

  Deno.test(`readProgress(), readHolder() and watchControl() ignore files of ${age} version`, async () => {
    await withFolder(async (root) => {
      copyOtherVersion(root, age);
      const folder = `${root}/older/${OTHER.stopped}`;
      equal(readProgress(folder), undefined);
      equal(holderText(await readHolder(`${folder}/lock`)), "another process");
      const asked: unknown[] = [], watch = watchControl(folder, (control) => asked.push(control));
      await new Promise((resolve) => setTimeout(resolve, 500));
      watch.close();
      deepEqual(asked, []);
    });
  });

  Deno.test(`readMetrics() and openRecord() give a sentence for files of ${age} version`, async () => {
    await withOther(age, async (root) => {
      const folder = `${root}/older/${OTHER.complete}`;
      match(String(await readMetrics(folder)), sentence("metrics", age, "none"));
      const { record, content, problem, other } = await openRecord(folder);
      deepEqual([record, content, other?.age], [undefined, undefined, age]);
      match(problem!, sentence("run", age));
    });
  });
}
