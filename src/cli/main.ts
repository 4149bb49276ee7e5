/**
 * The command line: the only layer that prints and determines the exit code.
 *
 * @module
 */
import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { LockedError, messageOf, RunError, UsageError } from "../core/errors.ts";
import { safeLines } from "../ui/text/text.ts";
import { exitCodeAfterOutput, writeAll, writeError } from "./output.ts";
import { explainStrayErrors } from "./stray_errors.ts";
import { version } from "./version.ts";
import { runWithAccess } from "./write_access.ts";

/**
 * The commands, in the order of the help. Each is loaded when it is called: most need little of the program, and start faster so.
 */
const COMMANDS: Readonly<
  Record<string, () => Promise<(exit: (code: number) => void) => CommandUnknownOpts>>
> = {
  run: async () => (await import("./run.ts")).runCommand,
  plan: async () => (await import("./plan.ts")).planCommand,
  init: async () => (await import("./init.ts")).initCommand,
  experiments: async () => (await import("./experiments.ts")).experimentsCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  monitor: async () => (await import("./monitor.ts")).monitorCommand,
  explore: async () => (await import("./explore.ts")).exploreCommand,
  encode: async () => (await import("./model/encode.ts")).encodeCommand,
  reconstruct: async () => (await import("./model/reconstruct.ts")).reconstructCommand,
  score: async () => (await import("./model/score.ts")).scoreCommand,
  decode: async () => (await import("./model/decode.ts")).decodeCommand,
  sample: async () => (await import("./model/sample.ts")).sampleCommand,
  runs: async () => (await import("./runs.ts")).runsCommand,
  stop: async () => (await import("./stop.ts")).stopCommand,
  gc: async () => (await import("./gc.ts")).gcCommand,
};

/** Makes the command that is called; all commands where none is, for the help. */
async function commandsFor(
  name: string | undefined,
  exit: (code: number) => void,
): Promise<CommandUnknownOpts[]> {
  const isCommand = name !== undefined && Object.hasOwn(COMMANDS, name);
  const loads = isCommand ? [COMMANDS[name]] : Object.values(COMMANDS);
  return (await Promise.all(loads.map((load) => load()))).map((make) => make(exit));
}

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
  const commands = await commandsFor(args[0], (code) => exitCode = code);
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
