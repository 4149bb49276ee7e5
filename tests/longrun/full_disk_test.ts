import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { parseEvent } from "../../src/pipeline/events.ts";
import { findCheckpoint } from "../../src/run/checkpoint_file.ts";
import { GLYPHS, glyphsArguments, untilLogged } from "../support/glyphs_run.ts";
import {
  onlyRun,
  type Outcome,
  outcomeOf,
  ROOT,
  runProgram,
  start,
  withRunsFolder,
} from "../support/program.ts";
import { filesIn, fixturePlan, fixtureResult, writeShard } from "../support/sweep_fixture.ts";
import { assertSameResult, resultOf } from "../support/run_result.ts";
import { decodeSafetensors } from "../../src/core/safetensors.ts";

const SETTINGS = ["train.epochs=1500"];

/** Runs a program of the system; gives whether it succeeded. */
async function system(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Whether a small disk can be mounted: that needs root. */
async function canMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  const isMounted = await system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder);
  if (isMounted) await system("umount", folder);
  await Deno.remove(folder);
  return isMounted;
}
const isRoot = Deno.build.os === "linux" && await canMount();

/** A run on a full disk: it fails with one line, and all events and checkpoints written before are intact. */
async function assertEndedWell({ code, stdout, stderr }: Outcome, runs: string): Promise<void> {
  equal(code, 1, stdout + stderr);
  const said = (stdout + stderr).split("\n").filter((line) => /Cannot write/.test(line));
  ok(said.length > 0, stdout + stderr);
  match(said.join("\n"), /--resume auto/);
  ok(!/\n {4}at /.test(stdout + stderr), "no stack");
  const folder = onlyRun(runs, GLYPHS);
  const lines = Deno.readTextFileSync(`${folder}/events.jsonl`).split("\n");
  lines.slice(0, -1).forEach((line) => ok(parseEvent(line) !== undefined, line));
  const file = `${folder}/checkpoints/train.last.safetensors`;
  const { key } = decodeSafetensors(Deno.readFileSync(file), file).metadata;
  const { found, problems } = await findCheckpoint(folder, "train", { key });
  equal(problems.join(), "");
  ok(found !== undefined && found.eventBytes > 0);
}

Deno.test({
  name: isRoot
    ? "run on a disk that fills up fails clearly, keeps its checkpoint, and resumes when there is space"
    : "run on a disk that fills up: skipped, as only root can mount a small one",
  ignore: !isRoot,
  async fn() {
    await withRunsFolder(async (folder) => {
      const peace = await runProgram("run", glyphsArguments(`${folder}/peace`, ...SETTINGS));
      equal(peace.code, 0, peace.stderr);
      const runs = `${folder}/small`, disk = `${ROOT}${runs}`, ballast = `${disk}/ballast`;
      await Deno.mkdir(disk, { recursive: true });
      ok(await system("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk));
      try {
        const args = glyphsArguments(runs, ...SETTINGS);
        const process = start("run", args);
        await untilLogged(runs, '"epoch":300,');
        await system("dd", "if=/dev/zero", `of=${ballast}`, "bs=64k");
        await system("sh", "-c", `cat /dev/zero >> '${ballast}'`);
        await assertEndedWell(await outcomeOf(process), runs);
        await Deno.remove(ballast);
        const { code, stdout, stderr } = await runProgram("run", [...args, "--resume", "auto"]);
        equal(code, 0, stdout + stderr);
        assertSameResult(resultOf(onlyRun(runs, GLYPHS)), resultOf(onlyRun(`${folder}/peace`, GLYPHS)));
      } finally {
        ok(await system("umount", disk));
      }
    });
  },
});

Deno.test({
  name:
    "run that may not write larger files fails clearly, keeps its checkpoint, and resumes without the limit",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withRunsFolder(async (folder) => {
      const args = glyphsArguments(folder, ...SETTINGS);
      // 300 kB: a checkpoint fits, the events of 1,500 epochs do not.
      const limited = start("run", args, {}, 'trap "" XFSZ; ulimit -f 600; exec "$@"');
      await assertEndedWell(await outcomeOf(limited), folder);
      const { code, stdout, stderr } = await runProgram("run", [...args, "--resume", "auto"]);
      equal(code, 0, stdout + stderr);
      const epochs = resultOf(onlyRun(folder, GLYPHS)).events.filter((line) =>
        line.startsWith('{"type":"epoch"')
      );
      equal(epochs.length, 1500);
    });
  },
});

Deno.test({
  name: isRoot
    ? "merge on a disk that fills up fails clearly, leaves an earlier merge as it was, and works when there is space"
    : "merge on a disk that fills up: skipped, as only root can mount a small one",
  ignore: !isRoot,
  async fn() {
    await withRunsFolder(async (folder) => {
      const disk = `${ROOT}${folder}/small`, ballast = `${disk}/ballast`, out = `${folder}/small/m`;
      const plan = fixturePlan(), shard = `${folder}/a`;
      await writeShard(`${ROOT}${shard}`, plan, plan.trials.map((trial) => fixtureResult(trial, 0.5)));
      await Deno.mkdir(disk);
      ok(await system("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk));
      const fill = (leave: number) =>
        Deno.writeFile(ballast, new Uint8Array((1 << 20) - leave), { createNew: true });
      const failed = async () => {
        const { code, stderr } = await runProgram("merge", [shard, "--out", out]);
        equal(code, 1, stderr);
        match(stderr, /^error: Cannot write ".*\/small\/m.*": No space left on device.*\n$/);
      };
      try {
        await fill(20_000);
        await failed();
        deepEqual([...Deno.readDirSync(disk)].map(({ name }) => name), ["ballast"]);
        await Deno.remove(ballast);
        equal((await runProgram("merge", [shard, "--out", out])).code, 0);
        const before = filesIn(`${ROOT}${out}`), used = Object.values(before).join("").length / 2;
        await fill(used + 100_000);
        await failed();
        deepEqual(filesIn(`${ROOT}${out}`), before);
        await Deno.remove(ballast);
        equal((await runProgram("merge", [shard, "--out", out])).code, 0);
        deepEqual(filesIn(`${ROOT}${out}`), before);
      } finally {
        ok(await system("umount", disk));
      }
    });
  },
});
