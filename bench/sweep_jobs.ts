// deno-lint-ignore-file no-console -- a bench prints its table.

/**
 * How much faster `--jobs 2` runs glyph trainings than one after the other, and what one more trial of a sweep takes. Commands
 * alternate, so that a slow moment meets both; on a machine that does other work, too, they say nothing.
 *
 *     deno run -A --no-lock bench/sweep_jobs.ts [rounds]
 */
import { quantile } from "../src/core/statistics.ts";

const ROUNDS = Number(Deno.args[0] ?? 3);
const FOLDER = `runs/bench-sweep-${crypto.randomUUID().slice(0, 8)}`;

/** A pipeline whose trainings take `repeats` times as long as one of 32 glyphs. */
const PIPELINE = `
  import { adam, ae, evaluate, glyphs, load, pipeline, train } from "../../mod.ts";
  export default pipeline("bench").pipe(load(glyphs()))
    .pipe(train(ae({ encoder: [35, 50, 25], latent: 12, activation: "tanh" }), { optimizer: adam(), epochs: 2, previews: false }))
    .pipe(evaluate({ splits: ["test"] }));`;

/** Runs a command of this program and returns its seconds. */
async function timed(...words: string[]): Promise<number> {
  const args = ["run", "-A", "--quiet", "--lock=deno.lock", "src/cli/start.ts", ...words, "--no-report"];
  const start = performance.now();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return (performance.now() - start) / 1000;
}

let runs = 0;
const sweep = (seeds: number, epochs: number, ...more: string[]) =>
  timed(
    ...["sweep", `${FOLDER}/bench.ts`, "--seeds", String(seeds), "--set", `train.epochs=${epochs}`],
    ...["--set", "train.repeats=160", "--runs", `${FOLDER}/${runs++}`, "--ui", "plain", ...more],
  );
const alone = (epochs: number) =>
  timed(
    ...["run", `${FOLDER}/bench.ts`, "--set", `train.epochs=${epochs}`, "--set", "train.repeats=160"],
    ...["--runs", `${FOLDER}/${runs++}`, "--ui", "off"],
  );

const median = (values: number[]) => quantile(values.toSorted((a, b) => a - b), 0.5);
const text = (values: number[]) =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;

await Deno.mkdir(FOLDER, { recursive: true });
try {
  await Deno.writeTextFile(`${FOLDER}/bench.ts`, PIPELINE);
  const ratios: number[] = [], pinned: number[] = [], overheads: number[] = [], others: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await sweep(8, 150), two = await sweep(8, 150, "--jobs", "2");
    ratios.push(one / two);
    pinned.push(await sweep(8, 150, "--threads", "1") / two);
    const few = await sweep(1, 2), many = await sweep(21, 2), single = await alone(2);
    overheads.push((many - few) / 20);
    others.push(single);
    console.log(
      `round ${round + 1}: jobs 1 ${one.toFixed(1)} s, jobs 2 ${two.toFixed(1)} s, one trial more ${
        overheads.at(-1)!.toFixed(2)
      } s`,
    );
  }
  console.log(`8 trainings, --jobs 1 over --jobs 2:             ${text(ratios)}`);
  console.log(`8 trainings, --jobs 1 --threads 1 over --jobs 2: ${text(pinned)}`);
  console.log(`seconds for one more trial of 2 epochs:          ${text(overheads)}`);
  console.log(`seconds of the same pipeline alone, by \`run\`:     ${text(others)}`);
} finally {
  await Deno.remove(FOLDER, { recursive: true });
}
