/** A training of a second or two that tests stop, kill and resume. */
import { isLocked } from "../../src/run/lock.ts";
import { onlyRun } from "./program.ts";
import { until } from "./until.ts";

/** The folder of its runs. */
export const GLYPHS = "glyphs-dae";

/** The arguments of a training of glyphs; more settings win over these. */
export function glyphsArguments(runs: string, ...settings: readonly string[]): string[] {
  return [
    ...["pipelines/glyphs-dae.ts", "--runs", runs, "--engine", "wasm", "--ui", "plain"],
    ...[
      "train.epochs=600",
      "train.repeats=16",
      "evaluate.draws=3",
      "train.checkpoint.everyMinutes=0.001",
      // Tests compare checkpoints too, and let complete runs continue.
      "train.checkpoint.keepOptimizer=true",
      ...settings,
    ]
      .flatMap((setting) => ["--set", setting]),
  ];
}

/** A training of hours. */
export const ENDLESS = "train.epochs=100000000";

/** Waits until the one run under a root has logged something. */
export async function untilLogged(runs: string, text: string, pipeline = GLYPHS): Promise<string> {
  let folder = "";
  const isLogged = () => {
    try {
      folder = onlyRun(runs, pipeline);
      return Deno.readTextFileSync(`${folder}/events.jsonl`).includes(text);
    } catch {
      // Not there yet.
      return false;
    }
  };
  await until(isLogged, `${text} in the log of ${runs}`, { seconds: 30, every: 50 });
  return folder;
}

/** Waits until no process writes into a run's folder any more. */
export async function untilFree(run: string): Promise<void> {
  const isFree = async () => !await isLocked(`${run}/lock`);
  await until(isFree, `the end of ${run}`, { seconds: 30, every: 50 });
}
