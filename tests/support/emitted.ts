/** Runs commands of emitted files with stand-ins for the programs that they call. */
import type { SweepJob } from "../../src/sweep/emit/sweep_job.ts";
import { outcomeOf } from "./program.ts";

/** Words that shells, YAML readers and schedulers would change if they were written as they are. */
const TRICKY: readonly string[] = [
  "it's",
  'say "x"',
  "$HOME $(id) `id`",
  "${{ github.token }}",
  "$(JOB_COMPLETION_INDEX)",
  "$$(A)",
  "a\nb",
  "a # b: c",
  "*",
  "~",
  "\\n\\",
  "über 東",
  "",
];

/** A job of 24 trials. */
export const JOB: SweepJob = {
  pipeline: "glyphs-dae",
  folder: "glyphs-dae",
  program: ["deno", "task", "-q"],
  words: ["pipelines/glyphs-dae.ts", "--sweep", "seed=1,2,3", "--set", "train.epochs=20"],
  typed: "deno task sweep pipelines/glyphs-dae.ts --emit",
  trials: 24,
  shards: 8,
  runs: "runs",
  cores: 2,
  deno: "2.9.6",
};
/** The same with every tricky word. */
export const TRICKY_JOB: SweepJob = {
  ...JOB,
  pipeline: `a'b "c"\n$d`,
  words: [...JOB.words, ...TRICKY.flatMap((word) => ["--set", `x.y=${word}`])],
  typed: `deno task sweep ${TRICKY.join(" ")}`,
};

/** A folder with programs of bash by their names, to stand first on the PATH; gone after the test. */
export async function withPrograms(
  programs: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "emitted-" });
  try {
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text of a program that appends its words to a file: how many, and each, with a NUL after it. */
export const RECORDS_WORDS = recordsWords("calls");

/** The same for a file of another name. */
export function recordsWords(file: string): string {
  return `printf '%s\\0' "$#" "$@" >>"$(dirname "$0")/${file}"`;
}

/** The calls that a program recorded. */
export async function callsIn(folder: string, file = "calls"): Promise<string[][]> {
  const words = (await Deno.readTextFile(`${folder}/${file}`).catch(() => "")).split("\0").slice(0, -1);
  const calls: string[][] = [];
  for (let at = 0; at < words.length; at += 1 + Number(words[at])) {
    calls.push(words.slice(at + 1, at + 1 + Number(words[at])));
  }
  return calls;
}

/** Starts bash with the programs of a folder first on the PATH. */
export function bash(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command("bash", {
    args: [...args],
    cwd: folder,
    env: { PATH: `${folder}:${Deno.env.get("PATH")}`, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The words that `deno` gets from a command of a shell. */
export async function wordsOfCommand(command: string, env: Record<string, string> = {}): Promise<string[][]> {
  let calls: string[][] = [];
  await withPrograms({ deno: RECORDS_WORDS }, async (folder) => {
    const { code, stderr } = await outcomeOf(bash(folder, ["-euc", command], env));
    if (code !== 0) throw new Error(stderr);
    calls = await callsIn(folder);
  });
  return calls;
}
