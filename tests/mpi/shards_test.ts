import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { npyFloats } from "../data/arrays/npy_support.ts";
import { type Outcome, outcomeOf, readJson, ROOT, taskArguments } from "../support/program.ts";
import { hasMpirun, mpirun } from "./mpirun.ts";

/** Samples of each of four shards. */
const COUNT = 20, SIZE = 8;
const valuesOf = (shard: number, count = COUNT) =>
  Float32Array.from({ length: count * SIZE }, (_, at) => Math.sin((1 + at) * (2 + shard)) / 2);
const fileOf = (shard: number, count = COUNT) => npyFloats([count, SIZE], valuesOf(shard, count));

/** The task `run`, started in any folder. */
const RUN = taskArguments("run").map((word) =>
  word.replace("--lock=", `--lock=${ROOT}`).replace("src/cli/start.ts", `${ROOT}src/cli/start.ts`)
).toSpliced(1, 0, `--config=${ROOT}deno.json`);
const FILE = `${ROOT}tests/mpi/shards_pipeline.ts`;

/** A folder for each rank, with the files of its shards and no others. */
async function withFolders(
  ranks: number,
  counts: readonly number[],
  use: (folders: readonly string[]) => Promise<void>,
): Promise<void> {
  const folders = Array.from({ length: ranks }, () => Deno.makeTempDirSync());
  try {
    counts.forEach((count, shard) => {
      Deno.writeFileSync(`${folders[shard % ranks]}/${shard}.npy`, fileOf(shard, count));
    });
    Deno.writeFileSync(`${folders[0]}/test.npy`, fileOf(4));
    await use(folders);
  } finally {
    for (const folder of folders) await Deno.remove(folder, { recursive: true });
  }
}

/** Trains with one rank in each folder. */
function train(folders: readonly string[], args: readonly string[] = []): Promise<Outcome> {
  const command = [...RUN, FILE, "--engine", "wasm", "--ui", "plain", "--no-report", "--no-cache", ...args];
  if (folders.length === 1) {
    const options = { args: command, cwd: folders[0], stdout: "piped", stderr: "piped" } as const;
    return outcomeOf(new Deno.Command(Deno.execPath(), options).spawn());
  }
  const [first, ...others] = folders;
  const more = others.flatMap((folder) => [":", "-n", "1", "-wdir", folder, Deno.execPath(), ...command]);
  return outcomeOf(mpirun(1, [...command, ...more], { options: ["-wdir", first] }));
}

/** The losses of all epochs of the run in a folder. */
function lossesIn(folder: string): number[] {
  const run = onlyRunIn(folder);
  return Deno.readTextFileSync(`${run}/events.jsonl`).trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ type }) => type === "epoch").map(({ loss }) => loss);
}

function onlyRunIn(folder: string): string {
  const [name] = [...Deno.readDirSync(`${folder}/runs/sharded`)].map(({ name }) => name).filter((name) =>
    /^\d/.test(name)
  );
  return `${folder}/runs/sharded/${name}`;
}

for (const ranks of [2, 4]) {
  Deno.test({
    name:
      `run trains by ${ranks} ranks that each have only the files of their shards, to the losses of one process with all`,
    ignore: !hasMpirun(),
    async fn() {
      const counts = [COUNT, COUNT, COUNT, COUNT];
      let expected: number[] = [];
      await withFolders(1, counts, async ([folder]) => {
        const { code, stderr } = await train([folder]);
        equal(code, 0, stderr);
        expected = lossesIn(folder);
      });
      await withFolders(ranks, counts, async (folders) => {
        const { code, stdout, stderr } = await train(folders);
        equal(code, 0, stdout + stderr);
        const losses = lossesIn(folders[0]);
        equal(losses.length, 12);
        // All samples are one batch: only the order of additions is another one.
        losses.forEach((loss, at) =>
          ok(Math.abs(loss - expected[at]) <= 1e-5 * expected[at], `${loss} ${expected[at]}`)
        );
        const { spec } = readJson(`${onlyRunIn(folders[0])}/run.json`);
        equal(spec.stages[0].options.source.ranks, ranks);
        for (const folder of folders.slice(1)) {
          equal([...Deno.readDirSync(folder)].some(({ name }) => name === "runs"), false);
        }
      });
    },
  });
}

Deno.test({
  name: "run resumes a training on shards of unequal size to the bits of one that was not stopped",
  ignore: !hasMpirun(),
  fn: () =>
    withFolders(2, [20, 27, 23, 31], async (folders) => {
      const args = ["--set", "train.batchSize=16", "--set", "train.checkpoint.everyEpochs=1"];
      const whole = await train(folders, args);
      equal(whole.code, 0, whole.stdout + whole.stderr);
      const expected = lossesIn(folders[0]);
      await Deno.remove(`${folders[0]}/runs`, { recursive: true });
      equal((await train(folders, [...args, "--max-epochs", "4"])).code, 124);
      equal(lossesIn(folders[0]).length, 4);
      equal((await train(folders, [...args, "--resume", "auto"])).code, 0);
      deepEqual(lossesIn(folders[0]), expected);
    }),
});
