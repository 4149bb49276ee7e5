/** Starts the screens that Ink draws, which are loaded only when they are reached. @module */
import process from "node:process";
import type { ScreenOptions } from "./choose.ts";
import type { Dashboard } from "./dashboard.tsx";
import type { RunsScreen, RunsScreenOptions } from "./runs_screen.tsx";

/** Starts the dashboard of a run. */
export async function openDashboard(options: Omit<ScreenOptions, "write">): Promise<Dashboard> {
  beQuick();
  const { startDashboard } = await import("./dashboard.tsx");
  return startDashboard(options);
}

/** Starts the table of runs. */
export async function openRunsTable(options: RunsScreenOptions): Promise<RunsScreen> {
  beQuick();
  const { startRunsTable } = await import("./runs_screen.tsx");
  return startRunsTable(options);
}

/** React reads this when it is loaded, and takes its slow development form without it, whatever the shell of the person says. */
function beQuick(): void {
  process.env.NODE_ENV = "production";
}
