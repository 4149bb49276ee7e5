/**
 * How long a training step takes on two threads, and on 1, 2 and 4 ranks of one thread, taken in turns, next to what the plan's model of cost
 * gives for the ranks.
 *
 *     deno run -A --no-lock bench/ranks.ts [--rounds 5] [--only "conv"] [--mpirun "--allow-run-as-root --oversubscribe"]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { flops } from "../src/graph/cost.ts";
import { loadEngine } from "../src/engine/load.ts";
import { stepCost } from "../src/engine/parts/cost.ts";
import { measureSpeed } from "../src/engine/parts/speed.ts";
import { trainingGraph } from "../src/models/loss_graphs.ts";
import { modelSize } from "../src/models/tensors.ts";
import { median } from "./interleave.ts";
import { circumstances, markdown, note, show } from "./note.ts";
import { CASE_NAMES, type CaseName, caseOf, type TrainOrder } from "./ranks/cases.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    mpirun: { type: "string", default: "--allow-run-as-root --oversubscribe --bind-to none" },
  },
});

/** A way to train: on ranks, or in one process. */
interface Way {
  readonly title: string;
  readonly ranks: number;
  readonly threads: number;
  readonly parts: number | null;
}

const WAYS: readonly Way[] = [
  { title: "2 threads", ranks: 1, threads: 2, parts: null },
  { title: "2 threads, 4 parts", ranks: 1, threads: 2, parts: 4 },
  { title: "1 rank, 4 parts", ranks: 1, threads: 1, parts: 4 },
  { title: "2 ranks, 4 parts", ranks: 2, threads: 1, parts: 4 },
  { title: "4 ranks, 4 parts", ranks: 4, threads: 1, parts: 4 },
];

/** The milliseconds of a step in processes of their own. */
async function time(name: CaseName, { ranks, threads, parts }: Way): Promise<number> {
  const order: TrainOrder = { name, threads, parts, epochs: 6 };
  const deno = ["run", "-A", "--quiet", "--no-lock", new URL("ranks/train.ts", import.meta.url).pathname];
  const options = flags.mpirun.split(" ").filter((word) => word !== "");
  const [command, ...args] = ranks === 1
    ? [Deno.execPath()]
    : ["mpirun", ...options, "-n", String(ranks), Deno.execPath()];
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args, ...deno, JSON.stringify(order)],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** What the model gives for ranks on the cores of this machine. */
function estimate(name: CaseName, ranks: number, flopRate: number): number {
  const { model, batch } = caseOf(name), machine = { flopRate, cores: navigator.hardwareConcurrency };
  const step = {
    flops: flops(trainingGraph(model, { paired: false }), batch),
    parameters: modelSize(model),
    rows: batch,
  };
  return 1000 * stepCost(step, machine, { processes: ranks, parts: 4 }).total;
}

const speed = measureSpeed(await loadEngine("native", { threads: 1 }));
const rows: string[][] = [];
for (const name of CASE_NAMES.filter((name) => name.includes(flags.only))) {
  const times = WAYS.map((): number[] => []), ratios = WAYS.map((): number[] => []);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [at, way] of WAYS.entries()) {
      const took = await time(name, way);
      times[at].push(took);
      ratios[at].push(took / times[0].at(-1)!);
      note(`${name}, ${way.title}: ${took.toPrecision(3)} ms`);
    }
  }
  WAYS.forEach(({ title, ranks, parts }, at) =>
    rows.push([
      name,
      title,
      median(times[at]).toPrecision(3),
      median(ratios[at]).toFixed(2),
      parts === null || at === 1 ? "" : estimate(name, ranks, speed).toPrecision(3),
    ])
  );
}
show(`${circumstances()}; ${(speed / 1e9).toFixed(0)} GFLOP/s a thread\n`);
show(markdown(["training", "computed by", "ms/step", "of 2 threads", "estimate (ms)"], rows));
