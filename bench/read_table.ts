/**
 * The processor time of reading a CSV file of numbers into memory, by this project and by pandas: each in a process of its own, in turns.
 * Unlike the time by the clock it says something on a busy machine, too.
 *
 *     deno run -A --no-lock bench/read_table.ts [--rows 200000] [--rounds 5] [--python PATH]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { countText } from "../src/core/amounts.ts";
import { median } from "./interleave.ts";
import { circumstances, note, show } from "./note.ts";
import { runToEnd } from "./process.ts";
import { COLUMNS, writeTable } from "./table_file.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "200000" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
  },
});
const rows = Number(flags.rows), ROOT = new URL("../", import.meta.url);

const OURS = `
import { cpuUsage } from "node:process";
import { openSource, SourceSpec } from ${JSON.stringify(new URL("src/data/source.ts", ROOT).href)};
import { table } from ${JSON.stringify(new URL("src/data/table.ts", ROOT).href)};
const spec = SourceSpec.parse(table(Deno.args[0], { testShare: 0 }));
const before = cpuUsage(), { train } = await openSource(spec, { seed: 1, log: () => {} }), { user, system } = cpuUsage(before);
console.log((user + system) / 1000, train.count);
`;
const PANDAS = `
import sys, time, pandas
before = time.process_time()
values = pandas.read_csv(sys.argv[1]).to_numpy("float32")
print(1000 * (time.process_time() - before), len(values))
`;

const folder = await Deno.makeTempDir({ prefix: "hourglass-read-" });
try {
  const csv = `${folder}/table.csv`, program = `${folder}/ours.ts`;
  note(`writing ${countText(rows)} rows of ${COLUMNS} columns`);
  await writeTable(csv, rows);
  await Deno.writeTextFile(program, OURS);
  const config = `--config=${new URL("deno.json", ROOT).pathname}`;
  const sides = {
    "this project": [Deno.execPath(), "run", "-A", "--quiet", "--no-lock", config, program, csv],
    pandas: [flags.python, "-c", PANDAS, csv],
  };
  const times: Record<string, number[]> = { "this project": [], pandas: [] };
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [name, [command, ...args]] of Object.entries(sides)) {
      const [milliseconds, count] = (await runToEnd(command, args, { cwd: folder })).output.trim().split(" ");
      if (Number(count) !== rows) throw new Error(`${name} must read ${rows} rows, got ${count}`);
      times[name].push(Number(milliseconds));
    }
  }
  const lines = Object.entries(times).map(([name, all]) => `| ${name} | ${median(all).toFixed(0)} |`);
  show(`${circumstances()}; ${countText(rows)} rows, ${COLUMNS} columns

| program | processor time of reading, ms |
| --- | ---: |
${lines.join("\n")}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
