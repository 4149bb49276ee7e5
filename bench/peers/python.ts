/**
 * A Python that has PyTorch: of a virtual environment next to this file, which is made when it is not there (from PyPI; its Linux
 * builds bring the libraries for GPUs along, 3 GB to download and 5.4 GB on disk), else the system's own.
 *
 * @module
 */
import { note } from "../note.ts";

/** A Python with PyTorch. */
export interface Python {
  readonly command: string;
  /** Where its PyTorch comes from. */
  readonly origin: "PyPI" | "system" | "HOURGLASS_PYTHON";
}

const HERE = new URL("./", import.meta.url).pathname;
const FOLDER = `${HERE}.venv`;
const OWN = Deno.build.os === "windows" ? `${FOLDER}/Scripts/python.exe` : `${FOLDER}/bin/python`;
/** How long the packages may take to arrive, in milliseconds. */
const PATIENCE = 8 * 60_000;

/** Finds the Python that HOURGLASS_PYTHON names, or finds or makes one with PyTorch; or a text with the reason why there is none. */
export async function pythonWithTorch(): Promise<Python | string> {
  const given = Deno.env.get("HOURGLASS_PYTHON");
  if (given !== undefined && await hasTorch(given)) return { command: given, origin: "HOURGLASS_PYTHON" };
  if (await hasTorch(OWN)) return { command: OWN, origin: "PyPI" };
  const problem = await makeEnvironment();
  if (problem === undefined) return { command: OWN, origin: "PyPI" };
  if (await hasTorch("python3")) return { command: "python3", origin: "system" };
  return problem;
}

async function makeEnvironment(): Promise<string | undefined> {
  note("PyTorch: making bench/peers/.venv (some minutes, once)");
  const made = await run("python3", ["-m", "venv", "--clear", FOLDER]);
  if (made !== undefined) return `no virtual environment: ${made}`;
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const installed = await run(OWN, [...install, "-r", `${HERE}requirements.txt`]);
  if (installed !== undefined) return `no PyTorch from PyPI: ${installed}`;
  return await hasTorch(OWN) ? undefined : "PyTorch from PyPI cannot be imported";
}

async function hasTorch(command: string): Promise<boolean> {
  return await run(command, ["-c", "import torch, numpy"]) === undefined;
}

/** Runs a command; `undefined`, or the last line of what it said when it failed. */
async function run(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(PATIENCE),
    }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim().split("\n").at(-1) || "it failed";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
