import { match, ok, strictEqual as equal } from "node:assert/strict";
import { nativeProblem } from "../../src/engine/native.ts";
import {
  onlyRun,
  outcomeOf,
  readJson,
  ROOT,
  runProgram,
  taskArguments,
  withRunsFolder,
} from "../support/program.ts";

const QUICK = ["pipelines/glyphs-ae.ts", "--ui", "plain", "--set", "train.epochs=3"];
const problem = await nativeProblem();

Deno.test({
  name: "run computes natively where it can, and records engine, threads and cores",
  ignore: problem !== undefined,
  async fn() {
    await withRunsFolder(async (folder) => {
      const { code, stdout } = await runProgram("run", [...QUICK, "--runs", folder]);
      equal(code, 0, stdout);
      match(stdout, /native, 1 thread/);
      const { engine } = readJson(`${onlyRun(folder, "glyphs-ae")}/run.json`);
      equal(engine.name, "native");
      equal(engine.threads, null);
      ok(engine.cores >= 1);
    });
  },
});

Deno.test("run falls back to wasm without the permission to call libraries, and says why in one line", async () => {
  await withRunsFolder(async (folder) => {
    const args = taskArguments("run").filter((argument) => argument !== "--allow-ffi");
    const process = new Deno.Command(Deno.execPath(), {
      args: [...args, ...QUICK, "--runs", folder],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { code, stdout, stderr } = await outcomeOf(process);
    equal(code, 0, stdout + stderr);
    match(stdout.split("\n")[0], /wasm, 1 thread/);
    match(stdout.split("\n")[1], /^Using the wasm engine: .*--allow-ffi/);
  });
});

Deno.test("run takes the engine of HOURGLASS_ENGINE, and --engine before it", async () => {
  await withRunsFolder(async (folder) => {
    const env = { HOURGLASS_ENGINE: "reference" };
    match((await runProgram("run", [...QUICK, "--runs", folder], env)).stdout, /reference, 1 thread/);
    match(
      (await runProgram("run", [...QUICK, "--runs", folder, "--engine", "wasm"], env)).stdout,
      /wasm, 1 thread/,
    );
    equal((await runProgram("run", QUICK, { HOURGLASS_ENGINE: "abacus" })).code, 2);
  });
});

Deno.test({
  name: "plan shows the engine and the threads that a step pays for",
  ignore: problem !== undefined,
  async fn() {
    match(
      (await runProgram("plan", ["pipelines/glyphs-ae.ts"])).stdout,
      /^glyphs-ae, seed 42, native, 1 thread\n/,
    );
    match(
      (await runProgram("plan", ["pipelines/glyphs-ae.ts", "--threads", "3"])).stdout,
      /native, 3 threads\n/,
    );
  },
});
