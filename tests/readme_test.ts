import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import * as hourglass from "../mod.ts";
import type { Pipeline } from "../src/pipeline/pipeline.ts";
import { definitionOf, isStage, type Stage } from "../src/pipeline/stage.ts";
import type { Sweep } from "../src/pipeline/sweep/sweep.ts";
import { sweepMembers } from "../src/sweep/settings.ts";
import { DOCUMENTS } from "./support/examples.ts";
import { resolvePipeline } from "../src/pipeline/resolve.ts";
import { ROOT } from "./support/program.ts";

const README = Deno.readTextFileSync(`${ROOT}README.md`);

/** The modules that README shows, each with its path, put side by side with imports that work from there. */
async function shownModules(): Promise<Record<string, unknown>> {
  const folder = await Deno.makeTempDir();
  try {
    const shown = [...README.matchAll(/```ts ignore\n\/\/ pipelines\/(\S+)\n([\s\S]*?)```/g)];
    for (const [, file, code] of shown) {
      await Deno.writeTextFile(`${folder}/${file}`, code.replace("../mod.ts", `file://${ROOT}mod.ts`));
    }
    const modules = shown.map(async ([, file]) => [file, (await import(`file://${folder}/${file}`)).default]);
    return Object.fromEntries(await Promise.all(modules));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The pipeline that README shows. */
const shownPipeline = async () => (await shownModules())["digits.ts"] as Pipeline<object>;

Deno.test("README shows a pipeline that resolves", async () => {
  const { name, stages } = resolvePipeline(await shownPipeline());
  equal(name, "digits");
  equal(stages.length, 6);
});

Deno.test("README shows a sweep of that pipeline whose settings all resolve", async () => {
  const sweep = (await shownModules())["digits-optimizers.ts"] as Sweep;
  const members = sweepMembers(sweep, 42);
  equal(members.length, 10);
  for (const { overrides } of members) equal(resolvePipeline(sweep.pipeline, { overrides }).name, "digits");
});

Deno.test("README shows the exact message that two wrong settings give", async () => {
  const pipeline = await shownPipeline();
  const overrides = ["train.pateince=3", "train.model.latent=0"];
  throws(() => resolvePipeline(pipeline, { overrides }), ({ message }: Error) => {
    const shown = README.split("\n").filter((line) => line.startsWith("    ") && /Cannot run|✖/.test(line))
      .map((line) => line.slice(4));
    equal(`error: ${message}`, shown.join("\n"));
    return true;
  });
});

const textOf = (document: string) => Deno.readTextFileSync(`${ROOT}${document}`);

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading.toLowerCase().replace(/[^\w\- ]/g, "").trim().replaceAll(" ", "-");

Deno.test("the documents name only tasks and pipelines that are there", () => {
  const { tasks } = JSON.parse(textOf("deno.json"));
  for (const document of DOCUMENTS) {
    const text = textOf(document);
    for (const [, task] of text.matchAll(/deno(?:@[\d.]+)? task (?:-q )?([\w:]+)/g)) {
      ok(task in tasks, `${document}: ${task}`);
    }
    for (const [, file] of text.matchAll(/task (?:-q )?(?:run|plan) (pipelines\/[\w-]+\.ts)/g)) {
      ok(Deno.statSync(`${ROOT}${file}`).isFile, `${document}: ${file}`);
    }
  }
  match(README, /npx --yes deno@2\.9\.6 task test/);
});

Deno.test("links between the documents lead to files and headings that are there", () => {
  const broken = DOCUMENTS.flatMap((document) =>
    [...textOf(document).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      if (/^https?:/.test(link)) return [];
      const [file, anchor] = link.split("#");
      const path = file === "" ? document : new URL(file, `file:///${document}`).pathname.slice(1);
      try {
        if (anchor === undefined) {
          return Deno.statSync(`${ROOT}${path}`).isFile ? [] : [`${document}: ${link}`];
        }
        const headings = [...textOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
        return headings.includes(anchor) ? [] : [`${document}: ${link}`];
      } catch {
        return [`${document}: ${link}`];
      }
    })
  );
  deepEqual(broken, []);
});

Deno.test("ARCHITECTURE names only files and folders that are there", () => {
  const missing = [...textOf("ARCHITECTURE.md").matchAll(/`([\w.]+\/[\w./]*)`/g)].map(([, path]) => path)
    .filter((path) =>
      !/^(runs|artifacts|data\/cache)\b/.test(path) && !exists(`src/${path}`) && !exists(path)
    );
  deepEqual(missing, []);
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(`${ROOT}${path}`) !== undefined;
  } catch {
    return false;
  }
}

Deno.test("docs/stages.md lists every option of every stage, and none besides", () => {
  const stages = textOf("docs/stages.md");
  const factories = { ...hourglass } as unknown as Record<
    string,
    (...args: unknown[]) => Stage<never, object>
  >;
  const made = Object.keys(factories).filter((name) => !PROMISING.includes(name)).flatMap((name) => {
    try {
      const stage = factories[name]();
      return isStage(stage) ? [[name, stage] as const] : [];
    } catch {
      return [];
    }
  });
  ok(made.length >= 15, made.map(([name]) => name).join());
  for (const [name, stage] of made) {
    const [, section] = new RegExp(`^## ${name}\\n([\\s\\S]*?)(?=^## )`, "m").exec(stages) ?? [];
    ok(section !== undefined, `docs/stages.md must have a section "${name}"`);
    const listed = [...section.matchAll(/^\| `(\w+)` /gm)].map(([, option]) => option);
    const schema = definitionOf(stage).schema as unknown as { shape: Record<string, unknown> };
    const options = Object.keys(schema.shape).filter((option) => !GIVEN.includes(option));
    deepEqual(listed.sort(), options.sort(), name);
  }
});

/** Functions that give a promise. */
const PROMISING = ["runPipeline", "loadModel"];

/** Options that every stage has, or that have an argument of their own. */
const GIVEN = ["name", "source", "model"];
