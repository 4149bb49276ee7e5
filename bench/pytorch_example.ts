/**
 * The VAE of PyTorch's examples, trained in PyTorch: the same network, optimizer, batches, epochs and first weights as
 * `pipelines/mnist-vae-plain-seeds.ts` with `initialiser: "pytorch"`, over several seeds, at a constant learning rate and with a tenth of it
 * in the last epoch. The loss is the Bernoulli one of the example, without the normalising constant that some of its versions add.
 *
 *     deno run -A --no-lock bench/pytorch_example.ts [--json] [--seeds 5] [--threads 1]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { meanInterval } from "../src/analysis/statistics/intervals.ts";
import { mnistFolder } from "./job_runs.ts";
import { circumstances, markdown, note, show } from "./note.ts";
import { pythonWithTorch } from "./peers/python.ts";
import { runToEnd } from "./process.ts";

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seeds: { type: "string", default: "5" },
    threads: { type: "string", default: "1" },
  },
});

const SCHEDULES = {
  "constant rate": { kind: "constant", warmupEpochs: 0 },
  "last epoch at a tenth": { kind: "step", warmupEpochs: 0, everyEpochs: 9, factor: 0.1 },
} as const;
type ScheduleName = keyof typeof SCHEDULES;

const EXAMPLE = {
  model: { encoder: [784, 400], latent: 20, initialiser: "pytorch" },
  optimizer: { learningRate: 1e-3 },
  epochs: 10,
  batchSize: 128,
  patience: null,
  validationShare: 0,
};

/** The negative ELBO of both splits, in nats/sample. */
interface Losses {
  readonly train: number;
  readonly test: number;
}

const python = await pythonWithTorch();
if (typeof python === "string") throw new Error(`PyTorch must be there: ${python}`);
const data = await mnistFolder();
const results = new Map<ScheduleName, Losses[]>();
for (let seed = 1; seed <= Number(flags.seeds); seed++) {
  for (const name of Object.keys(SCHEDULES) as ScheduleName[]) {
    const losses = await trainExample(python.command, name, seed);
    results.set(name, [...results.get(name) ?? [], losses]);
    note(`${name}, seed ${seed}: train ${losses.train.toFixed(2)}, test ${losses.test.toFixed(2)}`);
  }
}
if (flags.json) show(JSON.stringify(Object.fromEntries(results), null, 2));
else show(`${circumstances()}\n\n${tableOf(results)}`);

async function trainExample(command: string, schedule: ScheduleName, seed: number): Promise<Losses> {
  const script = new URL("./peers/mnist_vae.py", import.meta.url).pathname;
  const options = { ...EXAMPLE, schedule: SCHEDULES[schedule], seed, data, threads: Number(flags.threads) };
  const { output } = await runToEnd(command, [script, JSON.stringify(options)]);
  return JSON.parse(output.trim().split("\n").at(-1)!).evaluation;
}

function tableOf(all: ReadonlyMap<string, readonly Losses[]>): string {
  const text = (losses: readonly number[]) => {
    const { value, high } = meanInterval(losses)!;
    return `${value.toFixed(3)}${high === undefined ? "" : ` ± ${(high - value).toFixed(3)}`}`;
  };
  return markdown(
    ["schedule", "seeds", "train, -ELBO", "test, -ELBO", "test, seed by seed"],
    [...all].map(([name, losses]) => [
      name,
      String(losses.length),
      text(losses.map(({ train }) => train)),
      text(losses.map(({ test }) => test)),
      losses.map(({ test }) => test.toFixed(3)).join(", "),
    ]),
  );
}
