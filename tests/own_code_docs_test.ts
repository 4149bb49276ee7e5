/** docs/own-code.md shows pipelines, and docs/how-to.md commands for them; all are run here. */
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { runPipeline } from "../mod.ts";
import type { Pipeline } from "../src/pipeline/pipeline.ts";
import { onlyRun, readJson, ROOT, runProgram, type Task, withRunsFolder } from "./support/program.ts";

const PIPELINES = [...Deno.readTextFileSync(`${ROOT}docs/own-code.md`).matchAll(/```ts\n([\s\S]*?)```/g)]
  .map(([, code]) => code.replace("@hourglass/hourglass", "../../mod.ts"));

/** Writes a pipeline of the document into a folder. */
async function written(folder: string, shown: number): Promise<string> {
  await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
  await Deno.writeTextFile(`${ROOT}${folder}/own.ts`, PIPELINES[shown]);
  return `${folder}/own.ts`;
}

const run = (task: string, file: string, folder: string, ...more: string[]) =>
  runProgram(task as Task, [
    ...[file, ...more, "--runs", `${folder}/made`, "--engine", "wasm"],
    ...(task === "run" ? ["--ui", "plain"] : []),
  ]);

Deno.test("docs/own-code.md shows three pipelines", () => equal(PIPELINES.length, 3));

for (
  const [shown, { name, stage, says }] of [
    { name: "norms", stage: "weightNorm", says: /weightNorm +finished .*the norm is \d/ },
    { name: "sums", stage: "slowSum", says: /slowSum +finished .*the sum is 190/ },
    { name: "ring", stage: "load", says: /load +finished .*450 \+ 50 vectors of 2/ },
  ].entries()
) {
  Deno.test(`docs/own-code.md shows the pipeline "${name}", which runs by the command and in a program`, () =>
    withRunsFolder(async (folder) => {
      const file = await written(folder, shown);
      const { code, stdout, stderr } = await run("run", file, folder);
      equal(code, 0, stderr);
      match(stdout, says);
      equal(
        readJson(`${onlyRun(`${folder}/made`, name)}/run.json`).spec.stages.some((each: { name: string }) =>
          each.name === stage
        ),
        true,
      );
      const module = await import(`file://${ROOT}${file}`) as { default: Pipeline<object> };
      const { outputs } = await runPipeline(module.default, { engine: "wasm" });
      ok(Object.keys(outputs).length > 0);
    }));
}

Deno.test("docs/own-code.md's long stage resumes from its checkpoint with the same sum", () =>
  withRunsFolder(async (folder) => {
    const file = await written(folder, 1);
    const slow = PIPELINES[1].replace("setTimeout(done, 1)", "setTimeout(done, 30)").replace(
      "steps: 20",
      "steps: 200",
    )
      .replace('everyMinutes: "auto"', "everyMinutes: 1e-4");
    await Deno.writeTextFile(`${ROOT}${file}`, slow);
    const stopped = await run("run", file, folder, "--max-time", "3s");
    equal(stopped.code, 124, stopped.stderr);
    const resumed = await run("run", file, folder, "--resume", "auto");
    equal(resumed.code, 0, resumed.stderr);
    match(resumed.stdout, /resumes from slowSum/);
    match(resumed.stdout, /slowSum +finished .*the sum is 19900/);
  }));

Deno.test("docs/how-to.md runs code of one's own as it says", () =>
  withRunsFolder(async (folder) => {
    const file = await written(folder, 0);
    const [, lines] = /^## Code of your own\n([\s\S]*?)(?=^## )/m.exec(
      Deno.readTextFileSync(`${ROOT}docs/how-to.md`),
    )!;
    const commands = [...lines.matchAll(/`deno task ([^`]+)`/g)].map(([, command]) =>
      command.replaceAll('"', "").split(" ")
    );
    equal(commands.length, 5);
    for (const [task, named, ...more] of commands) {
      equal(named, "FILE");
      const { code, stdout, stderr } = await run(task, file, folder, ...more);
      equal(code, 0, `${task} ${more.join(" ")}: ${stderr}`);
      if (task === "plan") match(stdout, /code: +own\.ts/);
    }
  }));
