/**
 * Selects and starts the screen of a run. The dashboard and its packages are loaded only when needed.
 *
 * @module
 */
import type { RunEvent } from "../pipeline/events.ts";
import type { EpochProgress } from "../run/progress.ts";
import { plainLines } from "./plain_log/plain.ts";
import type { Screen, ScreenOptions } from "./screen.ts";
import { openDashboard } from "./screens/open_screen.ts";
import type { Environment } from "./terminal/environment.ts";
import { jsonLines } from "./text/json.ts";

/** The values of `--ui`. */
export const UI_NAMES = ["auto", "tui", "plain", "json", "off"] as const;

/** A value of `--ui`. */
export type UiName = (typeof UI_NAMES)[number];

/** A screen: the dashboard (`tui`), a readable log (`plain`), JSON lines for programs (`json`), or none (`off`). */
export type ScreenName = Exclude<UiName, "auto">;

/** Resolves `auto`: the dashboard on a capable terminal, otherwise the plain log (a pipe, cron, CI). */
export function chooseScreen(
  ui: UiName,
  { isTerminal, env }: { isTerminal: boolean; env: Environment },
): ScreenName {
  if (ui !== "auto") return ui;
  const inContinuousIntegration = env.CI !== undefined && !["", "0", "false"].includes(env.CI);
  return isTerminal && env.TERM !== "dumb" && !inContinuousIntegration ? "tui" : "plain";
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
    progress?(progress: EpochProgress): void;
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
