/** Sweeps with results that no training has computed, in folders as shards write them. */
import { folderName, SWEEPS } from "../../src/run/folder_name.ts";
import { planText, type SweepRecord, trialsFolder } from "../../src/sweep/folder.ts";
import { type TrialResult, writeResult } from "../../src/sweep/result.ts";
import type { ListedTrial } from "../../src/sweep/trial.ts";

/** A trial's id by its number. */
export function idOf(number: number): string {
  return (0x1a2b3c4d00000000n + BigInt(number)).toString(16);
}

/** The trial of a rate and a seed. */
function trialOf(number: number, rate: number, seed: number): ListedTrial {
  const settings = { "train.optimizer.learningRate": rate };
  return { id: idOf(number), label: `learningRate ${rate}`, settings, seed, cost: 1e6 };
}

/** The plan of a sweep over two rates and two seeds. */
export function fixturePlan(changes: Partial<SweepRecord> = {}): SweepRecord {
  return {
    sweep: "0123456789abcdef",
    pipeline: "letters",
    file: "pipelines/letters.ts",
    set: ["train.epochs=20"],
    axes: { "train.optimizer.learningRate": [0.001, 0.003], seed: [1, 2] },
    options: {},
    sampler: "grid",
    trials: [trialOf(0, 0.001, 1), trialOf(1, 0.001, 2), trialOf(2, 0.003, 1), trialOf(3, 0.003, 2)],
    ...changes,
  };
}

/** The result of a trial: its mean squared error, and what is changed of the rest. */
export function fixtureResult(
  { id }: Pick<ListedTrial, "id">,
  mse: number,
  changes: Partial<TrialResult> = {},
): TrialResult {
  const seconds = { unit: "seconds", direction: "none" } as const;
  const run = `20261129-120000-${id.slice(-4)}`;
  return {
    sweep: "0123456789abcdef",
    trial: id,
    state: "complete",
    exitCode: 0,
    attempts: 1,
    run,
    folder: `letters/${run}`,
    metrics: {
      train: { epochs: 20, seconds: 1.5 },
      evaluate: { mse, mseLow: mse - 0.01, mseHigh: mse + 0.01 },
    },
    info: {
      train: { epochs: { unit: "epochs", direction: "none" }, seconds },
      evaluate: {
        mse: {
          unit: "squared error/pixel",
          direction: "lower",
          split: "test",
          interval: { low: mse - 0.01, high: mse + 0.01 },
        },
      },
    },
    epochs: 20,
    seconds: 2.25,
    resources: {
      engine: "native",
      threads: 2,
      parts: null,
      cpu: "a processor",
      os: "linux x86_64",
      deno: "2.9.6",
      hourglass: "0.1.0",
    },
    ...changes,
  };
}

/** Writes a shard of a sweep into a folder of runs; returns the sweep's folder in it. */
export async function writeShard(
  runs: string,
  plan: SweepRecord,
  results: readonly TrialResult[],
): Promise<string> {
  const folder = `${runs}/${folderName(plan.pipeline)}${SWEEPS}/${plan.sweep}`;
  await Deno.mkdir(trialsFolder(folder), { recursive: true });
  await Deno.writeTextFile(`${folder}/sweep.json`, planText(plan));
  for (const result of results) await writeResult(folder, result);
  return folder;
}

/** All files below a folder with their content, without the lock of the merge. */
export function filesIn(folder: string, inner = ""): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${inner}`)) {
    const path = `${inner}${name}`;
    if (isDirectory) Object.assign(files, filesIn(folder, `${path}/`));
    else if (name !== "merge.lock") files[path] = Deno.readFileSync(`${folder}/${path}`).toHex();
  }
  return files;
}
