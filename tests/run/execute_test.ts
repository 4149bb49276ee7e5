import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { z } from "zod";
import { RunEvent } from "../../src/pipeline/events.ts";
import { type Pipeline, pipeline } from "../../src/pipeline/pipeline.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { type StageContext, stageOf, type StageResult } from "../../src/pipeline/stage.ts";
import { parseGates } from "../../src/pipeline/gates.ts";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { NO_PORT } from "../../src/run/checkpoint_port.ts";
import { execute } from "../../src/run/execute.ts";
import { type StopFlag, stopFlag } from "../../src/run/stop.ts";
import { infoFor, metricsOf } from "../support/metrics.ts";

type Outputs = Record<string, unknown>;

/** A stage with the behaviour that a test sets, which records its inputs. */
function stage(
  kind: string,
  run: (input: Outputs, context: StageContext) => StageResult<Outputs> | Promise<StageResult<Outputs>>,
  optionalInputs: string[] = [],
) {
  const schema = z.strictObject({});
  return stageOf<unknown, object, object>({
    kind,
    version: 1,
    inputs: [],
    optionalInputs,
    outputs: [],
    schema,
    run: async (input, _options, context) => await run(input as Outputs, context),
  }, {});
}

type AnyStage = ReturnType<typeof stage>;

async function runStages(
  stages: AnyStage[],
  { stop = stopFlag(), gates = [] }: { stop?: StopFlag; gates?: string[] } = {},
): Promise<{ events: RunEvent[]; folder: string }> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/artifacts`);
  await Deno.mkdir(`${folder}/checkpoints`);
  const events: RunEvent[] = [];
  const chain = stages.reduce<Pipeline<object>>(
    (made, next) => made.pipe(next),
    pipeline("test", { seed: 5 }),
  );
  const pipelineToRun = resolvePipeline(chain);
  await execute({
    pipeline: pipelineToRun,
    keys: await stageKeys(pipelineToRun, "wasm"),
    port: NO_PORT,
    plan: {
      gates: parseGates(gates, stages.map(({ kind }) => kind)),
      engine: { name: "wasm", threads: null, cores: 2 },
      engineText: "wasm, 1 thread",
      debug: false,
    },
    flushEvents: () => 0,
    place: { id: "id", folder },
    signal: stop,
    emit: (event) => events.push(event),
  });
  events.forEach((event) => RunEvent.parse(JSON.parse(JSON.stringify(event))));
  return { events, folder };
}

Deno.test("execute() passes on the outputs of stages, emits their events, and ends completed", async () => {
  let seen: Outputs = {};
  const { events } = await runStages([
    stage("first", () => ({ outputs: { a: 1 }, note: "one" })),
    stage("second", (input) => {
      seen = input;
      return { outputs: {} };
    }, ["a"]),
  ]);
  deepEqual(seen, { a: 1 });
  deepEqual(events.map(({ type }) => type), ["run", "stage", "stage", "stage", "stage", "end"]);
  const end = events.at(-1)!;
  ok(end.type === "end" && end.status === "completed" && end.exitCode === 0);
});

Deno.test("execute() writes metrics.json after each stage, one object of stages, finite numbers alone", async () => {
  const { folder } = await runStages([
    stage("first", () => ({ outputs: {}, metrics: metricsOf({ loss: 0.5 }) })),
    stage("second", () => ({ outputs: {}, metrics: metricsOf({ "mse@0.3": 2, broken: NaN }) })),
  ]);
  const { $version, $info, ...values } = JSON.parse(
    await Deno.readTextFile(`${folder}/artifacts/metrics.json`),
  );
  equal($version, SCHEMA.metrics);
  deepEqual(values, { first: { loss: 0.5 }, second: { "mse@0.3": 2 } });
  deepEqual($info.second, { "mse@0.3": infoFor("mse") });
});

Deno.test("execute() ends failed with the message, runs no later stage, and keeps earlier metrics", async () => {
  let later = false;
  const { events, folder } = await runStages([
    stage("first", () => ({ outputs: {}, metrics: metricsOf({ loss: 0.5 }) })),
    stage("second", () => {
      throw new Error("no luck\n  at all");
    }),
    stage("third", () => {
      later = true;
      return { outputs: {} };
    }),
  ]);
  equal(later, false);
  const end = events.at(-1)!;
  ok(end.type === "end" && end.status === "failed" && end.exitCode === 1);
  equal(end.reason, "no luck at all");
  ok(
    events.some((event) =>
      event.type === "stage" && event.state === "failed" && event.note === "no luck at all"
    ),
  );
  ok(Deno.statSync(`${folder}/artifacts/metrics.json`).isFile);
});

Deno.test("execute() runs no stage after a stop request, and ends with the signal's exit code", async () => {
  const stop = stopFlag();
  let later = false;
  const { events } = await runStages([
    stage("first", () => {
      stop.ask({ exitCode: 143, cause: "SIGTERM" });
      return { outputs: {} };
    }),
    stage("second", () => {
      later = true;
      return { outputs: {} };
    }),
  ], { stop });
  equal(later, false);
  ok(events.some((event) => event.type === "stage" && event.state === "stopped"));
  const end = events.at(-1)!;
  ok(end.type === "end" && end.status === "stopped" && end.exitCode === 143);
  match(end.reason, /SIGTERM/);
});

Deno.test("execute() writes artifacts whole, creates their folders, and emits them", async () => {
  const { events, folder } = await runStages([
    stage("first", async (_input, { writeArtifact, writeCheckpoint }) => {
      await writeArtifact("deep/er/file.txt", "a text", "hello");
      await writeCheckpoint("first.bin", new Uint8Array([1, 2]));
      return { outputs: {} };
    }),
  ]);
  equal(await Deno.readTextFile(`${folder}/artifacts/deep/er/file.txt`), "hello");
  equal((await Deno.readFile(`${folder}/checkpoints/first.bin`)).length, 2);
  ok(
    events.some((event) =>
      event.type === "artifact" && event.file === "artifacts/deep/er/file.txt" && event.stage === "first"
    ),
  );
});

Deno.test("execute() ends with exit code 3 when a gate fails, and names it; the status stays completed", async () => {
  const measuring = stage(
    "evaluate",
    () => ({ outputs: {}, metrics: metricsOf({ elbo: -120, "mse@0.3": 0.5 }) }),
  );
  const endUnder = async (gates: string[]) => (await runStages([measuring], { gates })).events.at(-1)!;
  const failed = await endUnder(["evaluate.elbo < -110", "evaluate.mse@0.3 > 1", "evaluate.kl > 0"]);
  ok(failed.type === "end" && failed.status === "completed" && failed.exitCode === 3);
  equal(
    failed.reason,
    "GATE FAILED: evaluate.elbo = -120, must not be < -110 (nats/sample, higher is better); evaluate.kl was not measured, must not be > 0",
  );
  const passed = await endUnder(["evaluate.elbo < -130"]);
  ok(passed.type === "end" && passed.exitCode === 0);
});

Deno.test("execute() passes to a stage only its inputs", async () => {
  let seen: string[] = [];
  await runStages([
    stage("first", () => ({ outputs: { a: 1, b: 2, c: 3 } })),
    stage("second", (input) => {
      seen = Object.keys(input);
      return { outputs: {} };
    }, ["a", "c", "d"]),
  ]);
  deepEqual(seen, ["a", "c"]);
});
