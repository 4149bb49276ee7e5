import { match, ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { filesIn } from "../support/run_result.ts";

/** Makes a folder read-only for the time of a function: by its mode, or for root, who heeds none, by a mount. */
async function readOnly(folder: string, use: () => Promise<void>): Promise<void> {
  const system = async (command: string, ...args: string[]) =>
    ok((await new Deno.Command(command, { args, stderr: "null" }).output()).success, command);
  if (Deno.uid() !== 0) {
    await Deno.chmod(folder, 0o555);
    await use().finally(() => Deno.chmod(folder, 0o755));
    return;
  }
  await system("mount", "--bind", folder, folder);
  try {
    await system("mount", "-o", "remount,bind,ro", folder);
    await use();
  } finally {
    await system("umount", folder);
  }
}

/** Root in a container may not be allowed to mount. */
async function canBeReadOnly(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const folder = await Deno.makeTempDir();
  try {
    await readOnly(folder, () => Promise.resolve());
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(folder);
  }
}
const isPossible = await canBeReadOnly();
const why = isPossible ? "" : ": skipped, as nothing can be made read-only here";

Deno.test({
  name: `run that cannot write the folder of its run says so in one line and leaves all as it was${why}`,
  ignore: !isPossible,
  async fn() {
    await withRunsFolder(async (folder) => {
      const args = glyphsArguments(folder, "train.epochs=60");
      equal((await runProgram("run", [...args, "--max-epochs", "30"])).code, 124);
      const run = onlyRun(folder, GLYPHS);
      const contents = () => filesIn(run).map((file) => `${file} ${Deno.readFileSync(file)}`).join("\n");
      const before = contents();
      await readOnly(run, async () => {
        const { code, stderr } = await runProgram("run", [...args, "--resume", "auto"]);
        equal(code, 2, stderr);
        match(stderr, /^error: ".*" must be a writable folder, got: /);
        equal(stderr.trim().split("\n").length, 1);
      });
      equal(contents(), before);
      const { code, stdout, stderr } = await runProgram("run", [...args, "--resume", "auto"]);
      equal(code, 0, stdout + stderr);
    });
  },
});

Deno.test({
  name: `run that cannot write the folder of all runs says so and exits 2${why}`,
  ignore: !isPossible,
  async fn() {
    await withRunsFolder(async (folder) => {
      await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
      await readOnly(`${ROOT}${folder}`, async () => {
        const { code, stderr } = await runProgram("run", [...glyphsArguments(folder), "--exclusive"]);
        equal(code, 2, stderr);
        match(stderr, /^error: .* must be a writable folder/);
        equal(stderr.trim().split("\n").length, 1);
      });
    });
  },
});
