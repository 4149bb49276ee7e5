// deno-lint-ignore-file no-console -- a bench prints its table.
// How good the best of n trials is with each sampler, on functions with known minima: the table of docs/sweeps.md.
//
//     deno run -A --no-lock bench/samplers.ts [seeds]
import { wilson } from "../src/analysis/statistics/intervals.ts";
import { quantile } from "../src/core/statistics.ts";
import { PROBLEMS } from "./samplers/problems.ts";
import { bestAfter, type SamplerName, SAMPLERS } from "./samplers/search.ts";

const SEEDS = Number(Deno.args[0] ?? 20), AFTER = [25, 50, 100] as const;

/** How a sampler is run: its name and how many trials run side by side. */
const ROWS: readonly (readonly [name: SamplerName, jobs: number])[] = [
  ...(Object.keys(SAMPLERS) as SamplerName[]).map((name) => [name, 1] as const),
  ["tpe", 4],
];

const median = (values: readonly number[]) => quantile(values.toSorted((a, b) => a - b), 0.5);

console.log(
  `| function | sampler | ${AFTER.map((n) => `${n} trials`).join(" | ")} | ${
    AFTER.map((n) => `better than random after ${n}`).join(" | ")
  } |`,
);
console.log(`| --- | --- | ${[...AFTER, ...AFTER].map(() => "---:").join(" | ")} |`);
for (const problem of PROBLEMS) {
  const runs = ROWS.map(([name, jobs]) =>
    Array.from({ length: SEEDS }, (_, seed) => bestAfter(problem, name, seed, AFTER.at(-1)!, jobs))
  );
  for (const [row, [name, jobs]] of ROWS.entries()) {
    const medians = AFTER.map((n) =>
      (median(runs[row].map((bests) => bests[n - 1])) - problem.minimum).toPrecision(2)
    );
    const label = jobs === 1 ? name : `${name}, ${jobs} jobs`;
    console.log(
      `| ${problem.name} | ${label} | ${medians.join(" | ")} | ${
        AFTER.map((n) => winsText(runs[row], runs[0], name, n)).join(" | ")
      } |`,
    );
  }
}

/** The seeds at which the best is better than that of random search, as a share with its interval. */
function winsText(
  own: readonly number[][],
  random: readonly number[][],
  name: SamplerName,
  n: number,
): string {
  if (name === "random") return "";
  const wins = own.filter((bests, seed) => bests[n - 1] < random[seed][n - 1]).length;
  const { low, high } = wilson(wins, own.length)!;
  return `${wins} of ${own.length} (${(100 * low).toFixed(0)} % to ${(100 * high).toFixed(0)} %)`;
}
