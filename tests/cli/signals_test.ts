import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { NO_SIGNALS, receive, type SignalAct } from "../../src/cli/signals.ts";
import { STOP_SIGNALS, type StopSignalName } from "../../src/run/stop.ts";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { onlyRun, outcomeOf, readJson, ROOT, runProgram, start, withRunsFolder } from "../support/program.ts";
import { stopInGroup, stopInTerminal, stopInTime } from "../support/signal_storm.ts";
import { hasScript } from "../support/terminal.ts";

const isPosix = Deno.build.os !== "windows";

const SIGNAL_CASES: { name: string; signals: [StopSignalName, number][]; acts: SignalAct[] }[] = [
  { name: "stops at the first signal", signals: [["SIGINT", 0]], acts: ["stop"] },
  {
    name: "takes a second one within a second for the first",
    signals: [["SIGTERM", 0], ["SIGTERM", 999]],
    acts: ["stop", "same"],
  },
  {
    name: "takes another one within a second for the first, too",
    signals: [["SIGINT", 0], ["SIGTERM", 5], ["SIGINT", 9]],
    acts: ["stop", "same", "same"],
  },
  {
    name: "aborts at one a second later",
    signals: [["SIGINT", 0], ["SIGINT", 1000]],
    acts: ["stop", "abort"],
  },
  {
    name: "never aborts at signals of a time that runs out",
    signals: [["SIGUSR1", 0], ["SIGUSR1", 2000], ["SIGXCPU", 9000]],
    acts: ["stop", "same", "same"],
  },
  {
    name: "takes a SIGTERM after a time that ran out for the first, and aborts at the next",
    signals: [["SIGUSR1", 0], ["SIGTERM", 60000], ["SIGTERM", 60010], ["SIGTERM", 90000]],
    acts: ["stop", "stop", "same", "abort"],
  },
];
for (const { name, signals, acts } of SIGNAL_CASES) {
  Deno.test(`receive() ${name}`, () => {
    let received = NO_SIGNALS;
    deepEqual(
      signals.map(([signal, now]) => {
        const next = receive(received, signal, now);
        received = next.received;
        return next.act;
      }),
      acts,
    );
  });
}

/** The ports on which a process listens, and whether it has said that it does. */
async function listening(pid: number): Promise<string[]> {
  const sockets = new Set<string>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const link = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    sockets.add(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "none");
  }
  const LISTENS = "0A";
  return (await Deno.readTextFile("/proc/net/tcp")).split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTENS && sockets.has(inode)).map(([, address]) =>
      address
    );
}

for (const signal of ["SIGUSR1", "SIGUSR2", "SIGXCPU", "SIGQUIT"] as const) {
  Deno.test({
    name: `run stops with a checkpoint at ${signal}, exits ${STOP_SIGNALS[signal]} and opens no port`,
    ignore: !isPosix,
    async fn() {
      await withRunsFolder(async (folder) => {
        const process = start("run", glyphsArguments(folder, ENDLESS));
        const run = await untilLogged(folder, '"epoch":5,');
        process.kill(signal);
        process.kill(signal);
        const { code, stdout, stderr } = await outcomeOf(process);
        equal(code, STOP_SIGNALS[signal], stdout + stderr);
        equal(stderr, "");
        const { status, exitCode, reason } = readJson(`${run}/run.json`);
        equal(`${status} ${exitCode}`, `stopped ${STOP_SIGNALS[signal]}`);
        match(reason, new RegExp(`^stopped by ${signal}`));
        ok(Deno.statSync(`${run}/checkpoints/train.last.safetensors`).size > 1000);
      });
    },
  });
}

Deno.test({
  name: "no command opens a port at SIGUSR1: a run that cannot stop yet, and a monitor",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withRunsFolder(async (folder) => {
      // A batch of many seconds: the run is still there a while after the signal.
      const slow = ["train.repeats=4000", "train.batchSize=128000"];
      const run = start("run", [...glyphsArguments(folder, ENDLESS, ...slow), "--engine", "reference"]);
      const path = await untilLogged(folder, '"type":"training"');
      const monitor = start("monitor", [path.slice(ROOT.length), "--ui", "plain"]);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      run.kill("SIGUSR1");
      for (let look = 0; look < 5; look++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        deepEqual(await listening(run.pid), []);
      }
      monitor.kill("SIGUSR1");
      const seen = await outcomeOf(monitor);
      equal(seen.stderr, "");
      run.kill("SIGKILL");
      equal((await outcomeOf(run)).stderr, "");
    });
  },
});

Deno.test({
  name: "run that is stopped before it has started leaves no run folder, or one that says so",
  ignore: !isPosix,
  async fn() {
    await withRunsFolder(async (folder) => {
      for (const milliseconds of [300, 600, 900, 1300]) {
        const process = start("run", glyphsArguments(`${folder}/${milliseconds}`, ENDLESS));
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        process.kill("SIGTERM");
        const { success, signal, code } = await process.status;
        await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
        ok(!success && (signal === "SIGTERM" || code === 143), `${signal} ${code}`);
        const runs = await Array.fromAsync(Deno.readDir(`${ROOT}${folder}/${milliseconds}/${GLYPHS}`)).catch(
          () => [],
        );
        for (const { name } of runs) {
          const { status } = readJson(`${ROOT}${folder}/${milliseconds}/${GLYPHS}/${name}/run.json`);
          equal(status, "stopped", `after ${milliseconds} ms`);
        }
      }
    });
  },
});

Deno.test({
  name: "run continues after it was stopped by its terminal or a batch system",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withRunsFolder(async (folder) => {
      const process = start("run", glyphsArguments(folder, "train.epochs=2500"));
      await untilLogged(folder, '"epoch":5,');
      // SIGTSTP is not delivered to a process group without a shell, as under CI.
      process.kill("SIGSTOP");
      const state = () => Deno.readTextFileSync(`/proc/${process.pid}/stat`).split(" ")[2];
      for (let look = 0; look < 100 && state() !== "T"; look++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      equal(state(), "T");
      process.kill("SIGCONT");
      const { code, stderr } = await outcomeOf(process);
      equal(code, 0, stderr);
    });
  },
});

Deno.test({
  name: "run under deno task stops once at a signal of its group, never aborted",
  ignore: !isPosix,
  async fn() {
    for (let time = 0; time < 3; time++) {
      await stopInGroup(["SIGTERM", "SIGINT"][time % 2] as Deno.Signal, time);
    }
  },
});

Deno.test({
  name: "run under deno task stops once at Ctrl-C in a terminal, never aborted",
  ignore: !hasScript,
  async fn() {
    for (let time = 0; time < 3; time++) await stopInTerminal(time % 2 === 0 ? "plain" : "tui", time);
  },
});

Deno.test({
  name: "run under deno task and timeout stops once, never aborted",
  ignore: !isPosix,
  async fn() {
    for (let time = 0; time < 2; time++) await stopInTime(time);
  },
});

Deno.test({
  name: "stop --now ends a run at once, and its record, events and summary say that it was requested",
  ignore: !isPosix,
  async fn() {
    await withRunsFolder(async (folder) => {
      const process = start("run", glyphsArguments(folder, ENDLESS));
      const run = await untilLogged(folder, '"epoch":5,');
      const asked = await runProgram("stop", [run.slice(ROOT.length), "--now"]);
      equal(asked.code, 0, asked.stderr);
      match(asked.stdout, /stopped: aborted on request/);
      const { code, stdout } = await outcomeOf(process);
      equal(code, 130);
      match(stdout, /stopped after .*: aborted on request/);
      const { status, reason } = readJson(`${onlyRun(folder, GLYPHS)}/run.json`);
      equal(`${status}: ${reason}`, "stopped: aborted on request");
      ok(Deno.readTextFileSync(`${run}/events.jsonl`).includes('"type":"end"'));
    });
  },
});
