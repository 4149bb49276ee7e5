/** The terminal for screens: its streams, its colours, and a way to write lines. @module */
import process from "node:process";
import type { Environment, ScreenOptions } from "../ui/choose.ts";
import { terminalColors, type ThemeName } from "../ui/terminal_theme.ts";
import { allowColors, writeAll } from "./output.ts";

/** What decides about colours. */
interface TerminalOptions {
  readonly theme: ThemeName;
  readonly env: Environment;
  /** Whether the terminal may be asked for its background: for a screen that reads keys anyway. @default {false} */
  readonly isAsked?: boolean;
}

/** Opens the terminal; lines have colours from now on where it shows them. */
export async function openTerminal(
  { theme, env, isAsked = false }: TerminalOptions,
): Promise<Pick<ScreenOptions, "stdout" | "stdin" | "write" | "color">> {
  const isTerminal = Deno.stdout.isTerminal();
  const color = await terminalColors({ theme, env, isTerminal, ask: isAsked ? process : undefined });
  allowColors(color !== 0);
  return { stdout: process.stdout, stdin: process.stdin, write: writeAll, color };
}
