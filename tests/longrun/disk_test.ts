import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { bytesOnDisk } from "../../src/run/garbage.ts";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import { onlyRun, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

const DROP = "train.checkpoint.keepOptimizer=false", CONSTANT = "train.schedule.kind=constant";
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const ino = (path: string) => Deno.statSync(path).ino;

Deno.test("run leaves its best weights once when it is complete, and a run that is stopped keeps its optimizer state", async () => {
  await withRunsFolder(async (folder) => {
    const args = glyphsArguments(folder, "train.epochs=60", DROP);
    equal((await runProgram("run", [...args, "--max-epochs", "30"])).code, 124);
    const run = onlyRun(folder, GLYPHS);
    ok(names(`${run}/checkpoints`).includes("train.last.safetensors"));
    const { code, stderr } = await runProgram("run", [...args, "--resume", "auto"]);
    equal(code, 0, stderr);
    deepEqual(names(`${run}/checkpoints`), ["train.safetensors"]);
    const weights = `${run}/checkpoints/train.safetensors`;
    if (Deno.build.os !== "windows") {
      // The weights of glyphs-dae are 27 kB: below the size from which files are compared.
      const cached = [...Deno.readDirSync(`${ROOT}${folder}/.cache`)].map(({ name }) => name);
      const linked = cached.map((key) => `${ROOT}${folder}/.cache/${key}/files/checkpoints/train.safetensors`)
        .filter((file) => {
          try {
            return Deno.statSync(file).isFile;
          } catch {
            return false;
          }
        });
      deepEqual(linked.map(ino), [ino(weights)], "the cache has a second name of them");
    }
    equal((await runProgram("report", [run.slice(ROOT.length)])).code, 0, "a report needs no more");
  });
});

Deno.test("run --resume of a complete run with more epochs says that it kept no optimizer state, and starts over", async () => {
  await withRunsFolder(async (folder) => {
    equal((await runProgram("run", glyphsArguments(folder, "train.epochs=20", DROP, CONSTANT))).code, 0);
    const more = glyphsArguments(folder, "train.epochs=40", DROP, CONSTANT);
    const { code, stdout } = await runProgram("run", [...more, "--resume", "auto"]);
    equal(code, 0);
    match(stdout, /is complete and has no optimizer state \(train\.checkpoint\.keepOptimizer=true keeps it/);
    match(stdout, /epoch 1\/40 /);
  });
});

Deno.test("runs rm lists what it would free, frees it with --yes, and refuses what is no run", async () => {
  await withRunsFolder(async (folder) => {
    equal((await runProgram("run", glyphsArguments(folder, "train.epochs=5"))).code, 0);
    const run = onlyRun(folder, GLYPHS).slice(ROOT.length), id = run.split("/").at(-1)!;
    const before = await bytesOnDisk(`${ROOT}${folder}`);
    const dry = await runProgram("runs", ["rm", id, "--runs", folder]);
    equal(dry.code, 0, dry.stderr);
    match(dry.stdout, new RegExp(`^would remove ${run} .*: run ${id}$`, "m"));
    match(dry.stdout, /would remove \S+\.cache\/\S+ .*: cached result of train$/m);
    match(dry.stdout, /--yes removes it\n$/);
    equal(await bytesOnDisk(`${ROOT}${folder}`), before, "nothing was removed");
    for (const other of ["src", folder]) {
      const refused = await runProgram("runs", ["rm", other, "--yes"]);
      equal(refused.code, 2);
      match(refused.stderr, /must be (the folder of a run to be removed|a run folder or hold one)/);
    }
    const { code, stdout } = await runProgram("runs", ["rm", id, "--runs", folder, "--yes"]);
    equal(code, 0);
    match(stdout, / freed\n$/);
    ok(await bytesOnDisk(`${ROOT}${folder}`) < before / 10);
    deepEqual(names(`${ROOT}${folder}/${GLYPHS}`), []);
  });
});
