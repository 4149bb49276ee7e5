import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { glyphsArguments } from "../support/glyphs_run.ts";
import { ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** DVC, as `HOURGLASS_DVC` names it, or from the PATH. */
const DVC = Deno.env.get("HOURGLASS_DVC") || "dvc";

function execute(folder: string, program: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { DVC_NO_ANALYTICS: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
    stdout: "piped",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

function hasDvc(): boolean {
  try {
    return execute(ROOT, DVC, "--version") !== "";
  } catch {
    return false;
  }
}

Deno.test({
  name: "run --dvc writes what dvc metrics show and dvc params diff read (needs dvc: HOURGLASS_DVC)",
  ignore: !hasDvc(),
  fn: () =>
    withRunsFolder(async (runs) => {
      // Outside of this repository: DVC wants one of its own.
      const folder = await Deno.makeTempDir({ prefix: "hourglass-dvc-" });
      try {
        execute(folder, "git", "init", "--quiet");
        execute(folder, DVC, "init", "--quiet");
        const run = async (...more: string[]) => {
          const args = [...glyphsArguments(runs, "train.epochs=1", ...more), "--dvc", folder];
          const { code, stderr } = await runProgram("run", args);
          equal(code, 0, stderr);
        };
        await run();
        execute(folder, "git", "add", "--all");
        execute(
          folder,
          "git",
          "-c",
          "user.name=a",
          "-c",
          "user.email=a@b",
          "commit",
          "--quiet",
          "-m",
          "first",
        );
        const shown = JSON.parse(execute(folder, DVC, "metrics", "show", "--json", "metrics.json"));
        const [{ data }] = Object.values(shown) as { data: Record<string, { data: unknown }> }[];
        deepEqual(
          data["metrics.json"].data,
          JSON.parse(Deno.readTextFileSync(`${folder}/metrics.json`)),
        );
        await run("train.optimizer.learningRate=1e-7", "train.epochs=2");
        const changed = JSON.parse(execute(folder, DVC, "params", "diff", "--json"))["params.yaml"];
        deepEqual(Object.keys(changed).sort(), [
          "stages.train.epochs",
          "stages.train.optimizer.learningRate",
        ]);
        deepEqual([changed["stages.train.epochs"].old, changed["stages.train.epochs"].new], [1, 2]);
        equal(changed["stages.train.optimizer.learningRate"].new, 1e-7);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }),
});
