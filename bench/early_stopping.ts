// deno-lint-ignore-file no-console -- a bench prints its table.

/**
 * How many epochs early stopping saves, and how good the best trial left is, on made learning curves: the table of docs/sweeps.md. Every
 * decision goes through the log on the disk, and is timed.
 *
 *     deno run -A --no-lock bench/early_stopping.ts [sweeps]
 *
 * A curve is `a + b t^-c` after epoch t with normal noise of 0.01: its end `a` is uniform from 0 to 1, its fall `b` from 0.5 to 2, its speed
 * `c` from 0.3 to 1, so curves cross.
 */
import { quantile } from "../src/core/statistics.ts";
import { toNormal } from "../src/core/normal.ts";
import type { RunEvent } from "../src/pipeline/events.ts";
import { EarlyStop } from "../src/pipeline/sweep/early_stop_schema.ts";
import { openDecisionLog, readDecisions } from "../src/sweep/early/decision_log.ts";
import { watchTrial } from "../src/sweep/early/watch.ts";
import { uniformAt } from "../src/sweep/samplers/draws.ts";

const SWEEPS = Number(Deno.args[0] ?? 20), TRIALS = 60, EPOCHS = 270;

const RULES: Readonly<Record<string, EarlyStop | undefined>> = {
  "none": undefined,
  "median": EarlyStop.parse({ kind: "median" }),
  "asha": EarlyStop.parse({ kind: "asha" }),
  "asha, reductionFactor 2": EarlyStop.parse({ kind: "asha", reductionFactor: 2 }),
};

/** The metric of a trial after an epoch. */
function curve(seed: number, trial: number): (epoch: number) => number {
  const draw = (axis: number) => uniformAt({ seed, trial, axis });
  const a = draw(0), b = 0.5 + 1.5 * draw(1), c = 0.3 + 0.7 * draw(2);
  return (epoch) => a + b * epoch ** -c + 0.01 * toNormal(uniformAt({ seed, trial, axis: 3, round: epoch }));
}

/** Runs a sweep, one trial after the other: all epochs, and the metric of the best trial that was not stopped. */
async function sweep(seed: number, options: EarlyStop | undefined) {
  const folder = await Deno.makeTempDir({ prefix: "early-stopping-" });
  try {
    const log = openDecisionLog(folder);
    let epochs = 0, best = Infinity, milliseconds = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const after = curve(seed, trial);
      let epoch = 0, isStopped = false;
      const watch = options && watchTrial({
        log,
        options,
        trial: String(trial),
        stage: "train",
        onStop: () => void (isStopped = true),
      });
      watch?.observe({ type: "training", stage: "train", epochs: EPOCHS, validationSamples: 1 } as RunEvent);
      while (epoch < EPOCHS && !isStopped) {
        const validation = after(++epoch), began = performance.now();
        watch?.observe({ type: "epoch", stage: "train", epoch, loss: 0, validation } as RunEvent);
        // Here a training continues meanwhile.
        await watch?.ended(false);
        milliseconds += performance.now() - began;
      }
      epochs += epoch;
      if (isStopped) continue;
      await watch?.ended(true);
      best = Math.min(best, after(EPOCHS));
    }
    const decisions = (await readDecisions(folder)).filter((entry) => "epoch" in entry).length;
    return { epochs, best, milliseconds: decisions === 0 ? 0 : milliseconds / decisions };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const median = (values: readonly number[]) => quantile(values.toSorted((a, b) => a - b), 0.5);

console.log(
  "| rule | epochs, of all | sweeps that keep their best trial | median excess of the best | ms/decision |",
);
console.log("| --- | ---: | ---: | ---: | ---: |");
const all = await Promise.all(Array.from({ length: SWEEPS }, (_, seed) => sweep(seed, undefined)));
for (const [name, options] of Object.entries(RULES)) {
  const runs = [];
  for (let seed = 0; seed < SWEEPS; seed++) runs.push(await sweep(seed, options));
  const share = runs.reduce((sum, { epochs }) => sum + epochs, 0) / (SWEEPS * TRIALS * EPOCHS);
  const excess = runs.map(({ best }, seed) => best - all[seed].best);
  console.log(
    `| ${name} | ${(100 * share).toFixed(0)} % | ${
      excess.filter((more) => more === 0).length
    } of ${SWEEPS} | ${median(excess).toFixed(3)} | ${
      options === undefined ? "" : median(runs.map(({ milliseconds }) => milliseconds)).toFixed(1)
    } |`,
  );
}
