import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { commandArguments, isTask, wordsOf } from "../../src/cli/tasks.ts";
import { type Outcome, readJson, ROOT } from "../support/program.ts";
import { untilFree } from "../support/glyphs_run.ts";
import { filesIn, typed, withEmptyFolder } from "../support/project.ts";

const PIPELINE = 'import { ae, glyphs, load, pipeline, train } from "hourglass";\n' +
  'export default pipeline("letters").pipe(load(glyphs())).pipe(train(ae({ encoder: [35, 9], latent: 2 }), { epochs: 3 }));\n';

/** The line by which README installs the command. */
function readmeLine(): string {
  const [line] = /^ {4}deno install -g .*hourglass\.ts$/m.exec(Deno.readTextFileSync(`${ROOT}README.md`))!;
  return line.trim();
}

/** Installs the command by README's line, into a folder of its own, and works in an empty one. */
async function withInstalled(
  use: (folder: string, hourglass: (...args: string[]) => Promise<Outcome>) => Promise<void>,
): Promise<void> {
  await withEmptyFolder(async (top) => {
    // `deno` must be on the PATH, as for everyone who installs a command with it.
    await Deno.mkdir(`${top}/bin`);
    await Deno.symlink(Deno.execPath(), `${top}/bin/deno`);
    const env = { PATH: `${top}/bin:${Deno.env.get("PATH")}`, DENO_INSTALL_ROOT: top };
    const installed = await typed(ROOT, ["sh", "-c", readmeLine()], env);
    equal(installed.code, 0, installed.stderr);
    await Deno.mkdir(`${top}/work`);
    await use(`${top}/work`, (...args) => typed(`${top}/work`, [`${top}/bin/hourglass`, ...args], env));
  });
}

Deno.test("hourglass, installed by README's line, runs from an empty folder, and everything lands there", async () => {
  const before = Deno.readTextFileSync(`${ROOT}deno.lock`);
  await withInstalled(async (folder, hourglass) => {
    await Deno.writeTextFile(`${folder}/letters.ts`, PIPELINE);
    const run = await hourglass("run", "letters.ts", "--ui", "plain");
    equal(run.code, 0, run.stdout + run.stderr);
    const files = filesIn(folder), record = files.find((file) => file.endsWith("/run.json"))!;
    equal(readJson(`${folder}/${record}`).status, "completed");
    ok(files.every((file) => file === "letters.ts" || file.startsWith("runs/")), files.join("\n"));
    match((await hourglass("runs")).stdout, /completed\s+letters/);
    match((await hourglass("plan", "letters.ts")).stdout, /train: cached/);
    match((await hourglass("--version")).stdout, new RegExp(`^${config.version}$`, "m"));
    // Messages and reports name commands as they are typed here.
    const report = Deno.readTextFileSync(`${folder}/${record.replace("run.json", "report.md")}`);
    match(report, /hourglass run letters\.ts/);
    await Deno.mkdir(`${folder}/nothing`);
    match((await hourglass("explore", "nothing")).stderr, /\(hourglass runs lists the runs\)/);
    const unknown = await hourglass("runn");
    equal(unknown.code, 2);
    match(unknown.stderr, /^error: unknown command 'runn'/);
    const detached = await hourglass("run", "letters.ts", "--set", "train.epochs=4", "--detach");
    match(detached.stdout, /^attach: hourglass monitor \S+$/m);
    const [, started] = /runs in (runs\/\S+)/.exec(detached.stdout)!;
    await untilFree(`${folder}/${started}`);
    const elsewhere = await hourglass("experiments");
    equal(elsewhere.code, 2);
    const project = await hourglass("init", "mine");
    equal(project.code, 0, project.stderr);
    match(project.stdout, /^ {4}hourglass run pictures\.ts$/m);
  });
  equal(Deno.readTextFileSync(`${ROOT}deno.lock`), before);
});

Deno.test("hourglass gives a pipeline file no more permissions than deno task run does", async () => {
  await withInstalled(async (folder, hourglass) => {
    for (
      const [attempt, refused] of [
        ['await fetch("http://127.0.0.1:8099/")', "net"],
        ['Deno.writeTextFileSync("stolen.txt", "x")', "write"],
        ['new Deno.Command("sh").outputSync()', "run"],
      ]
    ) {
      await Deno.writeTextFile(`${folder}/bad.ts`, `${attempt};\nexport default 1;`);
      const { code, stderr } = await hourglass("run", "bad.ts");
      equal(code, 2, stderr);
      match(stderr, new RegExp(`Requires ${refused} access`));
    }
    const comma = await hourglass("run", "bad.ts", "--runs", "a,b");
    equal(comma.code, 2);
    match(comma.stderr, /^error: "a,b" must have no comma/);
  });
});

Deno.test({
  name: "hourglass passes signals on to the run, which stops with a checkpoint and its own exit code",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withInstalled(async (folder) => {
      await Deno.writeTextFile(`${folder}/letters.ts`, PIPELINE.replace("epochs: 3", "epochs: 100000000"));
      const child = new Deno.Command(`${folder}/../bin/hourglass`, {
        args: ["run", "letters.ts", "--ui", "json"],
        cwd: folder,
        env: { NO_COLOR: "1", PATH: `${folder}/../bin:${Deno.env.get("PATH")}` },
        stdout: "piped",
      }).spawn();
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      for (let said = ""; !said.includes('"type":"epoch"');) said += (await reader.read()).value ?? "";
      child.kill("SIGTERM");
      for (let part = await reader.read(); !part.done; part = await reader.read());
      equal((await child.status).code, 143);
      const files = filesIn(folder), record = files.find((file) => file.endsWith("/run.json"))!;
      equal(readJson(`${folder}/${record}`).status, "stopped");
      ok(files.some((file) => file.endsWith("train.last.safetensors")), files.join("\n"));
    }),
});

Deno.test("hourglass refuses a file with packages of its own outside of a project, with the remedy", async () => {
  await withInstalled(async (folder, hourglass) => {
    for (const name of ["npm:kleur@4.1.5", "kleur"]) {
      await Deno.writeTextFile(`${folder}/own.ts`, `import "${name}";\n${PIPELINE}`);
      const { code, stderr } = await hourglass("run", "own.ts");
      equal(code, 2, stderr);
      match(stderr, /packages of your own need a project, which the command "init FOLDER" makes/);
    }
  });
});

Deno.test("hourglass monitor does not follow the configuration of a folder that may be anybody's", async () => {
  await withInstalled(async (folder, hourglass) => {
    const main = new URL("src/cli/main.ts", `file://${ROOT}`).href;
    await Deno.writeTextFile(`${folder}/evil.ts`, 'throw new Error("evil ran");');
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({ imports: { hourglass: "./evil.ts", [main]: "./evil.ts" } }),
    );
    const { stdout, stderr } = await hourglass("runs");
    ok(!/evil/.test(stdout + stderr), stderr);
  });
});

Deno.test("commandArguments() has the words of each task, and adds only the folders that were named", () => {
  for (const [name, { command }] of Object.entries(config.tasks).filter(([name]) => isTask(name))) {
    const own = wordsOf(command).filter((word) => word.startsWith("--allow"));
    const flags = commandArguments(name).filter((word) => word.startsWith("--allow"));
    deepEqual(flags, own, name);
    const more = commandArguments(name, { writable: ["/x"] }).filter((word) => word.startsWith("--allow"));
    deepEqual(
      more.filter((word) => !own.includes(word)).map((word) => word.replace(/^.*[=,]/, "")),
      ["/x"],
      name,
    );
  }
});
