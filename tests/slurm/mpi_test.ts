import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { outcomeOf, readJson, ROOT } from "../support/program.ts";
import { withSlurm } from "../support/slurm.ts";

const NAME = "glyphs-dae", RANKS = 4;
const TRAINING = [
  ...["task", "-q", "run", `pipelines/${NAME}.ts`, "--ui", "plain", "--no-cache", "--no-report"],
  ...["--set", "train.epochs=30", "--set", "train.repeats=8", "--set", "evaluate.draws=20"],
];

/** The losses of a run's epochs, and the hash of its weights. */
function computed(runs: string): { losses: unknown[]; weights: string } {
  const [{ name }] = [...Deno.readDirSync(`${runs}/${NAME}`)].filter(({ name }) => !name.startsWith("."));
  const folder = `${runs}/${NAME}/${name}`;
  equal(readJson(`${folder}/run.json`).status, "completed");
  const events = Deno.readTextFileSync(`${folder}/events.jsonl`).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  return {
    losses: events.filter(({ type }) => type === "epoch").map(({ loss }) => loss),
    weights: createHash("sha256").update(Deno.readFileSync(`${folder}/artifacts/model/model.safetensors`))
      .digest("hex"),
  };
}

Deno.test("srun --mpi=pmix trains one model on four nodes, to the bits of one process with as many parts", () =>
  withSlurm(async ({ env }) => {
    const folder = await Deno.makeTempDir({ prefix: "slurm-mpi-" });
    const run = (program: string, args: readonly string[]) => {
      const command = new Deno.Command(program, {
        args: [...args],
        cwd: ROOT,
        // Each rank is the only one of its node, but the nodes share the cores of one machine.
        env: { ...env, NO_COLOR: "1", OMPI_MCA_mpi_yield_when_idle: "1" },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      });
      return outcomeOf(command.spawn());
    };
    try {
      const step = ["--mpi=pmix", "--kill-on-bad-exit=1", `--nodes=${RANKS}`, `--ntasks=${RANKS}`];
      const ranks = await run("srun", [...step, Deno.execPath(), ...TRAINING, "--runs", `${folder}/ranks`]);
      equal(ranks.code, 0, `${ranks.stderr}${ranks.stdout}`);
      match(ranks.stdout, /4 ranks/);
      const alone = await run(Deno.execPath(), [
        ...TRAINING,
        "--runs",
        `${folder}/alone`,
        "--parts",
        String(RANKS),
      ]);
      equal(alone.code, 0, alone.stderr);
      const expected = computed(`${folder}/alone`);
      equal(expected.losses.length, 30);
      deepEqual(computed(`${folder}/ranks`), expected);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
