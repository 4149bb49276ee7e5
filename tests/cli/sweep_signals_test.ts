import { match, ok, strictEqual as equal } from "node:assert/strict";
import { readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { until } from "../support/until.ts";
import { hasScript, openTerminal } from "../support/terminal.ts";

const SWEEP = "glyphs-optimizers";
const arguments_ = (folder: string, epochs: number) => [
  `pipelines/${SWEEP}.ts`,
  ...["--runs", folder, "--engine", "wasm", "--no-cache", "--set", `train.epochs=${epochs}`],
];

/** The records of the runs of the sweep so far. */
function records(folder: string): { status: string; exitCode: number; argv: string[] }[] {
  const parent = `${ROOT}${folder}/${SWEEP}`;
  try {
    return [...Deno.readDirSync(parent)].filter(({ name }) => !name.startsWith(".")).flatMap(({ name }) => {
      try {
        return [readJson(`${parent}/${name}/run.json`)];
      } catch {
        // It has just been made.
        return [];
      }
    });
  } catch {
    return [];
  }
}

Deno.test({
  name: "run of a sweep in a terminal shows its trials live, and stops as a whole at one Ctrl-C",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (folder) => {
      const session = openTerminal("run", arguments_(folder, 2000), { columns: 160 });
      await session.until(/[1-9] of 15 trials, 1 running/);
      await until(() => records(folder).length >= 2, "the second trial");
      await session.type("\x03");
      equal(await session.exit, 130);
      const before = records(folder).length;
      ok(before < 15, `${before} runs`);
      ok(records(folder).every(({ status }) => status !== "running"));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      equal(records(folder).length, before, "no other run is started");
    });
  },
});

Deno.test("run --detach of a sweep returns at once and says where its runs are", async () => {
  await withRunsFolder(async (folder) => {
    // The first training would never end.
    const endless = ["--set", "train.until=null", "--set", "train.patience=null"];
    const args = [...arguments_(folder, 100_000_000), ...endless, "--detach"];
    const { code, stdout, stderr } = await runProgram("run", args);
    equal(code, 0, stderr);
    match(
      stdout,
      new RegExp(
        `^sweep ${SWEEP} runs in the background; its runs are in ${folder}/${SWEEP}\n` +
          `attach: deno task monitor (${folder}/${SWEEP}\\.sweep/[0-9a-f]{16})\n` +
          `stop: deno task stop \\1\n$`,
      ),
    );
    await until(() => records(folder).length === 1, "the first run");
    const { argv } = records(folder)[0];
    equal(argv.join(" "), ["run", ...args].join(" "));
    const [{ name }] = [...Deno.readDirSync(`${ROOT}${folder}/${SWEEP}`)].filter(({ name }) =>
      !name.startsWith(".")
    );
    Deno.kill(readJson(`${ROOT}${folder}/${SWEEP}/${name}/run.json`).host.pid, "SIGTERM");
    await until(() => records(folder)[0].status === "stopped", "the end");
    equal(records(folder)[0].exitCode, 143);
  });
});
