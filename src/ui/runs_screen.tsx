/**
 * The table of runs on a live terminal, to choose from.
 *
 * @module
 */
import process from "node:process";
import type { ReadStream, WriteStream } from "node:tty";
import { render, renderToString } from "ink";
import type { Environment } from "./choose.ts";
import { LiveRuns, RunsFrame, type RunsFrameProps } from "./components/runs.tsx";
import { holdTerminal, inkOptions } from "./hold_terminal.ts";
import type { RunsDeed } from "./press_runs.ts";
import { rhythmOf } from "./rhythm.ts";
import { rowsStore } from "./rows_store.ts";
import type { RunRow } from "./run_row.ts";
import type { ColorLevel } from "./theme.ts";

/** What the table needs. */
export interface RunsScreenOptions {
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
  readonly color: ColorLevel;
  readonly rows: readonly RunRow[];
  /** The id of the run that is marked at first. @default the first */
  readonly chosen?: string;
  /** @default the environment of the process */
  readonly env?: Environment;
  /** Opens a run: the caller finishes this screen first. */
  open(row: RunRow): void;
  stop(row: RunRow, how: "batch" | "epoch"): void;
  /** Leaves the table, and all runs alone. */
  quit(): void;
}

/** The table on the screen. */
export interface RunsScreen {
  /** Takes new rows. Never throws, never waits. */
  update(rows: readonly RunRow[]): void;
  /** Clears the table away and gives the terminal back. */
  finish(): Promise<void>;
}

/** Milliseconds between two frames at the least: a table is read, not watched. */
const FRAME = 500;

/** Starts the table. As under the dashboard, the caller has to listen for signals until it has finished. */
export function startRunsTable(options: RunsScreenOptions): RunsScreen {
  const { stdout, stdin, color, rows, chosen = null, env = process.env } = options;
  const isRead = env.INK_SCREEN_READER === "true";
  const rhythm = rhythmOf({ env, isRead, cells: () => stdout.columns * stdout.rows });
  const store = rowsStore(rows, Math.max(FRAME, rhythm.parts.figures.every()));
  const release = holdTerminal(stdout);
  const onDeed = (deed: RunsDeed, row: RunRow | undefined) => obey(options, deed, row);
  const instance = render(<LiveRuns {...{ store, color, chosen, onDeed }} hasKeys={stdin.isTTY === true} />, {
    ...inkOptions(rhythm, isRead),
    stdout,
    stdin,
  });
  return {
    update: store.set,
    async finish() {
      store.close();
      await instance.waitUntilRenderFlush();
      instance.clear();
      instance.unmount();
      await instance.waitUntilExit();
      release();
    },
  };
}

function obey({ open, stop, quit }: RunsScreenOptions, deed: RunsDeed, row: RunRow | undefined): void {
  if (deed === "quit") return quit();
  if (row === undefined) return;
  if (deed === "open") return open(row);
  stop(row, deed === "stop-epoch" ? "epoch" : "batch");
}

/** One frame as text, as it would stand on a terminal of this size. */
export function renderRuns(props: RunsFrameProps): string {
  return renderToString(<RunsFrame {...props} />, { columns: props.columns });
}
