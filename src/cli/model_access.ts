/**
 * What the commands that use a model read and write: the model, the input and the outputs that the command line names, and of this program
 * its modules and packages.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { partName } from "../core/part_file.ts";
import { fileOfArray } from "../inference/array_name.ts";
import { fromRoot } from "./tasks.ts";

/** The commands. */
const ON_MODELS = ["encode", "reconstruct", "score", "decode", "sample"];
/** Options whose value is written to. */
const OUTPUTS = ["-o", "--out", "--pictures"];
/** Options without a value. */
const FLAGS = ["--overwrite", "--fail-if-anomalous", "--debug", "--help", "-h"];
/** Where runs are found by their names. */
const RUNS = "runs";

/** The files of this program: its threads may only load modules that they may read. */
const PROGRAM = ["src", "deno.json", "imports.json", "data/emoji_groups.json", "data/glyphs.json"];

/** Whether a command uses a model. */
export function isModelCommand(command: string | undefined): boolean {
  return command !== undefined && ON_MODELS.includes(command);
}

/** A command line taken apart. */
interface Named {
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly positional: readonly string[];
}

/** The options with a value and the other arguments of a command line, whose first word is the command. */
function namedIn(args: readonly string[]): Named {
  const options: [string, string][] = [], positional: string[] = [];
  for (let at = 1; at < args.length; at++) {
    const [, name, inline] = /^(--[\w-]+|-[a-z])(?:=?(.+))?$/s.exec(args[at]) ?? [];
    if (name === undefined) positional.push(args[at]);
    else if (!FLAGS.includes(name)) options.push([name, inline ?? args[++at] ?? ""]);
  }
  return { options, positional };
}

/** The outputs of a command line; a file together with its temporary name. */
export function modelOutputs(args: readonly string[]): string[] {
  const paths = namedIn(args).options.filter(([name, value]) => OUTPUTS.includes(name) && value !== "")
    .flatMap(([, path]) => isFolder(path) ? [path] : [path, partName(path)]);
  return [...new Set(paths)];
}

/** What a command line may read: what it names, and what the program itself needs. */
export async function modelReadable(args: readonly string[]): Promise<string[]> {
  const { options, positional: [run, input] } = namedIn(args);
  const runs = options.findLast(([name]) => name === "--runs")?.[1] ?? RUNS;
  const named = [
    // What is no path is the name of a run.
    ...run === undefined ? [] : [exists(run) ? run : runs],
    ...input === undefined ? [] : [fileOfArray(input)],
    ...modelOutputs(args),
  ];
  return [...new Set([...named, ...await ownFiles()].map(withoutComma))];
}

/** The program, and Deno's cache of packages, which has the library of the native engine. */
async function ownFiles(): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-config"],
    stdin: "null",
    stderr: "null",
  }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  // A published version is in Deno's cache of modules, which needs no permission.
  const program = PROGRAM.map(fromRoot).filter(({ protocol }) => protocol === "file:");
  return [...program.map((url) => fileURLToPath(url)), npmCache];
}

/** The path, or the nearest folder above it whose path has no comma: Deno reads the text after a comma as another path. */
function withoutComma(path: string): string {
  return path.includes(",") ? withoutComma(dirname(path)) : path;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether a path is a folder. */
export function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
