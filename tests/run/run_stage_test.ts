import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { z } from "zod";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { type Pipeline, pipeline } from "../../src/pipeline/pipeline.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { type StageContext, stageOf, type StageResult } from "../../src/pipeline/stage.ts";
import { NO_PORT } from "../../src/run/checkpoint_port.ts";
import { openEventLog } from "../../src/run/event_log.ts";
import { execute } from "../../src/run/execute.ts";
import type { Execution } from "../../src/run/execution.ts";
import { cacheFolder } from "../../src/run/stage_cache.ts";
import { stopFlag } from "../../src/run/stop.ts";
import { withFolder } from "./temporary.ts";
import { infoFor, metricsOf } from "../support/metrics.ts";

type Emitted = RunEvent & { from?: "cache" };
type Outputs = { done?: unknown };

/** A stage that counts how often it computes. */
function counting(run: (context: StageContext) => StageResult<Outputs>) {
  let count = 0;
  const stage = stageOf<unknown, object, Outputs>({
    kind: "work",
    version: 1,
    inputs: [],
    outputs: ["done"],
    schema: z.strictObject({ name: z.string().optional() }),
    async run(_input, _options, context) {
      count++;
      await context.writeArtifact(`${context.name}.txt`, "a title", `by ${context.name}`);
      context.emit({ type: "log", message: `from ${context.name}` });
      return run(context);
    },
  }, {});
  return { stage, count: () => count };
}

/** Runs stages in a new folder next to a cache; returns the emitted events and the folder. */
async function runOnce(
  root: string,
  id: string,
  stages: ReturnType<typeof counting>["stage"][],
  { forced = [], ...changes }: Partial<Execution> & { forced?: string[] } = {},
): Promise<{ events: Emitted[]; folder: string }> {
  const folder = `${root}/${id}`, events: Emitted[] = [];
  await Deno.mkdir(`${folder}/artifacts`, { recursive: true });
  const log = openEventLog(folder, () => {});
  const chain = stages.reduce<Pipeline<object>>((made, stage) => made.pipe(stage), pipeline("test"));
  const resolved = resolvePipeline(chain);
  await execute({
    pipeline: resolved,
    keys: await stageKeys(resolved, "wasm"),
    port: NO_PORT,
    plan: {
      gates: [],
      engine: { name: "wasm", threads: null, cores: 2 },
      engineText: "wasm, 1 thread",
      debug: false,
      cache: { root, forced },
    },
    place: { id, folder },
    signal: stopFlag(),
    emit(event, from) {
      events.push((from === undefined ? event : { ...event, from }) as Emitted);
      log.add(event);
    },
    flushEvents: log.flush,
    ...changes,
  });
  log.close();
  return { events, folder };
}

Deno.test("runStage() takes an earlier result from the cache: files, events, metrics, and reports it", async () => {
  await withFolder(async (root) => {
    const { stage, count } = counting(() => ({
      outputs: { done: 1 },
      note: "well",
      metrics: metricsOf({ loss: 0.5 }),
    }));
    await runOnce(root, "A", [stage]);
    const { events, folder } = await runOnce(root, "B", [stage]);
    equal(count(), 1);
    equal(await Deno.readTextFile(`${folder}/artifacts/work.txt`), "by work");
    deepEqual(JSON.parse(await Deno.readTextFile(`${folder}/artifacts/metrics.json`)), {
      $version: SCHEMA.metrics,
      work: { loss: 0.5 },
      $info: { work: { loss: infoFor("loss") } },
    });
    const types = events.filter(({ from }) => from === "cache").map(({ type }) => type);
    deepEqual(types, ["artifact", "log"], "marked as cached");
    const finished = events.find((event) => event.type === "stage" && event.state === "finished");
    ok(finished?.type === "stage" && finished.cached === "A" && finished.note === "cached from A: well");
    const again = await runOnce(root, "C", [stage], { forced: ["work"] });
    deepEqual([count(), again.events.filter(({ from }) => from === "cache").length], [2, 0]);
  });
});

Deno.test("runStage() gives two stages with the same options separate files and events", async () => {
  await withFolder(async (root) => {
    const { stage, count } = counting(() => ({ outputs: { done: 1 } }));
    for (const id of ["A", "B"]) {
      const { folder, events } = await runOnce(root, id, [stage, stage]);
      for (const name of ["work", "work2"]) {
        equal(await Deno.readTextFile(`${folder}/artifacts/${name}.txt`), `by ${name}`);
      }
      const logs = events.flatMap((event) =>
        event.type === "log" ? [`${event.stage}: ${event.message}`] : []
      );
      deepEqual(logs, ["work: from work", "work2: from work2"]);
    }
    equal(count(), 2);
  });
});

Deno.test("runStage() warns about a damaged result, computes it, and later runs do not repeat the warning", async () => {
  await withFolder(async (root) => {
    const { stage, count } = counting(() => ({ outputs: { done: 1 } }));
    await runOnce(root, "A", [stage]);
    const [{ name }] = [...Deno.readDirSync(cacheFolder(root))];
    await Deno.truncate(`${cacheFolder(root)}/${name}/result.bin`, 3);
    const warnings = ({ events }: { events: Emitted[] }) =>
      events.filter(({ type }) => type === "warning").length;
    deepEqual([warnings(await runOnce(root, "B", [stage])), count()], [1, 2]);
    deepEqual([warnings(await runOnce(root, "C", [stage])), count()], [0, 2]);
  });
});

Deno.test("runStage() caches no result of a stage that was stopped, unfinished or failed", async () => {
  await withFolder(async (root) => {
    const signal = stopFlag();
    const stopped = counting(() => {
      signal.ask({ exitCode: 130, cause: "SIGINT" });
      return { outputs: { done: 1 } };
    });
    const unfinished = counting(() => ({ outputs: { done: 1 }, isUnfinished: true }));
    const failed = counting(() => {
      throw new Error("no luck");
    });
    await runOnce(root, "A", [stopped.stage], { signal });
    await runOnce(root, "B", [unfinished.stage]);
    await runOnce(root, "C", [failed.stage]);
    equal(await Deno.stat(cacheFolder(root)).then(() => "there", () => "none"), "none");
  });
});

Deno.test("runStage() warns and completes when the cache cannot be written", async () => {
  await withFolder(async (root) => {
    await Deno.writeTextFile(cacheFolder(root), "a file where a folder should be");
    const { stage } = counting(() => ({ outputs: { done: 1 } }));
    const { events } = await runOnce(root, "A", [stage]);
    const [warning] = events.filter((event) => event.type === "warning").slice(-1);
    ok(warning.message.startsWith("The result could not be cached: "));
    const end = events.at(-1)!;
    ok(end.type === "end" && end.status === "completed");
  });
});

Deno.test("execute() emits warnings after the start of the run", async () => {
  await withFolder(async (root) => {
    const { stage } = counting(() => ({ outputs: { done: 1 } }));
    const { events } = await runOnce(root, "A", [stage], {
      earlier: { seconds: 0, warnings: ["a checkpoint is damaged"] },
    });
    deepEqual(events.slice(0, 3).map(({ type }) => type), ["run", "warning", "stage"]);
  });
});

Deno.test("runStage() leaves non-finite numbers out of metrics.json and lists them in the note", async () => {
  await withFolder(async (root) => {
    const metrics = {
      ...metricsOf({ good: 0.5, bad: NaN, worse: -Infinity, zero: 0 }),
      wide: { value: 1, ...infoFor("wide"), interval: { low: 0, high: Infinity } },
    };
    const { stage } = counting(() => ({ outputs: { done: 1 }, note: "done", metrics }));
    for (const id of ["computed", "from the cache"]) {
      const { events, folder } = await runOnce(root, id, [stage]);
      const text = await Deno.readTextFile(`${folder}/artifacts/metrics.json`);
      deepEqual(JSON.parse(text).work, { good: 0.5, zero: 0 });
      const ended = events.find((event) => event.type === "stage" && event.state === "finished");
      ok(
        ended?.type === "stage" &&
          ended.note?.endsWith("done; not finite, so not in metrics.json: bad, worse, wide"),
      );
    }
  });
});
