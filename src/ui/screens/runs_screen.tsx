/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/**
 * The interactive table of runs on a terminal.
 *
 * @module
 */
import process from "node:process";
import type { ReadStream, WriteStream } from "node:tty";
import { render, renderToString } from "ink";
import type { Environment } from "../terminal/environment.ts";
import { LiveRuns, RunsFrame, type RunsFrameProps } from "../components/runs.tsx";
import { holdTerminal, inkOptions } from "../terminal/hold_terminal.ts";
import type { RunsCommand } from "../runs/handle_runs_key.ts";
import { frameRatesFor } from "../terminal/frame_rates.ts";
import { latestStore } from "../view/latest_store.ts";
import type { RunRow } from "../runs/run_row.ts";
import type { ColorLevel } from "../terminal/theme.ts";

/** Options for the table. */
export interface RunsScreenOptions {
  readonly stdout: WriteStream;
  readonly stdin: ReadStream;
  readonly color: ColorLevel;
  readonly rows: readonly RunRow[];
  /** The id of the initially selected run. @default the first */
  readonly chosen?: string;
  /** @default the environment of the process */
  readonly env?: Environment;
  /** Opens a run; the caller must finish this screen first. */
  open(row: RunRow): void;
  stop(row: RunRow, how: "batch" | "epoch"): void;
  /** Closes the table; no run is affected. */
  quit(): void;
}

/** The table on the screen. */
export interface RunsScreen {
  /** Takes new rows. Never throws, never blocks. */
  update(rows: readonly RunRow[]): void;
  /** Clears the table and restores the terminal. */
  finish(): Promise<void>;
}

/** Minimum milliseconds between two frames: a table needs no higher rate. */
const FRAME = 500;

/** Starts the table. As with the dashboard, the caller must handle signals until it has finished. */
export function startRunsTable(options: RunsScreenOptions): RunsScreen {
  const { stdout, stdin, color, rows, chosen = null, env = process.env } = options;
  const isRead = env.INK_SCREEN_READER === "true";
  const rates = frameRatesFor({ env, isRead, cells: () => stdout.columns * stdout.rows });
  const store = latestStore(rows, Math.max(FRAME, rates.parts.figures.every()));
  const release = holdTerminal(stdout);
  const onCommand = (command: RunsCommand, row: RunRow | undefined) => execute(options, command, row);
  const instance = render(
    <LiveRuns {...{ store, color, chosen, onCommand }} hasKeys={stdin.isTTY === true} />,
    {
      ...inkOptions(rates, isRead),
      stdout,
      stdin,
    },
  );
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

function execute(
  { open, stop, quit }: RunsScreenOptions,
  command: RunsCommand,
  row: RunRow | undefined,
): void {
  if (command === "quit") return quit();
  if (row === undefined) return;
  if (command === "open") return open(row);
  stop(row, command === "stop-epoch" ? "epoch" : "batch");
}

/** One frame as text, as on a terminal of this size. */
export function renderRuns(props: RunsFrameProps): string {
  return renderToString(<RunsFrame {...props} />, { columns: props.columns });
}
