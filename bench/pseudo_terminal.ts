/** Runs a program in a pseudo-terminal of 80x24, by `script` of util-linux. @module */

/** Starts it, without input. */
export function startInTerminal(
  words: readonly string[],
  { cwd, stdout }: { cwd: string; stdout: "piped" | "null" },
): Deno.ChildProcess {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  return new Deno.Command("script", {
    args: ["-qefc", `stty rows 24 cols 80; exec ${quoted}`, "/dev/null"],
    cwd,
    env: { TERM: "xterm-256color", CI: "" },
    stdin: "null",
    stdout,
  }).spawn();
}
