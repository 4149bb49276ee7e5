import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { ROOT } from "../support/program.ts";
import { type Slurm, untilIdle, withSlurm } from "../support/slurm.ts";

const LIST = `${Deno.execPath()} task -q sweep tests/fixtures/slurm_sweep.ts --list --shard auto`;

/** Runs a command as a batch job, and returns what each of its tasks printed. */
async function outputs(
  slurm: Slurm,
  folder: string,
  options: readonly string[],
  command: string,
): Promise<string[]> {
  const name = crypto.randomUUID();
  const output = `--output=${folder}/${name}-%a`,
    common = ["--parsable", `--chdir=${ROOT}`, "--mem=200", output];
  await slurm.call("sbatch", ...common, ...options, "--export=ALL,NO_COLOR=1", "--wrap", command);
  await untilIdle(slurm, { seconds: 120 });
  const files = [...Deno.readDirSync(folder)].filter((file) => file.name.startsWith(name));
  return await Promise.all(files.map((file) => Deno.readTextFile(`${folder}/${file.name}`)));
}

const shards = (texts: readonly string[]) =>
  texts.flatMap((text) => text.match(/^shard .*(?=:)/gm) ?? []).toSorted();

Deno.test("sweep --shard auto finds its shard in arrays and steps of Slurm, and refuses a list", () =>
  withSlurm(async (slurm) => {
    const folder = await Deno.makeTempDir({ prefix: "slurm-auto-" });
    try {
      deepEqual(shards(await outputs(slurm, folder, ["--array=2-8:3"], LIST)), [
        "shard 1/3 (Slurm array, SLURM_ARRAY_TASK_ID=2)",
        "shard 2/3 (Slurm array, SLURM_ARRAY_TASK_ID=5)",
        "shard 3/3 (Slurm array, SLURM_ARRAY_TASK_ID=8)",
      ]);
      deepEqual(shards(await outputs(slurm, folder, ["--ntasks=3"], `srun ${LIST}`)), [
        "shard 1/3 (Slurm tasks, SLURM_PROCID=0)",
        "shard 2/3 (Slurm tasks, SLURM_PROCID=1)",
        "shard 3/3 (Slurm tasks, SLURM_PROCID=2)",
      ]);
      const list = await outputs(slurm, folder, ["--array=1,4"], `${LIST}; echo exit $?`);
      equal(list.length, 2);
      for (const text of list) {
        match(text, /--array must be one range .*got a list of 2 numbers from 1 to 4[^]*\nexit 2\n$/);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
