/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The live table of runs. @module */
import { Box, useIsScreenReaderEnabled, useWindowSize } from "ink";
import { useRef, useState, useSyncExternalStore } from "react";
import { keysLine } from "../panels/keys_text.ts";
import { chosenPlace, handleRunsKey, type RunsChoices, type RunsCommand } from "../runs/handle_runs_key.ts";
import type { RunRow } from "../runs/run_row.ts";
import type { LatestStore } from "../view/latest_store.ts";
import { rowSentence, runsTable } from "../runs/runs_table.ts";
import { cut } from "../text/text.ts";
import { plural } from "../../core/amounts.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import { Lines } from "./lines.tsx";
import { SafeText } from "./safe_text.tsx";
import { useKeys } from "./use_keys.ts";

/** Shows the rows of the store until it is unmounted. */
export function LiveRuns(
  { store, color, hasKeys, chosen, onCommand }: {
    store: LatestStore<readonly RunRow[]>;
    color: ColorLevel;
    hasKeys: boolean;
    /** The initially selected run. */
    chosen: string | null;
    onCommand(command: RunsCommand, row: RunRow | undefined): void;
  },
) {
  const rows = useSyncExternalStore(store.subscribe, store.snapshot);
  const { columns, rows: lines } = useWindowSize();
  const [choices, choose] = useState<RunsChoices>({ id: chosen, asking: false });
  const latest = useRef(choices);
  useKeys((key) => {
    const { choices, command } = handleRunsKey(latest.current, key, rows);
    latest.current = choices;
    if (command !== undefined) onCommand(command, rows[chosenPlace(rows, choices)]);
    choose(choices);
  }, hasKeys);
  const frame = { rows, columns, lines, color, choices };
  return useIsScreenReaderEnabled() ? <ReadRuns {...frame} /> : <RunsFrame {...frame} />;
}

/** The properties of a frame of the table. */
export interface RunsFrameProps {
  readonly rows: readonly RunRow[];
  readonly columns: number;
  /** Lines of the terminal. */
  readonly lines: number;
  readonly color: ColorLevel;
  readonly choices: RunsChoices;
}

/** One frame, at least one line lower than the terminal. */
export function RunsFrame({ rows, columns, lines, color: level, choices }: RunsFrameProps) {
  const width = Math.max(1, columns - 2), height = Math.max(1, lines - 1);
  const table = runsTable(rows, { width, level, chosen: chosenPlace(rows, choices), height: height - 3 });
  const text = [titleOf(rows, width, level), ...table, "", footOf(rows, choices, { width, level })];
  // On a very small terminal, only the table and the keys.
  const shown = text.length <= height ? text : [...text.slice(1, height), text.at(-1)!].slice(-height);
  return (
    <Box flexDirection="column" paddingX={columns > 2 ? 1 : 0}>
      <Lines lines={shown} width={width} />
    </Box>
  );
}

function titleOf(rows: readonly RunRow[], width: number, level: ColorLevel): string {
  const running = rows.filter(({ status }) => status === "running").length;
  return paint(level, "strong", cut(`${plural(rows.length, "run")}, ${running} running`, width));
}

function footOf(
  rows: readonly RunRow[],
  choices: RunsChoices,
  style: { width: number; level: ColorLevel },
): string {
  const row = rows[chosenPlace(rows, choices)];
  if (choices.asking && row !== undefined) {
    return paint(
      style.level,
      "train",
      cut(`stop ${row.pipeline}: s after this epoch, b after this batch   esc cancel`, style.width),
    );
  }
  return keysLine([
    ["↑ ↓", "choose"],
    ["enter", "open"],
    ...(row?.status === "running" ? [["s", "stop"] as const] : []),
    ["q", "leave"],
  ], style);
}

function ReadRuns({ rows, columns, choices }: RunsFrameProps) {
  const place = chosenPlace(rows, choices);
  const sentences = rows.map((row, index) => `${index === place ? "Chosen: " : ""}${rowSentence(row)}.`);
  return (
    <Box flexDirection="column">
      {[...sentences, footOf(rows, choices, { width: Math.max(200, columns), level: 0 })]
        .map((line, index) => <SafeText key={index}>{line}</SafeText>)}
    </Box>
  );
}
