/**
 * The files of a new project. All permissions come from the tasks of deno.json, see `../tasks.ts`.
 *
 * @module
 */
import config from "../../../deno.json" with { type: "json" };
import { NAME } from "../project.ts";
import type { Task } from "../tasks.ts";
import pipeline from "./pictures.ts.template" with { type: "text" };
import readme from "./README.md.template" with { type: "text" };

/** Where a project gets this program from. */
export interface Origin {
  /** What the name `hourglass` is mapped to. */
  readonly specifier: string;
  /** The folder that stands for this package; `undefined` for a published version. */
  readonly link?: string;
  /** What tasks start in the place of a file of this repository. */
  addressOf(file: string): string;
  readonly tasks: readonly (readonly [name: string, task: Task])[];
  /** The content of its `deno.lock`. */
  readonly lock: string;
}

/** The files of this repository that tasks name. */
const PROGRAMS = ["src/cli/require_deno.ts", "src/cli/start.ts"];

/** The texts of a project's files, by their paths. */
export function projectFiles(origin: Origin): Record<string, string> {
  return {
    "deno.json": json(configOf(origin)),
    "deno.lock": json(lockOf(origin)),
    "pictures.ts": pipeline,
    "README.md": readme,
    ".gitignore": "runs/\ndata/cache/\nnode_modules/\n*.tmp\n",
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function configOf({ specifier, link, addressOf, tasks }: Origin) {
  return {
    tasks: {
      ...Object.fromEntries(tasks.map(([name, task]) => [name, inProject(task, addressOf)])),
      check: { description: "Check the types", command: "deno check --quiet --lock=deno.lock ." },
    },
    imports: { [NAME]: specifier },
    ...(link === undefined ? {} : { links: [link] }),
    // As in our own deno.json: a package is downloaded when it is reached, and not before the first task starts.
    lock: false,
    unstable: ["npm-lazy-caching"],
    allowScripts: config.allowScripts,
    exclude: ["runs", "data/cache"],
  };
}

/** A task as a project has it: the same permissions, the project's own configuration and lock. */
function inProject({ description, command }: Task, addressOf: Origin["addressOf"]): Task {
  const started = PROGRAMS.reduce((text, file) => text.replaceAll(file, shellWord(addressOf(file))), command);
  return {
    description: description.replace(/pipelines\/[\w-]+\.ts/, "pictures.ts").replace(/runs\/[\w-]+$/, "RUN"),
    command: started.replace("--lock=", "--config=deno.json --lock="),
  };
}

/** A word of the task's shell. */
const shellWord = (word: string) => /^[\w./:@^~+-]+$/.test(word) ? word : `'${word}'`;

/** The packages of our lock, so that their hashes are checked here, too. */
function lockOf({ lock, specifier }: Origin) {
  const { workspace: _, ...packages } = JSON.parse(lock);
  return { ...packages, workspace: { dependencies: [specifier] } };
}
