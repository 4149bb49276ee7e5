/** Kills a run at random moments and resumes it each time until it ends, as often as needed for a number of kills. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { wholeNumber } from "../../src/core/random.ts";
import { watchFiles } from "./file_watch.ts";
import { outcomeOf, ROOT, runProgram, start, withRunsFolder } from "./program.ts";
import { assertSameResult, resultOf } from "./run_result.ts";

/** A storm over one pipeline. */
export interface Storm {
  /** Makes the pipeline file in a folder, and gives its path; or the path itself. */
  readonly file: string | ((folder: string) => Promise<string>);
  readonly pipeline: string;
  readonly settings: readonly string[];
  readonly kills: number;
  /** Of the moments. */
  readonly seed: number;
  /** The longest life of a process, in milliseconds; lives are drawn evenly up to it. */
  readonly longest: number;
}

/** Runs the pipeline once undisturbed, then repeatedly in the storm: all results are the same, and no file was ever unreadable. */
export async function killAndResume(
  { file, pipeline, settings, kills, seed, longest }: Storm,
): Promise<void> {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    const args = [typeof file === "string" ? file : await file(folder), "--ui", "off", ...settings];
    const peace = await runProgram("run", [...args, "--runs", `${folder}/peace`]);
    equal(peace.code, 0, peace.stderr);
    const expected = resultOf(completedRun(`${folder}/peace`, pipeline));
    let killed = 0;
    for (let round = 0; killed < kills; round++) {
      const runs = `${folder}/storm ${round}`;
      const watch = watchFiles(`${ROOT}${runs}`);
      killed += await oneRound([...args, "--runs", runs, "--resume", "auto"], {
        lives: (life) =>
          killed + life < kills
            ? wholeNumber(longest, { seed, stream: "split", epoch: 1000 * round + life })
            : Infinity,
        isComplete: () => completedRuns(runs, pipeline).length > 0,
      });
      ok(await watch.end() > 0);
      assertSameResult(resultOf(completedRun(runs, pipeline)), expected);
    }
  });
}

/** Starts and kills until a process runs to the end; returns the number of kills. */
async function oneRound(
  args: string[],
  { lives, isComplete }: { lives(life: number): number; isComplete(): boolean },
): Promise<number> {
  for (let life = 0;; life++) {
    const process = start("run", args), milliseconds = lives(life);
    let isKilled = false;
    const timer = milliseconds === Infinity ? undefined : setTimeout(() => {
      isKilled = true;
      process.kill("SIGKILL");
    }, milliseconds);
    const { code, stderr } = await outcomeOf(process);
    clearTimeout(timer);
    if (code === 0) return life;
    // It was killed between its end and that of its process.
    if (isComplete()) return life + 1;
    ok(isKilled, `exit ${code} without a kill: ${stderr}`);
  }
}

/** The runs of a pipeline that have come to their ends; a kill before its record was written leaves an empty folder next to them. */
function completedRuns(root: string, pipeline: string): string[] {
  const parent = `${ROOT}${root}/${pipeline}`;
  try {
    return [...Deno.readDirSync(parent)].map(({ name }) => `${parent}/${name}`).filter((run) => {
      try {
        return JSON.parse(Deno.readTextFileSync(`${run}/run.json`)).status === "completed";
      } catch {
        return false;
      }
    });
  } catch {
    // It was killed before it made its folder.
    return [];
  }
}

/** The one run of a pipeline that has come to its end. */
function completedRun(root: string, pipeline: string): string {
  const completed = completedRuns(root, pipeline);
  equal(completed.length, 1, `one completed run of ${pipeline} under ${root}`);
  return completed[0];
}
