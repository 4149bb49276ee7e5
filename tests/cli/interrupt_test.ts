import { match, ok, strictEqual as equal } from "node:assert/strict";
import { parseEvent } from "../../src/pipeline/events.ts";
import { onlyRun, outcomeOf, readJson, start, withRunsFolder } from "../support/program.ts";

/** A training of hours, cut short by a signal. */
const LONG = ["pipelines/glyphs-dae.ts", "--ui", "plain", "--set", "train.epochs=100000000"];

/** Waits until the run has logged an event of a type: `training` before the first batch, `epoch` after the first epoch. */
async function untilEvent(folder: string, type: "training" | "epoch"): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      if (
        Deno.readTextFileSync(`${onlyRun(folder, "glyphs-dae")}/events.jsonl`).includes(`"type":"${type}"`)
      ) {
        return;
      }
    } catch {
      // Not there yet.
    }
  }
  throw new Error(`the run must log an event of the type ${type} within 60 s`);
}

for (const { signal, code } of [{ signal: "SIGINT", code: 130 }, { signal: "SIGTERM", code: 143 }] as const) {
  Deno.test(`run stops after the batch at ${signal}, keeps what there is and exits ${code}`, async () => {
    await withRunsFolder(async (folder) => {
      const process = start("run", [...LONG, "--runs", folder]);
      await untilEvent(folder, "epoch");
      process.kill(signal);
      const { code: exitCode, stdout } = await outcomeOf(process);
      equal(exitCode, code, stdout);
      const run = onlyRun(folder, "glyphs-dae");
      const record = readJson(`${run}/run.json`);
      equal(record.status, "stopped");
      equal(record.exitCode, code);
      match(record.reason, new RegExp(signal));
      const { train } = readJson(`${run}/artifacts/metrics.json`);
      ok(train.epochs >= 1 && Number.isFinite(train.bestLoss));
      ok(Deno.statSync(`${run}/checkpoints/train.safetensors`).size > 1000);
      const lines = Deno.readTextFileSync(`${run}/events.jsonl`).trimEnd().split("\n");
      ok(lines.every((line) => parseEvent(line) !== undefined), "every line is an event");
      equal(parseEvent(lines.at(-1)!)!.type, "end");
    });
  });
}

Deno.test("run aborts at a second SIGINT a second later and leaves a record that says so", async () => {
  await withRunsFolder(async (folder) => {
    // A batch of seconds: the first signal cannot be answered before the second comes.
    const wide = ["--set", "train.model.encoder=[35,1500,1500]", "--set", "train.batchSize=4000"];
    const slow = [...wide, "--set", "train.repeats=200", "--engine", "reference"];
    const process = start("run", [...LONG, ...slow, "--runs", folder]);
    await untilEvent(folder, "training");
    process.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 1200));
    process.kill("SIGINT");
    const { code } = await outcomeOf(process);
    equal(code, 130);
    const record = readJson(`${onlyRun(folder, "glyphs-dae")}/run.json`);
    equal(record.status, "stopped");
    match(record.reason, /aborted by a second SIGINT/);
  });
});
