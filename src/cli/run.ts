/** `run FILE`: runs a pipeline and shows it. @module */
import process from "node:process";
import { Command } from "@commander-js/extra-typings";
import { chooseEngine, describeEngine } from "../engine/choose.ts";
import { ENGINE_NAMES } from "../engine/engine.ts";
import { resolvePipeline } from "../pipeline/resolve.ts";
import { loadPipeline } from "../run/load_pipeline.ts";
import { type RunningRun, startRun } from "../run/start.ts";
import { chooseScreen, colorLevel, startScreen, UI_NAMES } from "../ui/choose.ts";
import { collect, oneOf, parseSeed, parseThreads } from "./options.ts";
import { version } from "./version.ts";

type Signal = 130 | 143;

/** The command. */
export function runCommand(exit: (code: number) => void) {
  return new Command("run")
    .description("run a pipeline and leave a run folder")
    .argument("<file>", "the pipeline file")
    .option(
      "--set <stage.option=value>",
      "change an option, as in train.epochs=5 (repeatable)",
      collect,
      [] as string[],
    )
    .option("--seed <number>", "the seed of all random numbers", parseSeed)
    .option(
      "--engine <name>",
      `what computes: auto, ${ENGINE_NAMES.join(", ")} (default: HOURGLASS_ENGINE, else auto)`,
    )
    .option(
      "--threads <number>",
      "threads of the native engine (default: by the size of a step)",
      parseThreads,
    )
    .option("--ui <screen>", `what is shown: ${UI_NAMES.join(", ")}`, oneOf(UI_NAMES), "auto" as const)
    .option("--runs <folder>", "where run folders are made", "runs")
    .option("--debug", "show the stack of an error")
    .action(async (file, options) => {
      const pipeline = resolvePipeline(await loadPipeline(file), {
        overrides: options.set,
        seed: options.seed,
      });
      const env = Deno.env.toObject(), isTerminal = Deno.stdout.isTerminal();
      const { notice, ...engine } = await chooseEngine({
        name: options.engine ?? env.HOURGLASS_ENGINE,
        threads: options.threads,
      });
      let interrupt: (reason: Signal) => void = (reason) => Deno.exit(reason);
      const screen = await startScreen(chooseScreen(options.ui, { isTerminal, env }), {
        stdout: process.stdout,
        stdin: process.stdin,
        write: (text) => writeAll(text),
        color: colorLevel(env, isTerminal),
        controls: { stop: once(() => interrupt(130)), abort: () => interrupt(130) },
      });
      try {
        const running = await startRun({
          file,
          pipeline,
          overrides: options.set,
          engine,
          engineText: describeEngine(engine, pipeline.threads),
          notice,
          root: options.runs,
          argv: Deno.args,
          version,
          debug: options.debug ?? false,
          listen: (event) => screen.event(event),
        });
        interrupt = interrupter(running, () => screen.finish());
        exit(await seeThrough(running, interrupt));
      } finally {
        await screen.finish();
      }
    });
}

/** Does it at the first call only: a run that was asked to stop is not asked again, which would abort it. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/** Writes to the standard output; a reader that has gone away does not end the run. */
function writeAll(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
  }
}

/** Stops after the batch at the first call, and at once at the second. */
function interrupter(run: RunningRun, finish: () => void | Promise<void>): (reason: Signal) => void {
  let asked = false;
  return (reason) => {
    if (!asked) {
      asked = true;
      run.stop(reason);
      return;
    }
    Promise.allSettled([run.abort(reason), finish()]).then(() => Deno.exit(reason));
  };
}

/** Waits for the end of a run while signals are listened to. */
async function seeThrough(run: RunningRun, interrupt: (reason: Signal) => void): Promise<number> {
  const onInterrupt = () => interrupt(130), onTerminate = () => interrupt(143);
  Deno.addSignalListener("SIGINT", onInterrupt);
  Deno.addSignalListener("SIGTERM", onTerminate);
  try {
    return await run.finished;
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
    Deno.removeSignalListener("SIGTERM", onTerminate);
  }
}
