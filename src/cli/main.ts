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
import { runWithAccess } from "./access.ts";

/**
 * The files of the commands, in the order of the help. Each is loaded when it is called. They are named in a table, as Deno would read
 * whatever a literal `import()` names before the first line runs, which took a fifth of a short command's time.
 */
const COMMANDS = {
  run: "./run.ts",
  sweep: "./sweep/sweep.ts",
  plan: "./plan.ts",
  init: "./init.ts",
  experiments: "./experiments.ts",
  merge: "./merge.ts",
  report: "./report.ts",
  monitor: "./monitor.ts",
  explore: "./explore.ts",
  encode: "./model/encode.ts",
  reconstruct: "./model/reconstruct.ts",
  score: "./model/score.ts",
  decode: "./model/decode.ts",
  sample: "./model/sample.ts",
  runs: "./runs.ts",
  stop: "./stop.ts",
  gc: "./gc.ts",
} as const satisfies { [Name in keyof CommandModules]: string };

/** What these files export, for the compiler. */
interface CommandModules {
  readonly run: typeof import("./run.ts");
  readonly sweep: typeof import("./sweep/sweep.ts");
  readonly plan: typeof import("./plan.ts");
  readonly init: typeof import("./init.ts");
  readonly experiments: typeof import("./experiments.ts");
  readonly merge: typeof import("./merge.ts");
  readonly report: typeof import("./report.ts");
  readonly monitor: typeof import("./monitor.ts");
  readonly explore: typeof import("./explore.ts");
  readonly encode: typeof import("./model/encode.ts");
  readonly reconstruct: typeof import("./model/reconstruct.ts");
  readonly score: typeof import("./model/score.ts");
  readonly decode: typeof import("./model/decode.ts");
  readonly sample: typeof import("./model/sample.ts");
  readonly runs: typeof import("./runs.ts");
  readonly stop: typeof import("./stop.ts");
  readonly gc: typeof import("./gc.ts");
}

type MakeCommand = (exit: (code: number) => void) => CommandUnknownOpts;

async function loadCommand<Name extends keyof CommandModules>(name: Name): Promise<MakeCommand> {
  const module: CommandModules[Name] = await import(COMMANDS[name]);
  return (module as unknown as Readonly<Record<string, MakeCommand>>)[`${name}Command`];
}

/** Makes the command that is called; all commands where none is, for the help. */
async function commandsFor(
  called: string | undefined,
  exit: (code: number) => void,
): Promise<CommandUnknownOpts[]> {
  const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[],
    known = names.find((name) => name === called);
  const makers = await Promise.all((known === undefined ? names : [known]).map(loadCommand));
  return makers.map((make) => make(exit));
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
