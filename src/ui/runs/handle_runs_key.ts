/** Handles the keys of the table of runs: the selection and a key give the next selection and, for some keys, a command. @module */
import type { RunRow } from "./run_row.ts";

/** What the user selected. */
export interface RunsChoices {
  /** The id of the selected run; if it is not in the table, the first run is selected. */
  readonly id: string | null;
  /** Whether the question how to stop it is shown. */
  readonly asking: boolean;
}

/** A command that a key triggers. */
export type RunsCommand = "open" | "stop-epoch" | "stop-batch" | "quit";

/** The result of a key; the command is for the selected run. */
export interface RunsKeyResult {
  readonly choices: RunsChoices;
  readonly command?: RunsCommand;
}

/** The row of the selected run. */
export function chosenPlace(rows: readonly RunRow[], { id }: RunsChoices): number {
  return Math.max(0, rows.findIndex((row) => row.id === id));
}

/** Handles a key, given by its character or as `escape`, `up`, `down`, `return`, `ctrl-c`. */
export function handleRunsKey(choices: RunsChoices, key: string, rows: readonly RunRow[]): RunsKeyResult {
  if (key === "ctrl-c") return { choices, command: "quit" };
  const place = chosenPlace(rows, choices), row: RunRow | undefined = rows[place];
  if (choices.asking) {
    const command = ({ s: "stop-epoch", b: "stop-batch" } as const)[key];
    const isRunning = row?.status === "running";
    return { choices: { ...choices, asking: false }, ...(command && isRunning ? { command } : {}) };
  }
  switch (key) {
    case "up":
    case "k":
      return { choices: { ...choices, id: rows[Math.max(0, place - 1)]?.id ?? null } };
    case "down":
    case "j":
      return { choices: { ...choices, id: rows[Math.min(rows.length - 1, place + 1)]?.id ?? null } };
    case "return":
      return row === undefined ? { choices } : { choices: { ...choices, id: row.id }, command: "open" };
    case "s":
      return row?.status === "running" ? { choices: { id: row.id, asking: true } } : { choices };
    case "q":
    case "escape":
      return { choices, command: "quit" };
    default:
      return { choices };
  }
}
