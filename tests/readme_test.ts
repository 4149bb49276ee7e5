import { match, ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Pipeline } from "../src/pipeline/pipeline.ts";
import { resolvePipeline } from "../src/pipeline/resolve.ts";
import { ROOT } from "./support/program.ts";

const README = Deno.readTextFileSync(`${ROOT}README.md`);

/** The pipeline that README shows, with its import made to work from anywhere. */
async function shownPipeline(): Promise<Pipeline<object>> {
  const [, code] = /```ts ignore\n([\s\S]*?)```/.exec(README)!;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code.replace("../mod.ts", `file://${ROOT}mod.ts`));
    return (await import(`file://${file}`)).default;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("README shows a pipeline that resolves", async () => {
  const { name, stages } = resolvePipeline(await shownPipeline());
  equal(name, "digits");
  equal(stages.length, 6);
});

Deno.test("README shows the very message that two wrong settings give", async () => {
  const pipeline = await shownPipeline();
  const overrides = ["train.pateince=3", "train.model.latent=0"];
  throws(() => resolvePipeline(pipeline, { overrides }), ({ message }: Error) => {
    const shown = README.split("\n").filter((line) => line.startsWith("    ") && /Cannot run|✖/.test(line))
      .map((line) => line.slice(4));
    equal(`error: ${message}`, shown.join("\n"));
    return true;
  });
});

Deno.test("README names only tasks and files that are there", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const [, task] of README.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)) ok(task in tasks, task);
  for (
    const [, file] of README.matchAll(/(?:task (?:run|plan) |\()((?:pipelines|docs)\/[\w./-]+|[A-Z]+\.md)/g)
  ) {
    ok(Deno.statSync(`${ROOT}${file}`).isFile, file);
  }
  match(README, /npx --yes deno@2\.9\.6 task test/);
});
