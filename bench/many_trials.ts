/**
 * A sweep of many trials that have all ended, in shards as as many machines would have written them, and its merge: time and peak memory of the
 * whole process.
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
import { readResult, resultFile, resultText, type TrialResult } from "../src/sweep/result.ts";
import { circumstances, note, show } from "./note.ts";
import { runToEnd } from "./process.ts";

const { values: flags } = parseArgs({
  options: {
    trials: { type: "string", default: "100000" },
    shards: { type: "string", default: "100" },
    pipeline: { type: "string", default: "pipelines/glyphs-losses.ts" },
  },
});
const ROOT = new URL("../", import.meta.url).pathname, SEEDS = 5;
const trials = Number(flags.trials), shards = Number(flags.shards);
const PROGRAM = ["run", "-A", "--quiet", "--no-lock", `--config=${ROOT}deno.json`, `${ROOT}src/cli/start.ts`];

/** The folders named by an entry's name in a folder. */
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** One real trial of the pipeline, for one epoch. */
async function realResult(folder: string): Promise<TrialResult> {
  const file = `${folder}/one.ts`,
    runs = `${folder}/one`,
    { href } = new URL(flags.pipeline, `file://${ROOT}`);
  await Deno.writeTextFile(
    file,
    `import { sweep } from ${JSON.stringify(`${ROOT}mod.ts`)};
import found from ${JSON.stringify(href)};
export default sweep(found.type === "sweep" ? found.pipeline : found, { "train.epochs": [1] });
`,
  );
  await runToEnd(Deno.execPath(), [...PROGRAM, "run", file, "--ui", "off", "--runs", runs]);
  const sweeps = namesIn(runs).filter((name) => name.endsWith(".sweep")).map((name) => `${runs}/${name}`);
  const [sweep] = namesIn(sweeps[0]).map((name) => `${sweeps[0]}/${name}`);
  const found = await readResult(sweep, namesIn(trialsFolder(sweep))[0].replace(/\.json$/, ""));
  if (typeof found !== "object") throw new Error(`${sweep} must hold a result, got ${found}`);
  return found;
}

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

/** The result of a trial: the real one's, with values of its own. */
function resultOf({ metrics, ...real }: TrialResult, number: number): TrialResult {
  const factor = 1 + 0.1 * Math.sin(number), run = `20261129-120000-${number.toString(16).padStart(6, "0")}`;
  const own = Object.entries(metrics).map(([stage, values]) => [
    stage,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value === null || Number.isInteger(value) ? value : value * factor,
      ]),
    ),
  ]);
  return {
    ...real,
    sweep: SWEEP,
    trial: idOf(number),
    run,
    folder: `many/${run}`,
    metrics: Object.fromEntries(own),
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
      const result = resultText(resultOf(real, number));
      bytes += result.length;
      Deno.writeTextFileSync(resultFile(sweep, idOf(number)), result);
    }
  }
  return bytes;
}

const folder = await Deno.makeTempDir({ prefix: "hourglass-many-trials-" });
try {
  const real = await realResult(folder);
  note(`writing ${countText(trials)} results into ${countText(shards)} shards`);
  const began = performance.now(), bytes = writeShards(folder, real);
  const written = (performance.now() - began) / 1000, out = `${folder}/merged`;
  note("merging");
  const folders = namesIn(`${folder}/shards`).map((name) => `${folder}/shards/${name}`);
  const { seconds, peakMegabytes } = await runToEnd(Deno.execPath(), [
    ...PROGRAM,
    "merge",
    ...folders,
    "--out",
    out,
  ]);
  const sizeOf = (name: string) => bytesText(Deno.statSync(`${out}/${name}`).size);
  const metrics = Object.values(real.metrics).reduce((sum, own) => sum + Object.keys(own).length, 0);
  show(`${circumstances()}

| pipeline | trials | shards | metrics | results | written, s | merged, s | peak memory, MB | table.csv | table.parquet | settings.csv | settings.parquet |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| ${
    [
      flags.pipeline,
      countText(trials),
      countText(shards),
      metrics,
      bytesText(bytes),
      written.toFixed(1),
      seconds.toFixed(1),
      peakMegabytes?.toFixed(0) ?? "unknown",
      ...["table.csv", "table.parquet", "settings.csv", "settings.parquet"].map(sizeOf),
    ].join(" | ")
  } |`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
