import { SCHEMA } from "../../src/core/schema_version.ts";
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { digitRun } from "../ui/fake_run.ts";
import { RECORD } from "../report/fake_run_folder.ts";
import { glyphsArguments } from "../support/glyphs_run.ts";
import { ROOT, runProgram, type Task, withRunsFolder } from "../support/program.ts";

/** Turns a terminal red, changes its title, clears it (in both forms), and turns the direction of text. */
const EVIL = "\x1b[31mx\x1b]0;owned\x07\x1b[2J\x9b2J\u202egnp\u2066\u200b\ry";
/** All that a terminal obeys, but line feeds. */
const OBEYED = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
// deno-lint-ignore no-control-regex -- the codes that theme.ts writes
const COLOR = /\x1b\[(?:0|1|2|22|39|49|[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|3[0-7]|9[0-7])m/g;

/** A run in which each text is hostile, the names of its folders included. */
async function hostileRun(root: string): Promise<string> {
  const folder = `${root}/${EVIL}/20261124-040128-${EVIL}`;
  await Deno.mkdir(`${ROOT}${folder}/artifacts`, { recursive: true });
  const stages = ["load", "train", "evaluate"].map((kind) => ({
    name: kind,
    kind,
    options: { [EVIL]: EVIL, source: { kind: "images", folder: EVIL } },
  }));
  const record = {
    ...RECORD,
    schema: SCHEMA.run,
    id: "20261124-040128-ab12",
    pipeline: "hostile",
    spec: { name: EVIL, seed: 1, stages },
    overrides: [EVIL],
    argv: ["run", EVIL],
    key: EVIL,
    extends: EVIL,
    resumed: [{ at: EVIL, pid: 1, from: EVIL, argv: [EVIL] }],
    engine: { name: EVIL, threads: null, cores: 1 },
    git: { commit: EVIL, dirty: true },
    versions: { hourglass: EVIL, deno: EVIL, v8: EVIL },
    host: { name: EVIL, os: EVIL, arch: EVIL, processors: 1, pid: 1 },
    started: "2026-11-24T04:01:28Z",
    ended: EVIL,
    status: "failed",
    exitCode: 1,
    reason: EVIL,
  };
  await Deno.writeTextFile(`${ROOT}${folder}/run.json`, JSON.stringify(record));
  await Deno.writeTextFile(
    `${ROOT}${folder}/artifacts/metrics.json`,
    JSON.stringify({ $version: SCHEMA.metrics, [EVIL]: { [EVIL]: 1 } }),
  );
  const events = digitRun().map((event) => JSON.parse(JSON.stringify(event), hostile));
  const end = { type: "end", t: 2e12, status: "failed", exitCode: 1, reason: EVIL, seconds: 1 };
  await Deno.writeTextFile(
    `${ROOT}${folder}/events.jsonl`,
    [...events.filter(({ type }) => type !== "end"), end].map((event) => `${JSON.stringify(event)}\n`).join(
      "",
    ),
  );
  return folder;
}

/** Texts that a person or a file may choose; what the schema of events names stays. */
function hostile(key: string, value: unknown): unknown {
  if (Array.isArray(value) && key === "labelNames") return value.map(() => EVIL);
  const free = ["pipeline", "run", "engine", "folder", "model", "unit", "label", "title", "message", "note"];
  return typeof value === "string" && free.includes(key) ? EVIL : value;
}

/** Each command, as it is used on a run. */
const COMMANDS:
  readonly (readonly [task: Task, args: (root: string, run: string) => string[], code: number])[] = [
    ["runs", (root) => ["--runs", root], 0],
    ["runs", (root) => ["--runs", root, "--json"], 0],
    ["runs", (_root, run) => [run], 0],
    ["runs", (_root, run) => [run, "--json"], 0],
    ["monitor", (root) => ["--runs", root, "--all", "--ui", "plain"], 0],
    ["monitor", (root) => ["--runs", root, "--ui", "plain"], 0],
    ["monitor", (root) => ["--runs", root, "--ui", "json"], 0],
    ["report", (_root, run) => [run], 0],
    ["explore", (_root, run) => [run], 2],
    ["stop", (_root, run) => [run], 2],
    ["gc", (root) => ["--runs", root, "--runs-older-than", "1ms"], 0],
    ["plan", () => ["pipelines/photos.ts", "--set", `load.source.folder=${EVIL}`, "--debug"], 2],
    ["run", (root) => [...glyphsArguments(root, "train.epochs=2"), "--resume", EVIL, "--debug"], 2],
  ];

for (const colors of ["0", "3"]) {
  Deno.test(`every command shows a hostile run without what a terminal obeys, with FORCE_COLOR=${colors}`, async (test) => {
    await withRunsFolder(async (root) => {
      const run = await hostileRun(root);
      for (const [task, args, code] of COMMANDS) {
        const words = args(root, run);
        await test.step([task, ...words].join(" ").replace(/[^ -~]/g, "?"), async () => {
          const outcome = await runProgram(task, words, { NO_COLOR: "", FORCE_COLOR: colors });
          equal(outcome.code, code, JSON.stringify(outcome));
          const said = colors === "0"
            ? outcome.stdout + outcome.stderr
            : outcome.stdout.replace(COLOR, "") + outcome.stderr;
          ok(said.length > 10);
          ok(
            !OBEYED.test(said),
            JSON.stringify(said.match(new RegExp(`.{0,60}${OBEYED.source}.{0,20}`, "u"))),
          );
          if (words.includes("--json")) match(JSON.stringify(JSON.parse(outcome.stdout)), /\\u001b/);
        });
      }
      for (const file of ["report.md"]) {
        ok(!OBEYED.test(await Deno.readTextFile(`${ROOT}${run}/${file}`)), file);
      }
    });
  });
}
