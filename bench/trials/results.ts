/** Results of trials that were not run: those of one real trial, with other ids and values. @module */
import { trialsFolder } from "../../src/sweep/folder.ts";
import { readResult, resultFile, resultText, type TrialResult } from "../../src/sweep/result.ts";
import { runToEnd } from "../process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The arguments of Deno that start the program. */
export const PROGRAM: readonly string[] = [
  ...["run", "-A", "--quiet", "--no-lock", `--config=${ROOT}deno.json`, `${ROOT}src/cli/start.ts`],
];

/** The names in a folder, in alphabetical order. */
export const namesIn = (folder: string): string[] =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Writes a pipeline file of a sweep; `axes` is its source text. */
export async function writeSweepFile(file: string, pipeline: string, axes: string): Promise<void> {
  await Deno.writeTextFile(
    file,
    `import { sweep } from ${JSON.stringify(`${ROOT}mod.ts`)};
import found from ${JSON.stringify(new URL(pipeline, `file://${ROOT}`).href)};
export default sweep(found.type === "sweep" ? found.pipeline : found, ${axes});
`,
  );
}

/** The result of one real trial of a pipeline, which trains for one epoch in a folder. */
export async function realResult(folder: string, pipeline: string): Promise<TrialResult> {
  const file = `${folder}/one.ts`, runs = `${folder}/one`;
  await writeSweepFile(file, pipeline, `{ "train.epochs": [1] }`);
  await runToEnd(Deno.execPath(), [...PROGRAM, "sweep", file, "--ui", "off", "--runs", runs]);
  const sweeps = namesIn(runs).filter((name) => name.endsWith(".sweep")).map((name) => `${runs}/${name}`);
  const sweep = `${sweeps[0]}/${namesIn(sweeps[0])[0]}`;
  const [name] = namesIn(trialsFolder(sweep)).filter((name) => name.endsWith(".json"));
  const found = await readResult(sweep, name.replace(/\.json$/, ""));
  if (typeof found !== "object") throw new Error(`${sweep} must hold a result, got ${found}`);
  return found;
}

/** Writes the result of a trial with values of its own; returns its bytes. */
export function writeTrial(
  folder: string,
  real: TrialResult,
  sweep: string,
  trial: string,
  number: number,
): number {
  const factor = 1 + 0.1 * Math.sin(number), run = `20261129-120000-${number.toString(16).padStart(6, "0")}`;
  const own = (value: number | null) => value === null || Number.isInteger(value) ? value : value * factor;
  const metrics = Object.fromEntries(
    Object.entries(real.metrics).map(([stage, values]) => [
      stage,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, own(value)])),
    ]),
  );
  const text = resultText({ ...real, sweep, trial, run, folder: `many/${run}`, metrics });
  Deno.writeTextFileSync(resultFile(folder, trial), text);
  return text.length;
}
