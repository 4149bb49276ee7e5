/** Starts the Ink screens, which are loaded on demand. @module */
import process from "node:process";
import type { ScreenOptions } from "../screen.ts";
import type { Dashboard } from "./dashboard.tsx";
import type { RunsScreen, RunsScreenOptions } from "./runs_screen.tsx";
import type { SweepScreen, SweepScreenOptions } from "./sweep_screen.tsx";

/** Starts the dashboard of a run. */
export async function openDashboard(options: Omit<ScreenOptions, "write">): Promise<Dashboard> {
  useProductionBuild();
  const { startDashboard } = await import("./dashboard.tsx");
  return startDashboard(options);
}

/** Starts the table of runs. */
export async function openRunsTable(options: RunsScreenOptions): Promise<RunsScreen> {
  useProductionBuild();
  const { startRunsTable } = await import("./runs_screen.tsx");
  return startRunsTable(options);
}

/** Starts the screen of a sweep. */
export async function openSweepScreen(options: SweepScreenOptions): Promise<SweepScreen> {
  useProductionBuild();
  const { startSweepScreen } = await import("./sweep_screen.tsx");
  return startSweepScreen(options);
}

/** React reads this variable when it is loaded; without it, React uses its slow development build. Overrides the user's environment. */
function useProductionBuild(): void {
  process.env.NODE_ENV = "production";
}
