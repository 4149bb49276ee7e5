/** `explore RUN`: moves through the latent space of a run's model. @module */
import { inputSize } from "../models/spec.ts";
import process from "node:process";
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { loadEngine } from "../engine/load.ts";
import type { Environment } from "../ui/choose.ts";
import { oneOf, THEME, THEME_NAMES } from "./options.ts";
import { explorerModel } from "./explore/explorer_model.ts";
import { findModelRun } from "./explore/find_run.ts";
import { openImages, pictureShape } from "./explore/open_images.ts";
import { readModel } from "./explore/read_model.ts";
import { writeAll } from "./output.ts";
import { openTerminal } from "./terminal.ts";

/** The command. */
export function exploreCommand(exit: (code: number) => void) {
  return new Command("explore")
    .description("move through the latent space of a run's model with the arrow keys")
    .argument("[run]", "the run's id or folder (default: the newest that has a model)")
    .option("--runs <folder>", "where run folders lie", "runs")
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const)
    .option("--debug", "show the stack of an error")
    .action(async (name, { runs, theme }) => {
      const env = Deno.env.toObject();
      const run = await findModelRun(name, runs);
      const stored = readModel(`${run.folder}/${run.file}`);
      checkTerminal(env);
      const pixels = inputSize(stored.spec), images = await openImages(run, pixels);
      const { height, width } = pictureShape(run.folder, pixels, images);
      const model = explorerModel({
        run,
        model: { ...stored, height, width },
        dataset: images.dataset,
        // No other engine is sooner with a single row.
        engine: await loadEngine("wasm"),
        notice: images.problem,
      });
      // React reads this when it is loaded, and takes its slow development form without it.
      process.env.NODE_ENV ??= "production";
      const { startExplorer } = await import("../ui/explorer/screen.tsx");
      const { written } = await startExplorer(model, await openTerminal({ theme, env, isAsked: true }));
      for (const file of written) writeAll(`wrote ${file}\n`);
      exit(0);
    });
}

/** Throws a UsageError unless there is a screen to draw on and a keyboard to read. */
function checkTerminal({ TERM }: Environment): void {
  const lack = !Deno.stdout.isTerminal()
    ? "the standard output is none"
    : !Deno.stdin.isTerminal()
    ? "the standard input is none"
    : TERM === "dumb"
    ? 'it is of the kind "dumb", which cannot move its cursor'
    : undefined;
  if (lack === undefined) return;
  throw new UsageError(
    `Cannot explore as it must be shown on a terminal: ${lack}; the stages interpolate() and generate() of a pipeline write such ` +
      "pictures without one",
  );
}
