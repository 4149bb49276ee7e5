import { deepEqual, equal, match } from "node:assert/strict";
import { inCacheOrder } from "../../src/data/picture_cache.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** 2,000 pictures of 8x8: 128 kB. */
const COUNT = 2000, SIDE = 8;

const nameOf = (place: number) => `${10_000 + place}.pgm`;

/** Draws the pictures, once by their numbers and once by their places in a cache, so that both folders have one order. */
async function drawPictures(folder: string): Promise<void> {
  for (const name of ["pictures", "in-order"]) await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  const head = new TextEncoder().encode(`P5 ${SIDE} ${SIDE} 255\n`);
  inCacheOrder(Array.from({ length: COUNT }, (_, number) => number)).forEach((number, place) => {
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
      const x = at % SIDE, y = Math.floor(at / SIDE);
      return (x * (1 + number % 3) + y * (1 + number % 5) + number) % 7 < 3 ? 255 : (number * 13) % 60;
    });
    Deno.writeFileSync(`${folder}/pictures/${nameOf(number)}`, Uint8Array.of(...head, ...pixels));
    Deno.linkSync(`${folder}/pictures/${nameOf(number)}`, `${folder}/in-order/${nameOf(place)}`);
  });
}

function pipelineText(folder: string): string {
  return `import { ae, evaluate, images, load, noise, pipeline, train } from "../../mod.ts";
    export default pipeline("pictures", { seed: 3 })
      .pipe(load(images("${folder}/pictures", { height: ${SIDE}, width: ${SIDE}, testShare: 0 })))
      .pipe(noise({ std: 0.1 }))
      .pipe(train(ae({ encoder: [${SIDE * SIDE}, 20], latent: 4 }), {
        epochs: 3, batchSize: 50, validationShare: 0.1, shuffleBlock: 500 }))
      .pipe(evaluate());`;
}

/** The output of a run with some settings: its losses, its metrics without times, its messages and where its images lie. */
async function resultOf(folder: string, runs: string, settings: readonly string[]) {
  const args = settings.flatMap((setting) => ["--set", setting]);
  const { code, stdout, stderr } = await runProgram(
    "run",
    [`${folder}/pipeline.ts`, "--runs", `${folder}/${runs}`, "--ui", "json", ...args],
  );
  equal(code, 0, stdout + stderr);
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const { train, evaluate } = readJson(`${onlyRun(`${folder}/${runs}`, "pictures")}/artifacts/metrics.json`);
  delete train.seconds;
  delete train.samplesPerSecond;
  const loaded = events.find(({ stage, state }) => stage === "load" && state === "finished").note as string;
  return {
    losses: events.filter(({ type }) => type === "epoch").map(({ loss, validation }) => [loss, validation]),
    metrics: { train, evaluate },
    messages: events.filter(({ type }) => type === "log").map(({ message }) => message as string),
    loaded,
    path: /read from (\S+),/.exec(loaded)?.[1],
  };
}

Deno.test("run decodes a folder larger than its memory once, streams it, and gets the same losses as in memory", async () => {
  await withRunsFolder(async (folder) => {
    await drawPictures(`${ROOT}${folder}`);
    await Deno.writeTextFile(`${ROOT}${folder}/pipeline.ts`, pipelineText(folder));
    const whole = await resultOf(folder, "whole", [`load.source.folder=${folder}/in-order`]);
    const first = await resultOf(folder, "first", ["load.memory=32kB"]);
    try {
      match(first.loaded, /read from data\/cache\/pictures-\S+\.images, 500 at a time/);
      match(first.messages[0], /^Decoding 2,000 pictures of ".*\/pictures" into data\/cache\/.*, once$/);
      const second = await resultOf(folder, "second", ["load.memory=32kB"]);
      deepEqual(second.messages.filter((message) => message.startsWith("Decod")), []);
      equal(whole.path, undefined);
      equal(whole.losses.length, 3);
      for (const { losses, metrics } of [first, second]) {
        deepEqual(losses, whole.losses);
        deepEqual(metrics, whole.metrics);
      }
    } finally {
      if (first.path !== undefined) await Deno.remove(`${ROOT}${first.path}`);
    }
  });
});
