import { SCHEMA } from "../../src/core/schema_version.ts";
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { fakeRun } from "../run/temporary.ts";
import { ROOT, runProgram, type Task, withRunsFolder } from "../support/program.ts";

const COMMANDS: readonly (readonly [Task, ...string[]])[] = [
  ["runs"],
  ["monitor", "--all", "--ui", "plain"],
  ["gc"],
];

Deno.test({
  name: "runs, monitor --all, gc and report name what cannot be read and still find every run",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withRunsFolder(async (runs) => {
      const root = `${ROOT}${runs}`;
      await fakeRun(root, { id: "20260101-000000-aaaa", status: "completed" });
      await Deno.mkdir(`${root}/test/20270101-000000-bbbb/run.json`, { recursive: true });
      await Deno.mkdir(`${root}/test/20270101-000000-cccc`);
      await new Deno.Command("mkfifo", { args: [`${root}/test/20270101-000000-cccc/events.jsonl`] }).output();
      await Deno.mkdir(`${root}/notes/of-mine`, { recursive: true });
      await Deno.writeTextFile(`${root}/.cache`, "no folder");
      for (const [task, ...args] of COMMANDS) {
        const { code, stdout, stderr } = await runProgram(task, [...args, "--runs", runs]);
        equal(code, 0, stderr);
        if (task !== "gc") ok(stdout.includes("20260101-000000-aaaa"), stdout);
        match(stderr, /warning: .*20270101-000000-bbbb\/run\.json" must be a file, got a folder/);
        match(
          stderr,
          /warning: .*20270101-000000-cccc\/run\.json" must be the record of a run, got: no file/,
        );
        match(stderr, /warning: .*notes\/of-mine" is not a run/);
      }
      await Deno.mkdir(`${root}/test/20270101-000000-dddd`);
      await Deno.writeTextFile(`${root}/test/20270101-000000-dddd/run.json`, `{"schema":${SCHEMA.run}}`);
      const reported = await runProgram("report", [`${runs}/test`]);
      equal(reported.stdout, `${runs}/test/20260101-000000-aaaa/report.html\n`, reported.stderr);
      match(reported.stderr, /warning: .*20270101-000000-dddd\/run\.json" must be the record of a run/);
      const damaged = await runProgram("runs", [`${runs}/test/20270101-000000-bbbb`, "--runs", runs]);
      equal(damaged.code, 0);
      match(damaged.stderr, /20270101-000000-bbbb\/run\.json" must be a file, got a folder/);
    });
  },
});
