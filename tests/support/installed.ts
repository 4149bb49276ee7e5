/** What is installed on this machine besides Deno. @module */

/** Whether a program is there and answers `--version`; `sh` looks for it, as a process that cannot be started throws. */
export async function isInstalled(program: string, says = ""): Promise<boolean> {
  const { success, stdout } = await new Deno.Command("sh", {
    args: ["-c", `${program} --version`],
    stdout: "piped",
    stderr: "null",
  }).output();
  return success && new TextDecoder().decode(stdout).includes(says);
}
