import { match, ok, strictEqual as equal } from "node:assert/strict";
import { existsSync } from "node:fs";
import { onlyRun, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { assertSameResult, resultOf, type RunResult } from "../support/run_result.ts";
import { STREAMED_FOLDER, writeStreamed } from "../support/streamed_pipeline.ts";

/** Epochs of both trainings together after which the second is under way. */
const IN_THE_SECOND = "20";

/** Without the warnings of damage, and the checkpoint of the first training, which is not made where its result is known. */
function comparable({ events, files, ...rest }: RunResult): RunResult {
  const { "checkpoints/first.last.safetensors": _, ...others } = files;
  return { ...rest, files: others, events: events.filter((line) => !line.startsWith('{"type":"warning"')) };
}

function corrupt(run: string, stage: string): void {
  for (const age of ["last", "previous"]) {
    const file = `${run}/checkpoints/${stage}.${age}.safetensors`;
    // A training that was stopped soon has one checkpoint and none before it.
    if (age === "previous" && !existsSync(file)) continue;
    const bytes = Deno.readFileSync(file);
    bytes[bytes.length - 100] ^= 1;
    Deno.writeFileSync(file, bytes);
  }
}

for (const cache of [[], ["--no-cache"]]) {
  Deno.test(`run resumes from the first training when the second's checkpoints are damaged ${cache}`, async () => {
    await withRunsFolder(async (folder) => {
      await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
      const args = [await writeStreamed(folder), "--ui", "plain", ...cache];
      equal((await runProgram("run", [...args, "--runs", `${folder}/peace`])).code, 0);
      const again = [...args, "--runs", `${folder}/hit`, "--resume", "auto", "--max-epochs"];
      equal((await runProgram("run", [...again, IN_THE_SECOND])).code, 124);
      const run = onlyRun(`${folder}/hit`, STREAMED_FOLDER);
      // The first training is repeated, or cached, while the second resumes: its own checkpoint must not change.
      const second = await runProgram("run", [...again, "2"]);
      equal(second.code, 124, second.stdout + second.stderr);
      corrupt(run, "second");
      const third = await runProgram("run", [...again, "1"]);
      match(third.stdout, /warning .*second\.last\.safetensors/);
      equal(third.code, 124, third.stdout + third.stderr);
      corrupt(run, "second");
      corrupt(run, "first");
      const last = await runProgram("run", [...again, "1000"]);
      equal(last.code, 0, last.stdout + last.stderr);
      assertSameResult(
        comparable(resultOf(run)),
        comparable(resultOf(onlyRun(`${folder}/peace`, STREAMED_FOLDER))),
      );
      ok([...Deno.readDirSync(`${ROOT}${folder}/hit/${STREAMED_FOLDER}`)].length === 1);
    });
  });
}
