/**
 * Python with packages, for tests in which other programs read what is written here or write what is read.
 *
 * It is the interpreter that `HOURGLASS_PYTHON` names, or else `python3`. `tests/python.txt` lists the packages of most tests, `tests/python-large.txt` PyTorch and DVC:
 *
 *     python3 -m venv .venv && .venv/bin/pip install -r tests/python.txt -r tests/python-large.txt
 *     HOURGLASS_PYTHON=.venv/bin/python deno task test
 */

/** The interpreter. */
const PYTHON: string = Deno.env.get("HOURGLASS_PYTHON") || "python3";

/** Whether Python can import all of these modules. */
export function hasPython(...modules: readonly string[]): boolean {
  try {
    const code = modules.map((name) => `import ${name}`).join("\n");
    return run(["-c", code]).success;
  } catch {
    return false;
  }
}

/** The end of a test's name that says why it may be skipped. */
export function needsPython(...modules: readonly string[]): string {
  return `(needs Python with ${modules.join(", ")}: HOURGLASS_PYTHON)`;
}

/** Runs a program of Python with arguments; its output is JSON. */
// deno-lint-ignore no-explicit-any -- tests know the fields.
export function python(program: string, ...args: readonly string[]): any {
  const { success, stdout, stderr } = run(["-c", program, ...args]);
  if (!success) throw new Error(`Python failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function run(args: readonly string[]): Deno.CommandOutput {
  return new Deno.Command(PYTHON, { args: [...args], stdin: "null", stdout: "piped", stderr: "piped" })
    .outputSync();
}
