/**
 * Which screen a run gets: decided once, at the edge. The dashboard and its packages are loaded only when it is the one.
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

/** What `--ui` takes. */
export const UI_NAMES = ["auto", "tui", "plain", "json", "off"] as const;

/** A value of `--ui`. */
export type UiName = (typeof UI_NAMES)[number];

/** A screen: `tui` the dashboard, `plain` lines for people, `json` lines for programs, `off` nothing. */
export type ScreenName = Exclude<UiName, "auto">;

/** The variables of the environment by name; `undefined` is unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Shows a run as it goes. */
export interface Screen {
  /** Takes an event that an earlier process has told, and shown. */
  past(event: RunEvent): void;
  /** Takes the next event. Never throws, never waits. */
  event(event: RunEvent): void;
  /** Takes how far the current epoch is. @default {it is not shown} */
  progress?(progress: Progress): void;
  /** Shows what is left to show and gives the terminal back. */
  finish(): Promise<void>;
}

/** Which screen: `auto` is the dashboard on a terminal that can show one, else plain lines (a pipe, cron, CI). */
export function chooseScreen(
  ui: UiName,
  { isTerminal, env }: { isTerminal: boolean; env: Environment },
): ScreenName {
  if (ui !== "auto") return ui;
  const inContinuousIntegration = env.CI !== undefined && !["", "0", "false"].includes(env.CI);
  return isTerminal && env.TERM !== "dumb" && !inContinuousIntegration ? "tui" : "plain";
}

/**
 * How many colours to use.
 *
 * FORCE_COLOR (0 to 3, or nothing for 16 colours) wins over NO_COLOR (anything but nothing: no colour), as in Node; then only a
 * terminal gets colours, as many as COLORTERM and TERM promise.
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

/** What a screen needs to know and to reach. */
export interface ScreenOptions {
  /** The terminal, for the dashboard. */
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
  /** Writes text to the standard output, for lines. */
  write(text: string): void;
  readonly color: ColorLevel;
  /** What the keys of the dashboard do; Ctrl-C is a key there and no signal. */
  readonly controls: Controls;
  /** A second run, for the dashboard to draw behind the first. */
  readonly compare?: Comparison;
  /** Which epochs get a line, for plain lines. @default {the longer the run, the fewer} */
  readonly every?: LogEvery;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/** Which epochs get a line: each N-th, or at most one in some time. */
export type LogEvery = { readonly epochs: number } | { readonly milliseconds: number };

/** What a screen asks of a run. */
export interface Controls {
  /** Stops the run after this batch or this epoch, and keeps what there is. */
  stop(how: "batch" | "epoch"): void;
  /** Ends it at once. */
  abort(): void;
  /** Leaves the screen and lets the run that it began go on. */
  detach?(): void;
  /** Leaves a screen that only looks on, and the run alone. With it, `q` and Ctrl-C never stop the run. */
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
