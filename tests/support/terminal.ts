/** The real program in a real pseudo-terminal, with its screen and its keyboard. @module */
import xterm from "@xterm/headless";
import { isInstalled } from "./installed.ts";
import { ROOT, type Task, taskArguments } from "./program.ts";
import { until } from "./until.ts";

/** `script` of util-linux gives a program a real pseudo-terminal; elsewhere tests that need one are skipped. */
export const hasScript: boolean = await isInstalled("script", "util-linux");

/** The size of a terminal, and additional environment variables. */
export interface TerminalOptions {
  /** @default {80} */
  readonly columns?: number;
  /** @default {24} */
  readonly rows?: number;
  /** @default {{}} */
  readonly env?: Record<string, string>;
}

/** A program in a terminal: its screen and a keyboard. */
export interface Session {
  /** The lines on the screen, as a person sees them. */
  screen(): string[];
  /** Lines that scrolled away above the screen. */
  scrolled(): number;
  type(keys: string): Promise<void>;
  /** Waits until the screen shows something. */
  until(pattern: RegExp): Promise<void>;
  readonly exit: Promise<number>;
}

/** Starts a task of deno.json with more arguments in a terminal. */
export function openTerminal(
  task: Task,
  args: readonly string[],
  { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
): Session {
  const quoted = [Deno.execPath(), ...taskArguments(task), ...args].map((word) => `'${word}'`).join(" ");
  const process = new Deno.Command("script", {
    args: ["-qefc", `stty rows ${rows} cols ${columns}; exec ${quoted}`, "/dev/null"],
    cwd: ROOT,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH")!,
      HOME: Deno.env.get("HOME")!,
      TERM: "xterm-256color",
      SHELL: "/bin/sh",
      ...cacheEnv(),
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    scrollback: 1000,
  });
  const reading = (async () => {
    for await (const chunk of process.stdout) {
      await new Promise<void>((resolve) => terminal.write(chunk, resolve));
    }
  })();
  const keyboard = process.stdin.getWriter();
  const buffer = () => terminal.buffer.active;
  const screen = () =>
    Array.from(
      { length: rows },
      (_, row) => buffer().getLine(buffer().baseY + row)?.translateToString(true) ?? "",
    );
  return {
    screen,
    scrolled: () => buffer().baseY,
    type: (keys) => keyboard.write(new TextEncoder().encode(keys)),
    until(pattern) {
      const text = () => screen().join("\n");
      return until(() => pattern.test(text()), `${pattern} on the screen`, {
        seconds: 20,
        every: 50,
        explain: text,
      });
    },
    exit: (async () => {
      const { code } = await process.status;
      await reading;
      await keyboard.close().catch(() => {});
      return code;
    })(),
  };
}

function cacheEnv(): Record<string, string> {
  const folder = Deno.env.get("DENO_DIR");
  return folder === undefined ? {} : { DENO_DIR: folder };
}
