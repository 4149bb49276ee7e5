/**
 * A sweep of many trials that have all ended, in shards as that many machines would have written them, and its merge: time, processor time and
 * peak memory of the whole process.
 *
 *     deno run -A --no-lock bench/many_trials.ts [--trials 100000] [--shards 100] [--pipeline pipelines/glyphs-losses.ts]
 *
 * The results are those of one real trial of the pipeline, with other ids, settings, seeds and values.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { bytesText, countText } from "../src/core/amounts.ts";
import { planText, type SweepRecord, trialsFolder } from "../src/sweep/folder.ts";
import type { TrialResult } from "../src/sweep/result.ts";
import { circumstances, markdown, note, show } from "./note.ts";
import { runToEnd } from "./process.ts";
import { namesIn, PROGRAM, realResult, writeTrial } from "./trials/results.ts";

const { values: flags } = parseArgs({
  options: {
    trials: { type: "string", default: "100000" },
    shards: { type: "string", default: "100" },
    pipeline: { type: "string", default: "pipelines/glyphs-losses.ts" },
  },
});
const SEEDS = 5, TABLES = ["table.csv", "table.parquet", "settings.csv", "settings.parquet"];
const trials = Number(flags.trials), shards = Number(flags.shards);
const idOf = (number: number) => number.toString(16).padStart(16, "0");
const SWEEP = idOf(trials);

function plan(): SweepRecord {
  return {
    sweep: SWEEP,
    pipeline: "many",
    file: flags.pipeline,
    set: [],
    axes: {},
    options: {},
    sampler: "random",
    trials: Array.from({ length: trials }, (_, number) => {
      const learningRate = 1e-4 + Math.floor(number / SEEDS) * 1e-7;
      return {
        id: idOf(number),
        label: `learningRate ${learningRate}`,
        settings: { "train.optimizer.learningRate": learningRate },
        seed: 1 + number % SEEDS,
        cost: 1e9,
      };
    }),
  };
}

/** Writes the shards; returns the bytes of all results. */
function writeShards(folder: string, real: TrialResult): number {
  const text = planText(plan());
  let bytes = 0;
  for (let shard = 0; shard < shards; shard++) {
    const sweep = `${folder}/shards/${shard}/many.sweep/${SWEEP}`;
    Deno.mkdirSync(trialsFolder(sweep), { recursive: true });
    Deno.writeTextFileSync(`${sweep}/sweep.json`, text);
    for (let number = shard; number < trials; number += shards) {
      bytes += writeTrial(sweep, real, SWEEP, idOf(number), number);
    }
  }
  return bytes;
}

const folder = await Deno.makeTempDir({ prefix: "hourglass-many-trials-" });
try {
  const real = await realResult(folder, flags.pipeline);
  note(`writing ${countText(trials)} results into ${countText(shards)} shards`);
  const began = performance.now(), bytes = writeShards(folder, real);
  const written = (performance.now() - began) / 1000, out = `${folder}/merged`;
  note("merging");
  const folders = namesIn(`${folder}/shards`).map((name) => `${folder}/shards/${name}`);
  const merged = await runToEnd(Deno.execPath(), [...PROGRAM, "merge", ...folders, "--out", out]);
  const { seconds, processorSeconds, peakMegabytes } = merged;
  const metrics = Object.values(real.metrics).reduce((sum, own) => sum + Object.keys(own).length, 0);
  const head = [
    "pipeline",
    "trials",
    "shards",
    "metrics",
    "results",
    "written, s",
    "merged, s",
    "processor time, s",
  ];
  const cells = [
    flags.pipeline,
    ...[trials, shards, metrics].map(countText),
    bytesText(bytes),
    ...[written, seconds, processorSeconds ?? NaN].map((value) => value.toFixed(1)),
    (peakMegabytes ?? NaN).toFixed(0),
    ...TABLES.map((name) => bytesText(Deno.statSync(`${out}/${name}`).size)),
  ];
  show(`${circumstances()}\n\n${markdown([...head, "peak memory, MB", ...TABLES], [cells])}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
