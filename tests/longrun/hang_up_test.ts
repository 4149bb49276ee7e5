import { match, ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { hasScript } from "../support/terminal.ts";
import { onlyRun, readJson, ROOT, taskArguments, withRunsFolder } from "../support/program.ts";

const SETTINGS = ["train.epochs=1200"];

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");
const command = (args: readonly string[]) => quoted([Deno.execPath(), ...taskArguments("run"), ...args]);

/** Starts a program in a terminal. */
function inTerminal(line: string): Deno.ChildProcess {
  return new Deno.Command("script", {
    args: ["-qefc", `stty rows 24 cols 80; ${line}`, "/dev/null"],
    cwd: ROOT,
    env: { TERM: "xterm-256color", SHELL: "/bin/sh", CI: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Waits until the one run has ended; gives its record. */
// deno-lint-ignore no-explicit-any -- a record is what it is.
async function untilEnded(runs: string): Promise<any> {
  for (let tries = 0; tries < 600; tries++) {
    const record = readJson(`${onlyRun(runs, GLYPHS)}/run.json`);
    if (record.status !== "running") return record;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the run did not end within 30 s");
}

function assertComplete(runs: string): void {
  const run = onlyRun(runs, GLYPHS);
  ok(Deno.statSync(`${run}/artifacts/model/model.safetensors`).size > 1000);
  ok(Number.isFinite(readJson(`${run}/artifacts/metrics.json`).evaluate.mse));
  const epochs = Deno.readTextFileSync(`${run}/events.jsonl`).split("\n").filter((line) =>
    line.startsWith('{"type":"epoch"')
  );
  equal(epochs.length, 1200);
}

Deno.test("run continues when its output is no longer read (EPIPE), and exits 0", async () => {
  await withRunsFolder(async (folder) => {
    const line = `{ ${command(glyphsArguments(folder, ...SETTINGS))}; echo "exit $?" >&2; } | head -1`;
    const { stdout, stderr } = await new Deno.Command("sh", { args: ["-c", line], cwd: ROOT }).output();
    equal(new TextDecoder().decode(stdout).trim().split("\n").length, 1);
    match(new TextDecoder().decode(stderr), /^exit 0\n$/);
    assertComplete(folder);
  });
});

Deno.test({
  name:
    "run lives on when its terminal is closed (SIGHUP, EIO), says so in its log, and ends with exit code 0",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (folder) => {
      const terminal = inTerminal(`exec ${command(glyphsArguments(folder, ...SETTINGS))}`);
      await untilLogged(folder, '"epoch":20,');
      terminal.kill("SIGKILL");
      await Promise.all([terminal.status, terminal.stdin.close(), terminal.stdout.cancel()]);
      const { status, exitCode } = await untilEnded(folder);
      equal(`${status} ${exitCode}`, "completed 0");
      assertComplete(folder);
      match(
        Deno.readTextFileSync(`${onlyRun(folder, GLYPHS)}/events.jsonl`),
        /the terminal hung up \(SIGHUP\): the run continues without it/,
      );
    });
  },
});

Deno.test({
  name: "run continues when the terminal of its dashboard is closed",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (folder) => {
      const args = glyphsArguments(folder, ...SETTINGS).map((word) => word === "plain" ? "tui" : word);
      const terminal = inTerminal(`exec ${command(args)}`);
      await untilLogged(folder, '"epoch":20,');
      const { host } = readJson(`${onlyRun(folder, GLYPHS)}/run.json`);
      terminal.kill("SIGKILL");
      await Promise.all([terminal.status, terminal.stdin.close(), terminal.stdout.cancel()]);
      const { status, exitCode } = await untilEnded(folder);
      equal(`${status} ${exitCode}`, "completed 0");
      equal(readJson(`${onlyRun(folder, GLYPHS)}/run.json`).host.pid, host.pid);
      assertComplete(folder);
    });
  },
});
