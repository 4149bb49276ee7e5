import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { isAtLeast, tooOld } from "../../src/cli/require_deno.ts";
import { ROOT } from "../support/program.ts";

/** The least version, as the tasks of deno.json state it. */
const [, LEAST] = /require_deno\.ts (\S+)/.exec(config.tasks.run.command)!;

const CASES: readonly (readonly [version: string, least: string, isEnough: boolean])[] = [
  ["2.7.14", "2.8.0", false],
  ["2.2.0", "2.8.0", false],
  ["1.46.3", "2.8.0", false],
  ["2.8.0", "2.8.0", true],
  ["2.10.0", "2.8.0", true],
  ["2.8.1", "2.8.0", true],
  ["3.0.0", "2.8.1", true],
  ["2.8.0", "2.8.1", false],
  ["2.9.0+0abc", "2.8.1", true],
];

for (const [version, least, isEnough] of CASES) {
  Deno.test(`isAtLeast() calls ${version} ${isEnough ? "new enough" : "too old"} where ${least} is needed`, () =>
    equal(isAtLeast(version, least), isEnough));
}

Deno.test("require_deno stops a task with one sentence and exit code 2 when Deno is too old, and says nothing else", async () => {
  const run = (least: string) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-config", `${ROOT}src/cli/require_deno.ts`, least],
      env: { NO_COLOR: "1" },
    }).output();
  const old = await run("99.1.0"), recent = await run(LEAST);
  const text = ({ stdout, stderr }: Deno.CommandOutput) =>
    new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  equal(old.code, 2);
  equal(text(old), `${tooOld(Deno.version.deno, "99.1.0")}\n`);
  match(text(old), /^error: Deno must be 99\.1\.0 or newer, got \S+ \(.*npx --yes deno@/);
  equal(recent.code, 0);
  equal(text(recent), "");
});

Deno.test("every task that runs the program or the tests first checks Deno's version, before a lock is read", () => {
  const commands = Object.entries(config.tasks).filter(([name, { command }]) =>
    command.includes("src/cli/start.ts ") || name === "test"
  );
  ok(commands.length >= 10);
  for (const [name, { command }] of commands.filter(([name]) => name !== "check")) {
    ok(command.startsWith(`deno run --quiet --no-config src/cli/require_deno.ts ${LEAST} && `), name);
  }
});

Deno.test("README states the least version that deno.json's tasks ask for", async () => {
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  deepEqual([...readme.matchAll(/Deno must be (\S+) or newer/g)].map(([, version]) => version), [LEAST]);
});

Deno.test("require_deno imports nothing, so that every Deno can run it", async () => {
  ok(!/^import\b|\bimport\(/m.test(await Deno.readTextFile(`${ROOT}src/cli/require_deno.ts`)));
});
