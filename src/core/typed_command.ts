/** Commands in messages, as the person at the terminal would type them. @module */

/** The environment variable by which the program knows that it was started by the installed command. */
export const INSTALLED = "HOURGLASS_INSTALLED";

/** How a person types a command: `deno task monitor`, or `hourglass monitor` where the installed command was called. */
export function typed(command: string): string {
  const canAsk = Deno.permissions.querySync({ name: "env", variable: INSTALLED }).state === "granted";
  return `${canAsk && Deno.env.get(INSTALLED) !== undefined ? "hourglass" : "deno task"} ${command}`;
}
