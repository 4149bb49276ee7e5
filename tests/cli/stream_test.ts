import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { formatIdx } from "../../src/data/idx_format.ts";
import { onlyRun, outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";

/** 4,000 images of 8x8 with a pattern that a small model can learn, as an IDX file of 256 kB. */
const COUNT = 4000, SIDE = 8, PIXELS = SIDE * SIDE;

function patterns(): Uint8Array {
  return Uint8Array.from({ length: COUNT * PIXELS }, (_, at) => {
    const image = Math.floor(at / PIXELS), x = at % SIDE, y = Math.floor(at / SIDE) % SIDE;
    return (x * (1 + image % 3) + y * (1 + image % 5) + image) % 7 < 3 ? 255 : (image * 13) % 60;
  });
}

function pipelineText(folder: string): string {
  return `import { ae, evaluate, idx, load, noise, pipeline, train } from "../../mod.ts";
    export default pipeline("streamed", { seed: 3 })
      .pipe(load(idx({ images: "${folder}/images-idx3-ubyte", testImages: "${folder}/test-idx3-ubyte" })))
      .pipe(noise({ std: 0.1 }))
      .pipe(train(ae({ encoder: [${PIXELS}, 20], latent: 4 }), {
        epochs: 4, batchSize: 50, validationShare: 0.1, shuffleBlock: 1000 }))
      .pipe(evaluate());`;
}

/** The losses of all epochs, and the metrics, times aside. */
async function resultOf(
  folder: string,
  memory: string,
): Promise<{ losses: unknown[]; metrics: unknown; note: string }> {
  const runs = `${folder}/${memory}`;
  const args = [`${folder}/pipeline.ts`, "--runs", runs, "--ui", "json", "--set", `load.memory=${memory}`];
  const { code, stdout, stderr } = await runProgram("run", args);
  equal(code, 0, stdout + stderr);
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const { train, evaluate } = readJson(`${onlyRun(runs, "streamed")}/artifacts/metrics.json`);
  delete train.seconds;
  delete train.samplesPerSecond;
  return {
    losses: events.filter(({ type }) => type === "epoch").map(({ loss, validation }) => [loss, validation]),
    metrics: { train, evaluate },
    note:
      events.find(({ type, stage, state }) => type === "stage" && stage === "load" && state === "finished")
        .note,
  };
}

Deno.test("run streams a set four times larger than its memory and gets the same losses as in memory", async () => {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    const values = patterns();
    await Deno.writeFile(
      `${ROOT}${folder}/images-idx3-ubyte`,
      formatIdx({ sizes: [COUNT, SIDE, SIDE], values }),
    );
    await Deno.writeFile(
      `${ROOT}${folder}/test-idx3-ubyte`,
      formatIdx({ sizes: [500, SIDE, SIDE], values: values.subarray(0, 500 * PIXELS) }),
    );
    await Deno.writeTextFile(`${ROOT}${folder}/pipeline.ts`, pipelineText(folder));
    const whole = await resultOf(folder, "1MB"), streamed = await resultOf(folder, "64kB");
    match(streamed.note, /read from .*images-idx3-ubyte, 1,000 at a time/);
    ok(!whole.note.includes("read from"));
    equal(whole.losses.length, 4);
    deepEqual(streamed.losses, whole.losses);
    deepEqual(streamed.metrics, whole.metrics);
  });
});

Deno.test("run fails clearly when a streamed file shrinks while it trains, and keeps the best weights", async () => {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    const values = patterns(), file = `${ROOT}${folder}/images-idx3-ubyte`;
    await Deno.writeFile(file, formatIdx({ sizes: [COUNT, SIDE, SIDE], values }));
    await Deno.writeFile(
      `${ROOT}${folder}/test-idx3-ubyte`,
      formatIdx({ sizes: [500, SIDE, SIDE], values: values.subarray(0, 500 * PIXELS) }),
    );
    await Deno.writeTextFile(`${ROOT}${folder}/pipeline.ts`, pipelineText(folder));
    const runs = `${folder}/made`;
    const process = start("run", [
      `${folder}/pipeline.ts`,
      ...["--runs", runs, "--ui", "json", "--set", "load.memory=64kB", "--set", "train.epochs=1000000"],
    ]);
    await untilEpoch(runs, 3);
    await Deno.truncate(file, 10_000);
    const { code } = await outcomeOf(process);
    equal(code, 1);
    const run = onlyRun(runs, "streamed");
    const { status, reason } = readJson(`${run}/run.json`);
    equal(status, "failed");
    match(reason, /images-idx3-ubyte" must not change while it is read, got 10000 bytes instead of 256016/);
    match(reason, /the weights of epoch \d+ are in checkpoints\/train\.safetensors/);
    ok(Deno.statSync(`${run}/checkpoints/train.safetensors`).size > 1000);
  });
});

/** Waits until a run has written an epoch. */
async function untilEpoch(runs: string, epoch: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      if (Deno.readTextFileSync(`${onlyRun(runs, "streamed")}/events.jsonl`).includes(`"epoch":${epoch},`)) {
        return;
      }
    } catch {
      // Not there yet.
    }
  }
  throw new Error(`epoch ${epoch} did not come within 20 s`);
}
