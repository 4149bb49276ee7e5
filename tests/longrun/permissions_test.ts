import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { onlyRun, readJson, ROOT, runProgram, taskArguments, withRunsFolder } from "../support/program.ts";
import { SHORT } from "../support/short_pipelines.ts";

/** One pipeline of each kind: letters under noise, and digits out of a package. Under `run` all shipped ones are run by pipelines_test. */
const KINDS = SHORT.filter(({ name }) => ["glyphs-dae", "mnist-vae"].includes(name));

Deno.test("run:wasm runs pipelines without foreign code, and reports its engine", async (test) => {
  equal(KINDS.length, 2);
  for (const { name, settings } of KINDS) {
    await test.step(name, async () => {
      await withRunsFolder(async (folder) => {
        const args = [`pipelines/${name}.ts`, "--runs", folder, "--ui", "plain"];
        const { code, stdout, stderr } = await runProgram(
          "run:wasm",
          [...args, ...settings.flatMap((setting) => ["--set", setting])],
        );
        equal(code, 0, stdout + stderr);
        match(stdout, /engine wasm|wasm instead|wasm, as|native .*--allow-ffi/);
        equal(readJson(`${onlyRun(folder, name)}/run.json`).engine.name, "wasm");
      });
    });
  }
});

for (const task of ["run", "run:wasm"] as const) {
  Deno.test(`${task} may do no more than it must: no network, and writes to runs and the data cache alone`, () => {
    const words = taskArguments(task), flags = words.filter((word) => word.startsWith("-"));
    ok(flags.includes("--no-prompt"));
    equal(flags.filter((flag) => /^--allow-net|^-A$|^--allow-all|^-[a-zA-Z]*N/.test(flag)).join(), "");
    deepEqual(flags.filter((flag) => flag.startsWith("--allow-write")), ["--allow-write=runs,data/cache"]);
    deepEqual(flags.filter((flag) => flag.startsWith("--allow-run")), [`--allow-run=git,${Deno.execPath()}`]);
    equal(flags.includes("--allow-ffi"), task === "run");
  });
}

Deno.test("tasks that people run on their data ask for no network and not for everything", () => {
  const own = Object.entries(config.tasks).filter(([, { command }]) => command.includes("src/cli/start.ts"));
  ok(own.length >= 4);
  for (const [name, { command }] of own) {
    if (!/^deno run /.test(command)) continue;
    ok(!/ -A\b|--allow-all|--allow-net/.test(command), name);
    ok(!/--allow-(write|run)(?!=)/.test(command), `${name} names what it writes and runs`);
  }
});

Deno.test("run cannot reach the network, nor write beyond its folders, whatever a pipeline file tries", async () => {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    for (
      const attempt of [
        'await fetch("http://127.0.0.1:8099/")',
        'Deno.writeTextFileSync("stolen.txt", "x")',
        'new Deno.Command("sh").outputSync()',
      ]
    ) {
      await Deno.writeTextFile(`${ROOT}${folder}/pipeline.ts`, `${attempt};\nexport default 1;`);
      const { code, stderr } = await runProgram("run", [`${folder}/pipeline.ts`, "--runs", folder]);
      equal(code, 2, stderr);
      match(stderr, /Requires (net|write|run) access/);
    }
  });
});
