/** One signal to a run under `deno task`, as batch systems, terminals and `timeout` send it: it stops with a checkpoint. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { wholeNumber } from "../../src/core/random.ts";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "./glyphs_run.ts";
import { onlyRun, readJson, ROOT, withRunsFolder } from "./program.ts";
import { until } from "./until.ts";

/** The folder of deno itself, as `deno task` needs it on the path. */
const PATH = `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}`;
const taskLine = (args: readonly string[]) =>
  ["deno", "task", "-q", "run", ...args].map((word) => `'${word}'`).join(" ");

/** Starts a line of the shell as the leader of a process group of its own. */
function startGroup(line: string): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: ["-c", `exec ${line}`],
    cwd: ROOT,
    env: { PATH, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
}

/** Waits a while that differs from time to time. */
function awhile(time: number): Promise<void> {
  const milliseconds = wholeNumber(800, { seed: 21, stream: "split", epoch: time });
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Checks that the one run has stopped in order. */
async function assertStopped(runs: string, exitCode: number): Promise<void> {
  const run = onlyRun(runs, GLYPHS);
  const hasEnded = () => readJson(`${run}/run.json`).status !== "running";
  await until(hasEnded, `the end of ${run}`, { seconds: 20, every: 50 });
  const record = readJson(`${run}/run.json`);
  equal(`${record.status} ${record.exitCode}`, `stopped ${exitCode}`, record.reason);
  ok(/^stopped by SIG/.test(record.reason) || /^stopped on request/.test(record.reason), record.reason);
  if (Deno.readTextFileSync(`${run}/events.jsonl`).includes('"type":"epoch"')) {
    ok(Deno.statSync(`${run}/checkpoints/train.last.safetensors`).size > 1000);
  }
  const left = [run, `${run}/checkpoints`, `${run}/artifacts`].flatMap((
    folder,
  ) => [...Deno.readDirSync(folder)]);
  equal(left.filter(({ name }) => name.endsWith(".tmp")).length, 0, "no temporary file is left");
}

/** A signal to the whole group: Deno also forwards the signal that the run has received itself. */
export async function stopInGroup(signal: Deno.Signal, time: number): Promise<void> {
  await withRunsFolder(async (folder) => {
    const process = startGroup(taskLine(glyphsArguments(folder, ENDLESS)));
    await untilLogged(folder, '"epoch":2,');
    await awhile(time);
    Deno.kill(-process.pid, signal);
    const code = signal === "SIGINT" ? 130 : 143;
    const { stderr } = await process.output();
    await assertStopped(folder, code);
    equal(new TextDecoder().decode(stderr), "");
  });
}

/** Ctrl-C in a terminal, which the lines get as a signal and the dashboard as a key. */
export async function stopInTerminal(ui: "plain" | "tui", time: number): Promise<void> {
  await withRunsFolder(async (folder) => {
    const args = glyphsArguments(folder, ENDLESS).map((word) => word === "plain" ? ui : word);
    const terminal = new Deno.Command("script", {
      args: ["-qefc", `stty rows 24 cols 80; exec ${taskLine(args)}`, "/dev/null"],
      cwd: ROOT,
      env: { PATH, TERM: "xterm-256color", SHELL: "/bin/sh", CI: "" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const keyboard = terminal.stdin.getWriter();
    await untilLogged(folder, '"epoch":2,');
    await awhile(time);
    await keyboard.write(new Uint8Array([3]));
    await assertStopped(folder, 130);
    await terminal.status;
    await keyboard.close().catch(() => {});
  });
}

/** `timeout`, which signals its group, itself included. */
export async function stopInTime(time: number): Promise<void> {
  await withRunsFolder(async (folder) => {
    const hasStarted = () => {
      try {
        return onlyRun(folder, GLYPHS) !== "";
      } catch {
        return false;
      }
    };
    // Longer where the machine is so busy that no run starts in that time.
    for (let seconds = 5 + time % 2; seconds < 60 && !hasStarted(); seconds *= 2) {
      const process = startGroup(`timeout ${seconds} ${taskLine(glyphsArguments(folder, ENDLESS))}`);
      const { code } = await process.output();
      equal(code, 124);
    }
    await assertStopped(folder, 143);
  });
}
