/**
 * The command line: the only layer that prints and determines the exit code.
 *
 * @module
 */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { LockedError, messageOf, RunError, UsageError } from "../core/errors.ts";
import { safeLines } from "../ui/text/text.ts";
import { experimentsCommand } from "./experiments.ts";
import { exploreCommand } from "./explore.ts";
import { gcCommand } from "./gc.ts";
import { initCommand } from "./init.ts";
import { monitorCommand } from "./monitor.ts";
import { exitCodeAfterOutput, writeAll, writeError } from "./output.ts";
import { decodeCommand } from "./model/decode.ts";
import { encodeCommand } from "./model/encode.ts";
import { reconstructCommand } from "./model/reconstruct.ts";
import { sampleCommand } from "./model/sample.ts";
import { scoreCommand } from "./model/score.ts";
import { planCommand } from "./plan.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { runsCommand } from "./runs.ts";
import { explainStrayErrors } from "./stray_errors.ts";
import { stopCommand } from "./stop.ts";
import { version } from "./version.ts";
import { runWithAccess } from "./write_access.ts";

/** Runs a command and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  explainStrayErrors(args.includes("--debug"));
  return exitCodeAfterOutput(await runCommandLine(args));
}

async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = new Command("hourglass")
    .description("Autoencoder pipelines for Deno")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: writeAll,
      writeErr: writeError,
      outputError: () => {},
      // The default functions read the environment, which not every task may.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  let exitCode = 0;
  const commands = [
    runCommand,
    planCommand,
    initCommand,
    experimentsCommand,
    reportCommand,
    monitorCommand,
    exploreCommand,
    encodeCommand,
    reconstructCommand,
    scoreCommand,
    decodeCommand,
    sampleCommand,
    runsCommand,
    stopCommand,
    gcCommand,
  ].map((
    make,
  ) => make((code) => exitCode = code));
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
    command.commands.forEach((below) => below.copyInheritedSettings(program));
  }
  try {
    const elsewhere = await runWithAccess(args);
    if (elsewhere !== undefined) return elsewhere;
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    return explain(thrown, args.includes("--debug"));
  }
}

/** Prints an error, with its stack only with --debug, and returns the exit code. */
function explain(thrown: unknown, debug: boolean): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0;
    // The value of a misspelt option may be a secret.
    const message = thrown.message.replace(/(unknown option '--[^='\s]*)=.*'/, "$1'");
    writeError(`${safeLines(message)} (--help shows the options)\n`);
    return 2;
  }
  const message = thrown instanceof UsageError ? thrown.message : messageOf(thrown);
  writeError(debug ? `${Deno.inspect(thrown)}\n` : `error: ${safeLines(message)}\n`);
  const isOurs = thrown instanceof UsageError || thrown instanceof RunError || thrown instanceof LockedError;
  return isOurs ? thrown.exitCode : 1;
}
