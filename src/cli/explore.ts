/** `explore RUN`: explores the latent space of a run's model. @module */
import process from "node:process";
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/errors.ts";
import { loadEngine } from "../engine/load.ts";
import type { Environment } from "../ui/terminal/environment.ts";
import { oneOf, THEME, THEME_NAMES } from "./options.ts";
import { explorerModel } from "./explore/explorer_model.ts";
import { findModelRun } from "./explore/find_run.ts";
import { openImages } from "./explore/open_images.ts";
import { hasCodebook } from "../models/codebook.ts";
import { readModel } from "../models/model_file.ts";
import { writeAll } from "./output.ts";
import { openTerminal } from "./terminal.ts";

/** The command. */
export function exploreCommand(exit: (code: number) => void) {
  return new Command("explore")
    .description("explore the latent space of a run's model with the arrow keys")
    .argument("[run]", "the run's id or folder (default: the newest that has a model)")
    .option("--runs <folder>", "folder of runs", "runs")
    .option(...THEME, oneOf(THEME_NAMES), "auto" as const)
    .option("--class <name>", "of a conditional model: the class that is decoded (default: its first)")
    .option("--debug", "show stack traces")
    .action(async (name, { runs, theme, class: chosen }) => {
      const env = Deno.env.toObject();
      const run = await findModelRun(name, runs);
      const stored = readModel(`${run.folder}/${run.file}`);
      if (hasCodebook(stored.spec)) {
        throw new UsageError(
          "explore must have a latent space to move in, got a vqvae, whose latent are codes " +
            "(reconstruct and encode use it)",
        );
      }
      checkTerminal(env);
      const images = await openImages(run, stored);
      const model = explorerModel({
        run,
        model: stored,
        dataset: images.dataset,
        // No other engine is faster with a single row.
        engine: await loadEngine("wasm"),
        notice: images.problem,
        class: chosen,
      });
      // React reads this when it is loaded, and uses its slow development build without it.
      process.env.NODE_ENV ??= "production";
      const { startExplorer } = await import("../ui/explorer/screen.tsx");
      const { written } = await startExplorer(model, await openTerminal({ theme, env, canQuery: true }));
      for (const file of written) writeAll(`wrote ${file}\n`);
      exit(0);
    });
}

/** Throws a UsageError unless standard output and input are a usable terminal. */
function checkTerminal({ TERM }: Environment): void {
  const lack = !Deno.stdout.isTerminal()
    ? "the standard output is not one"
    : !Deno.stdin.isTerminal()
    ? "the standard input is not one"
    : TERM === "dumb"
    ? "TERM=dumb, which cannot move its cursor"
    : undefined;
  if (lack === undefined) return;
  throw new UsageError(
    `explore must run in a terminal, got: ${lack} (the stages interpolate() and generate() write such pictures ` +
      "without one)",
  );
}
