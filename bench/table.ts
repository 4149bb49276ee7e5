/**
 * A table of a million rows and 30 columns, read and trained on for an epoch, compared with pandas and PyTorch doing the same: time and
 * peak memory of whole processes in turns.
 *
 *     deno run -A --no-lock bench/table.ts [--rows 1000000] [--rounds 3] [--python PATH]
 *
 * `--python` has PyTorch, pandas and pyarrow; without it, a virtual environment next to the peers is made.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { countText } from "../src/core/amounts.ts";
import { median } from "./interleave.ts";
import { circumstances, note, show } from "./note.ts";
import { pythonWithTorch } from "./peers/python.ts";
import { type Finished, runToEnd } from "./process.ts";
import { COLUMNS, writeTable } from "./table_file.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
    python: { type: "string" },
  },
});
// For layers this small, PyTorch is quicker with one thread than with two.
const PEER_THREADS = 1;
const ROOT = new URL("../", import.meta.url).pathname, BATCH = 512, EPOCHS = 1;
const rows = Number(flags.rows), folder = await Deno.makeTempDir({ prefix: "hourglass-table-" });

const PIPELINE = `
import { load, pipeline, standardize, table, train, vae } from ${JSON.stringify(`${ROOT}mod.ts`)};
export default pipeline("table-bench", { seed: 1 })
  .pipe(load(table(Deno.env.get("TABLE")!), { scale: standardize() }))
  .pipe(train(vae({ encoder: [24], latent: 8, activation: "tanh", loss: "gaussian" }), {
    epochs: ${EPOCHS}, batchSize: ${BATCH}, validationShare: 0, previews: false }));
`;

/** A run of one side: seconds of reading and training, and of the process, and its peak memory. */
interface Measured extends Pick<Finished, "seconds" | "peakMegabytes"> {
  readonly load: number;
  readonly train: number;
}

async function runOurs(file: string): Promise<Measured> {
  const runs = `${folder}/runs`;
  const finished = await runToEnd(Deno.execPath(), [
    ...["run", "-A", "--quiet", "--no-lock", `--config=${ROOT}deno.json`, `${ROOT}src/cli/start.ts`],
    ...["run", `${folder}/pipeline.ts`, "--ui", "json", "--runs", runs, "--no-cache"],
  ], { cwd: folder, env: { TABLE: file } });
  const events = finished.output.trim().split("\n").map((line) => JSON.parse(line));
  const secondsOf = (stage: string) =>
    events.find((event) => event.type === "stage" && event.stage === stage && event.state === "finished")
      .seconds;
  return { ...finished, load: secondsOf("load"), train: secondsOf("train") };
}

async function runPeer(python: string, file: string): Promise<Measured> {
  const peer = `${ROOT}bench/peers/table_peer.py`;
  const finished = await runToEnd(
    python,
    [peer, file, EPOCHS, BATCH, PEER_THREADS].map(String),
  );
  return { ...finished, ...JSON.parse(finished.output.trim().split("\n").at(-1)!) };
}

/** The Python of the other side. */
async function pythonCommand(): Promise<string> {
  if (flags.python !== undefined) return flags.python;
  const found = await pythonWithTorch();
  if (typeof found === "string") throw new Error(`PyTorch must be there: ${found}`);
  return found.command;
}

try {
  const python = await pythonCommand();
  await Deno.writeTextFile(`${folder}/pipeline.ts`, PIPELINE);
  const csv = `${folder}/table.csv`, parquet = `${folder}/table.parquet`;
  note(`writing ${countText(rows)} rows of ${COLUMNS} columns`);
  await writeTable(csv, rows);
  const program = "import pandas, sys; pandas.read_csv(sys.argv[1], dtype='float32').to_parquet(sys.argv[2])";
  await runToEnd(python, ["-c", program, csv, parquet]);
  const lines: string[] = [];
  for (const file of [csv, parquet]) {
    const all = { "this project": [] as Measured[], "pandas and PyTorch": [] as Measured[] };
    for (let round = 0; round < Number(flags.rounds); round++) {
      // Each round reads the file again: what an earlier one has converted is removed.
      await Deno.remove(`${folder}/data`, { recursive: true }).catch(() => {});
      all["this project"].push(await runOurs(file));
      all["pandas and PyTorch"].push(await runPeer(python, file));
    }
    for (const [name, runs] of Object.entries(all)) {
      const of = (field: keyof Measured) => median(runs.map((run) => run[field] ?? NaN));
      const cells = [
        of("load").toFixed(1),
        of("train").toFixed(1),
        of("seconds").toFixed(1),
        of("peakMegabytes").toFixed(0),
      ];
      lines.push(`| ${file.endsWith("csv") ? "CSV" : "Parquet"} | ${name} | ${cells.join(" | ")} |`);
    }
  }
  show(`${circumstances()}; ${countText(rows)} rows, ${COLUMNS} columns

| file | program | read, s | one epoch, s | process, s | peak memory, MB |
| --- | --- | ---: | ---: | ---: | ---: |
${lines.join("\n")}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
