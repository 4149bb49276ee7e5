import { match, ok, strictEqual as equal } from "node:assert/strict";
import { outcomeOf, ROOT, runProgram, taskArguments } from "../support/program.ts";

/** Runs a task with an empty cache and no network to fill it from. */
async function withoutPackages(task: "run" | "runs") {
  const cache = await Deno.makeTempDir();
  try {
    const [first, ...rest] = taskArguments(task);
    const process = new Deno.Command(Deno.execPath(), {
      args: [first, "--cached-only", ...rest, ...(task === "run" ? ["pipelines/glyphs-ae.ts"] : [])],
      cwd: ROOT,
      env: { DENO_DIR: cache, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return await outcomeOf(process);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

for (const [task, size] of [["run", "120 MB"], ["runs", "6 MB"]] as const) {
  Deno.test(`${task} reports a download of ${size} in one line before it begins, and says what failed without a stack`, async () => {
    const { code, stdout, stderr } = await withoutPackages(task);
    equal(code, 1, stderr);
    equal(stdout, "");
    const [notice, error, ...more] = stderr.trim().split("\n");
    match(
      notice,
      new RegExp(`^Downloading packages into Deno's cache, once \\(about ${size}, \\d+ MB on disk\\)`),
    );
    match(
      error,
      /^error: The program must be loaded with its packages, got: .*\(check the network and run again\)$/,
    );
    ok(more.length === 0, stderr);
  });
}

Deno.test("runs reports no download when its packages are in the cache", async () => {
  const { stderr } = await runProgram("runs", []);
  ok(!/Download/.test(stderr), stderr);
});
