/** The terminal for screens: its streams, its colours, and a function that writes lines. @module */
import process from "node:process";
import type { Environment } from "../ui/terminal/environment.ts";
import type { ScreenOptions } from "../ui/screen.ts";
import { terminalColors, type ThemeName } from "../ui/terminal/terminal_theme.ts";
import { allowColors, writeAll } from "./output.ts";

/** What determines the colours. */
interface TerminalOptions {
  readonly theme: ThemeName;
  readonly env: Environment;
  /** Whether the terminal may be queried for its background: only for a screen that reads keys. @default {false} */
  readonly canQuery?: boolean;
  /** Whether the output is a terminal. @default {as the system says} */
  readonly isTerminal?: boolean;
}

/** Opens the terminal, and enables colours where it shows them. */
export async function openTerminal(
  { theme, env, canQuery = false, isTerminal = Deno.stdout.isTerminal() }: TerminalOptions,
): Promise<Pick<ScreenOptions, "stdout" | "stdin" | "write" | "color">> {
  const color = await terminalColors({ theme, env, isTerminal, ask: canQuery ? process : undefined });
  allowColors(color !== 0);
  return { stdout: process.stdout, stdin: process.stdin, write: writeAll, color };
}
