import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { projectFiles } from "../../src/cli/init/project_files.ts";
import { projectTasks, wordsOf } from "../../src/cli/tasks.ts";
import { readJson, ROOT, runProgram } from "../support/program.ts";
import { filesIn, textsIn, typed, withEmptyFolder } from "../support/project.ts";

const DENO = Deno.execPath();
const LOCKS = ["deno.lock", "tests/deno.lock", "imports.json"];
const locks = () => LOCKS.map((file) => Deno.readTextFileSync(`${ROOT}${file}`));

Deno.test("init writes a project that is formatted, type-checks, trains, and keeps everything in its own folder", async () => {
  await withEmptyFolder(async (top) => {
    const before = locks(), project = `${top}/mine`;
    const made = await runProgram("init", [project]);
    equal(made.code, 0, made.stderr);
    match(made.stdout, /deno task run pictures\.ts/);
    const first = filesIn(project);
    deepEqual(first.filter((file) => !file.startsWith("example-pictures/")), [
      ".gitignore",
      "README.md",
      "deno.json",
      "deno.lock",
      "pictures.ts",
    ]);
    for (const words of [["fmt", "--check"], ["check", "*.ts"]]) {
      const { code, stdout, stderr } = await typed(project, [DENO, ...words]);
      equal(code, 0, `${words.join(" ")}: ${stdout}${stderr}`);
    }
    const trained = await typed(project, [DENO, "task", "run", "pictures.ts", "--ui", "plain"]);
    equal(trained.code, 0, trained.stdout + trained.stderr);
    const added = filesIn(project).filter((file) => !first.includes(file));
    ok(added.every((file) => file.startsWith("runs/")), added.join("\n"));
    const run = added.find((file) => /^runs\/pictures\/[^/]+\/run\.json$/.test(file))!;
    equal(readJson(`${project}/${run}`).status, "completed");
    ok(added.includes(run.replace("run.json", "report.html")));
    // What was learnt is worth it: better than the noise that it removes.
    const { evaluate } = readJson(`${project}/${run.replace("run.json", "artifacts/metrics.json")}`);
    ok((evaluate.mse.value ?? evaluate.mse) < 0.2 ** 2, JSON.stringify(evaluate));
    deepEqual([...Deno.readDirSync(top)].map(({ name }) => name), ["mine"]);
    deepEqual(locks(), before);
    const listed = await typed(project, [DENO, "task", "--quiet", "runs"]);
    match(listed.stdout, /completed\s+pictures/);
  });
});

Deno.test("a project's pipelines may import packages of their own, which its own lock lists", async () => {
  await withEmptyFolder(async (project) => {
    const before = locks();
    equal((await runProgram("init", [project])).code, 0);
    const path = `${project}/deno.json`, own = readJson(path);
    own.imports.words = "./words.ts";
    await Deno.writeTextFile(path, JSON.stringify(own));
    await Deno.writeTextFile(`${project}/words.ts`, 'export const name: string = "of-my-own";');
    await Deno.writeTextFile(
      `${project}/mine.ts`,
      'import { ae, glyphs, load, pipeline, train } from "hourglass";\nimport { name } from "words";\n' +
        'import jpeg from "npm:jpeg-js@0.4.4";\nif (jpeg.decode === undefined) throw new Error();\n' +
        "export default pipeline(name).pipe(load(glyphs())).pipe(train(ae({ encoder: [35, 9], latent: 2 }), { epochs: 2 }));\n",
    );
    for (const task of ["plan", "run"]) {
      const { code, stdout, stderr } = await typed(project, [DENO, "task", task, "mine.ts"]);
      equal(code, 0, stdout + stderr);
    }
    ok(filesIn(project).some((file) => /^runs\/of-my-own\/[^/]+\/run\.json$/.test(file)));
    deepEqual(locks(), before);
  });
});

Deno.test("init gives a project every task of this repository that is for users, with the same permissions", async () => {
  await withEmptyFolder(async (project) => {
    equal((await runProgram("init", [project])).code, 0);
    const { tasks } = readJson(`${project}/deno.json`);
    const permissions = (command: string) =>
      wordsOf(command).filter((word) => /^--(allow|no-prompt)/.test(word));
    const starting = Object.entries(config.tasks).filter(([, { command }]) =>
      command.includes("src/cli/start.ts ") && !command.includes("deno check")
    );
    const wanted = starting.map(([name]) => name).filter((name) => !["init", "experiments"].includes(name));
    ok(wanted.length >= 9 && wanted.includes("run") && wanted.includes("report"));
    deepEqual(Object.keys(tasks).filter((name) => name !== "check"), wanted);
    for (const name of wanted as (keyof typeof config.tasks)[]) {
      deepEqual(permissions(tasks[name].command), permissions(config.tasks[name].command), name);
      match(tasks[name].command, /^deno run --quiet --no-config \S+require_deno\.ts [\d.]+ && /);
      ok(!tasks[name].description.includes("pipelines/"), tasks[name].description);
    }
    deepEqual(readJson(`${project}/deno.lock`).npm, readJson(`${ROOT}deno.lock`).npm);
  });
});

Deno.test("init refuses a folder that holds something, and changes nothing there; a new repository is fine", async () => {
  await withEmptyFolder(async (folder) => {
    await Deno.mkdir(`${folder}/.git`);
    await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
    const before = textsIn(folder);
    const { code, stderr } = await runProgram("init", [folder]);
    equal(code, 2);
    equal(
      stderr,
      `error: "${folder}" must be a new or empty folder, got one with 1 entry (notes.txt; nothing was changed)\n`,
    );
    deepEqual(textsIn(folder), before);
    const file = await runProgram("init", [`${folder}/notes.txt`]);
    equal(file.code, 2);
    match(file.stderr, /^error: ".*notes\.txt" must be a folder that can be written, got: /);
    await Deno.remove(`${folder}/notes.txt`);
    equal((await runProgram("init", [folder])).code, 0);
    ok(filesIn(folder).includes("pictures.ts"));
  });
});

Deno.test("init --from names another checkout or a published version, and refuses anything else without leaving a folder", async () => {
  await withEmptyFolder(async (top) => {
    const published = await runProgram("init", [`${top}/a`, "--from", "jsr:@hourglass/hourglass@0.1.0"]);
    equal(published.code, 0, published.stderr);
    const { imports, links, tasks } = readJson(`${top}/a/deno.json`);
    equal(imports.hourglass, "jsr:@hourglass/hourglass@0.1.0");
    equal(links, undefined);
    match(
      tasks.run.command,
      /^deno run --quiet --no-config jsr:@hourglass\/hourglass@0\.1\.0\/require-deno [\d.]+ && /,
    );
    match(tasks.run.command, / jsr:@hourglass\/hourglass@0\.1\.0\/start run$/);
    const checkout = await runProgram("init", [`${top}/b`, "--from", ROOT]);
    equal(checkout.code, 0, checkout.stderr);
    const [link] = readJson(`${top}/b/deno.json`).links;
    equal(await Deno.realPath(`${top}/b/${link}`), await Deno.realPath(ROOT));
    for (const from of ["npm:hourglass@1", "https://x.example/mod.ts", top, `${top}/none`]) {
      const { code, stderr } = await runProgram("init", [`${top}/c`, "--from", from]);
      equal(code, 2, stderr);
      match(
        stderr,
        /^error: --from must be a (folder|checkout of @hourglass\/hourglass) or a version like jsr:@/,
      );
      ok(
        !filesIn(top).some((file) => file.startsWith("c")) &&
          ![...Deno.readDirSync(top)].some(({ name }) => name === "c"),
      );
    }
  });
});

Deno.test("projectFiles() quotes a path with spaces for the shell of tasks", async () => {
  const link = "../my programs/hourglass";
  const files = projectFiles({
    specifier: "jsr:@hourglass/hourglass",
    link,
    addressOf: (file) => `${link}/${file}`,
    tasks: projectTasks(),
    lock: await Deno.readTextFile(`${ROOT}deno.lock`),
  });
  const { tasks } = JSON.parse(files["deno.json"]);
  match(tasks.stop.command, / '\.\.\/my programs\/hourglass\/src\/cli\/start\.ts' stop$/);
  ok(!/[^'] *\.\.\/my programs/.test(tasks.stop.command.replaceAll(/'[^']*'/g, "")));
});
