import { match, ok, strictEqual as equal } from "node:assert/strict";
import { SCHEMA } from "../../src/core/schema_version.ts";
import { AGES, copyOtherVersion, OTHER, snapshot } from "../support/other_versions.ts";
import { type Outcome, ROOT, runProgram, type Task, withRunsFolder } from "../support/program.ts";

/** A command on runs of another version: its exit code, and what it says instead of reading them. */
const COMMANDS: readonly {
  readonly task: Task;
  readonly args: (folder: string) => readonly string[];
  readonly code: number;
  /** What its output contains besides the sentence. */
  readonly says?: (age: string) => RegExp;
}[] = [
  {
    task: "runs",
    args: () => [],
    code: 0,
    says: (age) => new RegExp(`○ ${age} version +older +${OTHER.complete}`),
  },
  {
    task: "runs",
    args: () => [OTHER.complete],
    code: 0,
    says: (age) => new RegExp(`status +${age} version`),
  },
  {
    task: "runs",
    args: () => [OTHER.complete, "--json"],
    code: 0,
    says: () => /"record": null,\s+"metrics": null/,
  },
  { task: "monitor", args: () => [OTHER.complete, "--ui", "plain"], code: 2 },
  { task: "monitor", args: () => ["--all"], code: 0, says: (age) => new RegExp(`○ ${age} version +older`) },
  { task: "report", args: () => [OTHER.complete], code: 2 },
  { task: "report", args: () => [OTHER.complete, OTHER.stopped], code: 2 },
  { task: "explore", args: () => [OTHER.complete], code: 2 },
  { task: "stop", args: () => [OTHER.stopped], code: 2 },
  {
    task: "gc",
    args: () => ["--runs-older-than", "1s"],
    code: 0,
    says: () => /nothing to remove|cached result of an? /,
  },
];

for (const age of AGES) {
  for (const { task, args, code, says } of COMMANDS) {
    const shown = [task, ...args("")].join(" ").replace(/2026\S+/g, "RUN");
    Deno.test(`${shown} names runs of ${age} version in one sentence, and changes nothing`, async () => {
      await withRunsFolder(async (folder) => {
        copyOtherVersion(`${ROOT}${folder}`, age);
        const before = JSON.stringify(snapshot(`${ROOT}${folder}`));
        const outcome = await runProgram(task, ["--runs", folder, ...args(folder)]);
        named(outcome, { folder, age, code });
        if (says !== undefined) match(outcome.stdout, says(age));
        equal(JSON.stringify(snapshot(`${ROOT}${folder}`)), before);
      });
    });
  }

  Deno.test(`run --resume RUN refuses a run of ${age} version, and --resume auto starts a new run next to it`, async () => {
    await withRunsFolder(async (folder) => {
      copyOtherVersion(`${ROOT}${folder}`, age);
      const kept = `${ROOT}${folder}/older/${OTHER.stopped}`, before = JSON.stringify(snapshot(kept));
      const args = [
        "tests/fixtures/older_version/pipeline.ts",
        "--runs",
        folder,
        "--engine",
        "wasm",
        "--ui",
        "plain",
      ];
      const refused = await runProgram("run", [...args, "--resume", OTHER.stopped]);
      named(refused, { folder, age, code: 2 });
      const started = await runProgram("run", [...args, "--resume", "auto"]);
      equal(started.code, 0, started.stderr);
      match(started.stdout, new RegExp(`starting over: .*must have run schema ${SCHEMA.run}, got`));
      equal(JSON.stringify(snapshot(kept)), before);
    });
  });
}

/** Asserts the exit code, and the one sentence about a run of another version. */
function named(
  { code, stdout, stderr }: Outcome,
  expected: { readonly folder: string; readonly age: string; readonly code: number },
): void {
  const { folder, age } = expected;
  equal(code, expected.code, stdout + stderr);
  const file = `"${folder}/older/2026\\S+/run.json"`, article = age === "older" ? "an older" : "a newer";
  match(
    stderr,
    new RegExp(`${file} must have run schema ${SCHEMA.run}, got \\d+: ${article} version wrote it \\(`),
  );
  ok(!/ at |undefined|NaN/.test(stderr), stderr);
}

for (const age of AGES) {
  Deno.test(`experiments --no-run names a run and a sweep of ${age} version in its table`, async () => {
    await withRunsFolder(async (folder) => {
      copyOtherVersion(`${ROOT}${folder}`, age);
      await Deno.rename(`${ROOT}${folder}/older`, `${ROOT}${folder}/glyphs-ae`);
      await Deno.rename(`${ROOT}${folder}/older.sweep`, `${ROOT}${folder}/glyphs-seeds.sweep`);
      const out = `${folder}/results.md`;
      const { code, stdout, stderr } = await runProgram("experiments", [
        "--no-run",
        "--runs",
        folder,
        "--out",
        out,
      ]);
      equal(code, 0, stdout + stderr);
      const table = await Deno.readTextFile(`${ROOT}${out}`);
      for (const name of ["run", "sweep"] as const) {
        match(
          table,
          new RegExp(`must have ${name} schema ${SCHEMA[name]}, got \\d+: an? ${age} version wrote it`),
        );
      }
    });
  });
}
