/** What the environment says about a terminal: its number of colours. @module */
import type { ColorLevel } from "./theme.ts";

/** Environment variables by name; `undefined` means unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

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
