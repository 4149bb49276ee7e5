import { match, ok, strictEqual as equal } from "node:assert/strict";
import {
  onlyRun,
  outcomeOf,
  readJson,
  runProgram,
  start,
  type Task,
  withRunsFolder,
} from "../support/program.ts";

/** Each command that writes to the standard output, in each form that it writes. */
const COMMANDS: readonly (readonly [Task, ...string[]])[] = [
  ["runs"],
  ["runs", "--help"],
  ["plan", "pipelines/glyphs-ae.ts", "--json"],
  ["monitor", "--all", "--ui", "plain"],
  ["gc"],
];

const QUICK = ["pipelines/glyphs-ae.ts", "--set", "train.epochs=2", "--no-report"];

Deno.test({
  name: "every command exits 1 with one sentence when its output cannot be written",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withRunsFolder(async (runs) => {
      const outcomes = await Promise.all(COMMANDS.map(async ([task, ...args]) => {
        const where = args.includes("--help") ? [] : ["--runs", runs];
        return await outcomeOf(start(task, [...args, ...where], {}, 'exec "$@" > /dev/full'));
      }));
      for (const [place, { code, stderr }] of outcomes.entries()) {
        equal(code, 1, COMMANDS[place].join(" "));
        match(stderr, /^error: the standard output must be writable, got: .*No space left[^\n]*\n$/);
      }
    });
  },
});

Deno.test({
  name: "run completes and exits 1 when its plain lines cannot be written",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withRunsFolder(async (runs) => {
      const args = [...QUICK, "--ui", "plain", "--runs", runs];
      const { code, stderr } = await outcomeOf(start("run", args, {}, 'exec "$@" > /dev/full'));
      equal(code, 1);
      match(stderr, /^error: the standard output must be writable[^\n]*\n$/);
      equal(readJson(`${onlyRun(runs, "glyphs-ae")}/run.json`).status, "completed", "the work is not lost");
    });
  },
});

Deno.test({
  name: "a command whose reader closes the pipe ends without a message, and a run keeps its own exit code",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withRunsFolder(async (runs) => {
      const closed = '{ "$@"; echo "exit $?" >&2; } | true';
      const listed = await outcomeOf(start("runs", ["--runs", runs], {}, closed));
      equal(listed.stderr, "exit 0\n");
      const ran = await outcomeOf(start("run", [...QUICK, "--ui", "plain", "--runs", runs], {}, closed));
      equal(ran.stderr, "exit 0\n");
      ok((await runProgram("runs", ["--runs", runs])).stdout.includes("completed"));
    });
  },
});
