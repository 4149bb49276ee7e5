/** The keys of the table of runs: what was chosen before, and a key, give what is chosen now, and at times something to do. @module */
import type { RunRow } from "./run_row.ts";

/** What the person chose. */
export interface RunsChoices {
  /** The run that is marked, by its id; one that is not in the table stands for the first. */
  readonly id: string | null;
  /** Whether the screen asks how to stop it. */
  readonly asking: boolean;
}

/** What a key asks for. */
export type RunsDeed = "open" | "stop-epoch" | "stop-batch" | "quit";

/** What came of a key: the deed is about the marked run. */
export interface RunsPressed {
  readonly choices: RunsChoices;
  readonly deed?: RunsDeed;
}

/** The place of the marked run. */
export function chosenPlace(rows: readonly RunRow[], { id }: RunsChoices): number {
  return Math.max(0, rows.findIndex((row) => row.id === id));
}

/** A key by its sign, or `escape`, `up`, `down`, `return`, `ctrl-c`. */
export function pressRuns(choices: RunsChoices, key: string, rows: readonly RunRow[]): RunsPressed {
  if (key === "ctrl-c") return { choices, deed: "quit" };
  const place = chosenPlace(rows, choices), row: RunRow | undefined = rows[place];
  if (choices.asking) {
    const deed = ({ s: "stop-epoch", b: "stop-batch" } as const)[key];
    const isRunning = row?.status === "running";
    return { choices: { ...choices, asking: false }, ...(deed && isRunning ? { deed } : {}) };
  }
  switch (key) {
    case "up":
    case "k":
      return { choices: { ...choices, id: rows[Math.max(0, place - 1)]?.id ?? null } };
    case "down":
    case "j":
      return { choices: { ...choices, id: rows[Math.min(rows.length - 1, place + 1)]?.id ?? null } };
    case "return":
      return row === undefined ? { choices } : { choices: { ...choices, id: row.id }, deed: "open" };
    case "s":
      return row?.status === "running" ? { choices: { id: row.id, asking: true } } : { choices };
    case "q":
    case "escape":
      return { choices, deed: "quit" };
    default:
      return { choices };
  }
}
