import { ok, strictEqual as equal } from "node:assert/strict";
import { parse } from "yaml";
import { requestStop } from "../../src/run/control.ts";
import { cronLines, gitlabFiles, systemdUnits, workflows } from "../support/examples.ts";
import { ENDLESS, GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import { onlyRun, readJson, ROOT, withRunsFolder } from "../support/program.ts";

/** A command as a scheduler starts it. */
interface Form {
  readonly name: string;
  /** The process that the scheduler starts, and stops with TERM. */
  readonly outer: readonly string[];
}

/** The commands of an example that start a run. */
const starts = (commands: readonly string[]) => commands.filter((command) => /task .*\brun\b/.test(command));

/** The recommended forms. GitHub runs a step as `bash -e FILE`, GitLab's shell reads the script, cron's is `sh -c`, systemd has none. */
function forms(): Form[] {
  const steps = workflows().flatMap(({ text }) =>
    Object.values(parse(text).jobs as Record<string, { steps: { run?: string }[] }>).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run ?? [])
    )
  );
  const scripts = gitlabFiles().flatMap(({ text }) =>
    Object.values(parse(text) as Record<string, { script: string[] }>).flatMap(({ script }) => script)
  );
  const services = systemdUnits().flatMap(({ text }) => /^ExecStart=(.*)$/m.exec(text)?.[1] ?? []);
  return [
    ...cronLines().map(({ command }) => ({ name: "cron", outer: ["sh", "-c", command] })),
    ...services.map((command) => ({ name: "systemd", outer: [command] })),
    ...starts(steps).map((command) => ({ name: "GitHub Actions", outer: ["bash", "-e", command] })),
    ...starts(scripts).map((command) => ({
      name: "GitLab CI",
      outer: ["bash", "-eo", "pipefail", command],
    })),
  ];
}

/** What a scheduler runs as a file: a shell that is given its last command by `-c` would replace itself by it. */
function scriptFile(folder: string, text: string): string {
  const file = `${folder}/script.sh`;
  Deno.writeTextFileSync(file, `${text}\n`);
  return file;
}

/** A form on this machine: its folder and Deno, a training of hours in a folder of its own. */
function here({ outer }: Form, runs: string): string[] {
  const words = [...glyphsArguments(runs, ENDLESS), "--resume", "none"].join(" ");
  return outer.map((text) =>
    place(text).replace(/pipelines\/[\w-]+\.ts/, words).replace(
      / --resume auto| --fail-if '[^']*'| --needed/g,
      "",
    )
  );
}

const place = (word: string) =>
  word.replace("/srv/hourglass", ROOT).replace("/usr/local/bin/deno", Deno.execPath());

/** A PATH on which Deno stands before everything else, as one line of the examples installs it. */
async function withDenoOnPath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(Deno.execPath(), `${folder}/deno`);
    await use(`${folder}:${Deno.env.get("PATH")}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the documents recommend a form for cron, systemd, GitHub Actions and GitLab CI", () => {
  equal([...new Set(forms().map(({ name }) => name))].join(), "cron,systemd,GitHub Actions,GitLab CI");
});

for (const form of forms()) {
  Deno.test({
    name:
      `TERM to the outer process of the recommended form for ${form.name} stops the run with a checkpoint`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withDenoOnPath((path) =>
        withRunsFolder(async (folder) => {
          const words = here(form, folder), script = words.at(-1)!;
          const [command, ...args] = words.length === 1
            ? script.split(" ")
            : words.includes("-c")
            ? words
            : [...words.slice(0, -1), scriptFile(path.split(":")[0], script)];
          const process = new Deno.Command(command, {
            args,
            cwd: ROOT,
            env: { PATH: path, NO_COLOR: "1" },
            stdin: "null",
            stdout: "null",
            stderr: "piped",
          }).spawn();
          const errors = new Response(process.stderr).text();
          const run = await untilLogged(folder, '"epoch":3,');
          process.kill("SIGTERM");
          // A form that keeps TERM to itself would wait for hours: then the run is stopped from here, and its exit code is another.
          const timer = setTimeout(
            () => requestStop(run, { stop: "batch", exitCode: 130 }),
            30_000,
          );
          const { code } = await process.status;
          clearTimeout(timer);
          equal(code, 143, await errors);
          const { status, exitCode } = readJson(`${onlyRun(folder, GLYPHS)}/run.json`);
          equal(`${status} ${exitCode}`, "stopped 143");
          ok(Deno.statSync(`${run}/checkpoints/train.last.safetensors`).size > 1000);
        })
      ),
  });
}
