/**
 * Selects and starts the screen of a run. The dashboard and its packages are loaded only when needed.
 *
 * @module
 */
import type { ReadStream, WriteStream } from "node:tty";
import type { RunEvent } from "../pipeline/events.ts";
import type { Progress } from "../run/progress.ts";
import type { Comparison } from "./compare.ts";
import { jsonLines } from "./json.ts";
import { openDashboard } from "./open_screen.ts";
import { plainLines } from "./plain.ts";
import type { ColorLevel } from "./theme.ts";

/** The values of `--ui`. */
export const UI_NAMES = ["auto", "tui", "plain", "json", "off"] as const;

/** A value of `--ui`. */
export type UiName = (typeof UI_NAMES)[number];

/** A screen: the dashboard (`tui`), a readable log (`plain`), JSON lines for programs (`json`), or none (`off`). */
export type ScreenName = Exclude<UiName, "auto">;

/** Environment variables by name; `undefined` means unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Shows the progress of a run. */
export interface Screen {
  /** Takes an event of an earlier process, which has been shown already. */
  past(event: RunEvent): void;
  /** Takes the next event. Never throws, never blocks. */
  event(event: RunEvent): void;
  /** Takes the progress of the current epoch. @default {it is not shown} */
  progress?(progress: Progress): void;
  /** Flushes the output and restores the terminal. */
  finish(): Promise<void>;
}

/** Resolves `auto`: the dashboard on a capable terminal, otherwise the plain log (a pipe, cron, CI). */
export function chooseScreen(
  ui: UiName,
  { isTerminal, env }: { isTerminal: boolean; env: Environment },
): ScreenName {
  if (ui !== "auto") return ui;
  const inContinuousIntegration = env.CI !== undefined && !["", "0", "false"].includes(env.CI);
  return isTerminal && env.TERM !== "dumb" && !inContinuousIntegration ? "tui" : "plain";
}

/**
 * The number of colours to use.
 *
 * FORCE_COLOR (0 to 3, or empty for 16 colours) takes precedence over NO_COLOR (any value but the empty one disables colours), as in
 * Node. Otherwise only a terminal gets colours, as many as COLORTERM and TERM declare.
 */
export function colorLevel(env: Environment, isTerminal: boolean): ColorLevel {
  const promised = promisedLevel(env);
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) {
    if (forced === "false") return 0;
    if (/^[0-3]$/.test(forced)) return Number(forced) as ColorLevel;
    return promised === 0 ? 1 : promised;
  }
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return 0;
  return isTerminal ? promised : 0;
}

function promisedLevel({ TERM: term = "", COLORTERM: colorTerm = "" }: Environment): ColorLevel {
  if (term === "dumb") return 0;
  if (colorTerm === "truecolor" || colorTerm === "24bit" || term.endsWith("-direct")) return 3;
  return /256|^(xterm|screen|tmux|alacritty|kitty|foot|wezterm|ghostty)/.test(term) ? 2 : 1;
}

/** Options for a screen. */
export interface ScreenOptions {
  /** The terminal, for the dashboard. */
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
  /** Writes text to standard output, for the log and JSON lines. */
  write(text: string): void;
  readonly color: ColorLevel;
  /** The actions of the dashboard's keys. Ctrl-C is a key there, not a signal. */
  readonly controls: Controls;
  /** A second run, which the dashboard draws behind the first. */
  readonly compare?: Comparison;
  /** Which epochs are logged, for the plain log. @default {the longer the run, the fewer} */
  readonly every?: LogEvery;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/** Which epochs are logged: every N-th, or at most one per interval. */
export type LogEvery = { readonly epochs: number } | { readonly milliseconds: number };

/** Actions of a screen on its run. */
export interface Controls {
  /** Stops the run after this batch or epoch, with a checkpoint. */
  stop(how: "batch" | "epoch"): void;
  /** Aborts the run at once. */
  abort(): void;
  /** Closes the screen; the run continues in the background. */
  detach?(): void;
  /** Closes an attached (read-only) screen. If this is present, `q` and Ctrl-C never stop the run. */
  quit?(): void;
}

/** Starts a screen. */
export async function startScreen(name: ScreenName, options: ScreenOptions): Promise<Screen> {
  if (name === "tui") return await openDashboard(options);
  const { write, color, every } = options;
  if (name === "plain") return settled(plainLines({ write, color, every, now: Date.now }));
  return name === "json" ? settled(jsonLines(write)) : settled({ event() {}, finish() {} });
}

function settled(
  screen: {
    past?(event: RunEvent): void;
    event(event: RunEvent): void;
    progress?(progress: Progress): void;
    finish(): void;
  },
): Screen {
  return {
    past: (event) => screen.past?.(event),
    event: screen.event,
    progress: screen.progress,
    finish: () => Promise.resolve(screen.finish()),
  };
}
