/**
 * How long it takes to plan a sweep, and to list its trials after they have ended: whole processes of `sweep FILE --list`.
 *
 *     deno run -A --no-lock bench/list_trials.ts [--pipeline pipelines/glyphs-dae.ts]
 *
 * A command that plans two trials is the baseline: what remains is the work for the others.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { countText } from "../src/core/amounts.ts";
import { trialsFolder } from "../src/sweep/folder.ts";
import { circumstances, markdown, note, show } from "./note.ts";
import { runToEnd } from "./process.ts";
import { namesIn, PROGRAM, realResult, writeSweepFile, writeTrial } from "./trials/results.ts";

const { values: flags } = parseArgs({
  options: { pipeline: { type: "string", default: "pipelines/glyphs-dae.ts" } },
});
const SEEDS = 2;

const folder = await Deno.makeTempDir({ prefix: "hourglass-list-trials-" });

/** Lists a sweep of some trials. */
async function list(trials: number) {
  const file = `${folder}/${trials}.ts`;
  const axes = `{ "train.optimizer.learningRate": Array.from({ length: ${
    trials / SEEDS
  } }, (_, at) => 1e-4 + at * 1e-7), seed: [1, 2] }`;
  await writeSweepFile(file, flags.pipeline, axes);
  return await runToEnd(Deno.execPath(), [...PROGRAM, "sweep", file, "--list", "--runs", `${folder}/runs`]);
}

try {
  const rows: string[][] = [];
  const add = (name: string, { seconds, processorSeconds }: Awaited<ReturnType<typeof list>>) =>
    rows.push([name, seconds.toFixed(2), (processorSeconds ?? NaN).toFixed(2)]);
  for (const trials of [2, 1000, 10_000]) {
    add(`${countText(trials)} trials, none has a result`, await list(trials));
  }
  const real = await realResult(folder, flags.pipeline),
    lines = (await list(10_000)).output.trimEnd().split("\n");
  const sweep = lines.at(-1)!, id = sweep.split("/").at(-1)!;
  note(`writing results into ${sweep}`);
  Deno.mkdirSync(trialsFolder(sweep), { recursive: true });
  for (const [number, line] of lines.slice(0, -2).entries()) {
    writeTrial(sweep, real, id, line.slice(0, 16), number);
  }
  if (namesIn(trialsFolder(sweep)).length !== 10_000) throw new Error(`${sweep} must hold 10,000 results`);
  const listed = await list(10_000);
  if (!/10,000 complete\n/.test(listed.output)) throw new Error(listed.output.slice(-200));
  add("10,000 trials, all have a result", listed);
  show(`${circumstances()}\n\n${markdown(["sweep --list", "s", "processor time, s"], rows)}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
