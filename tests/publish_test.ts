import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { readJson, ROOT } from "./support/program.ts";
import { filesIn, typed, withEmptyFolder } from "./support/project.ts";
import { withRegistry } from "./support/registry.ts";

/** Where an import cannot be followed by nature: a file of the user, the program after its notice, a worker in an idle thread, packages by their full name. */
const UNFOLLOWED = [
  "src/cli/main.ts",
  "src/cli/program_thread.ts",
  "src/core/idle_worker.ts",
  "src/core/import_package.ts",
  "src/engine/native/library.ts",
  "src/run/load_pipeline.ts",
];

Deno.test("deno publish --dry-run finds no fault: public types are explicit, and what the program reads is published", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  equal(code, 0, text);
  ok(!/slow-type|missing-explicit/.test(text), text);
  const warned = [...text.matchAll(/^warning\[([\w-]+)\].*\n\s+--> (\S+?):\d+/gm)];
  deepEqual([...new Set(warned.map(([, , file]) => file.replace(ROOT, "")))].sort(), UNFOLLOWED);
  ok(warned.every(([, kind]) => /^unanalyzable-/.test(kind)), text);
  const files = [...text.matchAll(/^ +file:\/\/(\S+) \(([\d.]+)(B|KB|MB)\)$/gm)];
  const names = files.map(([, path]) => path.replace(ROOT, ""));
  for (
    const name of [...Object.values(config.exports), "src/engine/kernels.wasm", "src/report/page/style.css"]
  ) {
    ok(names.includes(name.replace("./", "")), name);
  }
  // Git's ignored names must not leave out a folder of the program.
  const missing = filesIn(`${ROOT}src`).filter((file) =>
    !/^engine\/kernels\//.test(file) && !names.includes(`src/${file}`)
  );
  deepEqual(missing, []);
  ok(names.includes("data/glyphs.json") && names.includes("src/cli/init/pictures.ts.template"));
  ok(
    !names.some((name) => /^(tests|bench|docs|pipelines|runs|data\/cache|src\/engine\/kernels)\//.test(name)),
    names.join("\n"),
  );
  const unit = { B: 1, KB: 1024, MB: 1024 ** 2 };
  const bytes = files.reduce(
    (sum, [, , size, name]) => sum + Number(size) * unit[name as keyof typeof unit],
    0,
  );
  ok(bytes < 4 * 1024 ** 2, `${bytes} bytes`);
  match(text, /Dry run complete/);
});

Deno.test("a published version starts a project, trains there, lists the run, and is installed as a command", async () => {
  await withRegistry((address) =>
    withEmptyFolder(async (top) => {
      const env = { JSR_URL: address, DENO_INSTALL_ROOT: top, PATH: `${top}/bin:${Deno.env.get("PATH")}` };
      const name = `jsr:${config.name}@${config.version}`;
      const deno = async (cwd: string, ...args: string[]) => {
        const { code, stdout, stderr } = await typed(cwd, [Deno.execPath(), ...args], env);
        equal(code, 0, stdout + stderr);
        return stdout;
      };
      await Deno.mkdir(`${top}/bin`);
      await Deno.symlink(Deno.execPath(), `${top}/bin/deno`);
      await deno(ROOT, "publish", "--allow-dirty", "--no-check", "--token=none");
      const flags = ["--no-config", "--no-prompt", "--allow-read", `--allow-run=${Deno.execPath()}`];
      await deno(top, "install", "--quiet", "-g", ...flags, "-n", "hourglass", `${name}/hourglass`);
      const installed = async (cwd: string, ...args: string[]) => {
        const { code, stdout, stderr } = await typed(cwd, [`${top}/bin/hourglass`, ...args], env);
        equal(code, 0, stdout + stderr);
        return stdout;
      };
      await installed(top, "init", "mine");
      const project = `${top}/mine`;
      equal(readJson(`${project}/deno.json`).imports.hourglass, name);
      // Strict options of a project do not reach the files of a package.
      await deno(project, "check", "pictures.ts");
      await deno(project, "task", "run:wasm", "pictures.ts", "--ui", "plain", "--set", "train.epochs=2");
      match(await deno(project, "task", "--quiet", "runs"), /completed\s+pictures/);
      match(await installed(project, "plan", "pictures.ts", "--engine", "wasm"), /^pictures, seed 42, wasm/);
      await Deno.mkdir(`${top}/empty`);
      await Deno.copyFile(`${project}/pictures.ts`, `${top}/empty/pictures.ts`);
      await Deno.rename(`${project}/example-pictures`, `${top}/empty/example-pictures`);
      await installed(top + "/empty", "run", "pictures.ts", "--ui", "plain", "--set", "train.epochs=2");
      ok(filesIn(`${top}/empty`).some((file) => file.endsWith("/report.html")));
    })
  );
});
