/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The frame on a live terminal: handles its size, the keys and the newest view. @module */
import { useIsScreenReaderEnabled, useWindowSize } from "ink";
import { useRef, useState, useSyncExternalStore } from "react";
import { type Choices, NO_CHOICES, type Situation } from "../view/choices.ts";
import { layoutOf } from "../panels/layout.ts";
import type { LogBuffer } from "../plain_log/log_buffer.ts";
import { type DashboardCommand, handleKey } from "../panels/handle_key.ts";
import type { ViewStore } from "../view/store.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { View } from "../../run/fold/view.ts";
import { Frame } from "./app.tsx";
import { firstItem } from "./pictures.tsx";
import { ReadFrame } from "./read.tsx";
import { useKeys } from "./use_keys.ts";

/** A command for the run. */
export type RunCommand = Extract<DashboardCommand, string>;

/** Shows the views of the store until it is unmounted. */
export function LiveFrame(
  { store, log, color, hasKeys, situation, onCommand }: {
    store: ViewStore;
    log: LogBuffer;
    color: ColorLevel;
    /** Whether keys can be read, that is, whether the input is a terminal. */
    hasKeys: boolean;
    situation: Situation;
    onCommand(command: RunCommand): void;
  },
) {
  const { view, calm, compare, now } = useSyncExternalStore(store.subscribe, store.snapshot);
  const { columns, rows } = useWindowSize();
  const [choices, choose] = useState<Choices>(NO_CHOICES);
  // Several keys may come between two frames: each applies to the selection after the previous one.
  const latest = useRef(choices);

  useKeys((key) => {
    const result = handleKey(latest.current, key, { ...situation, ended: view.end !== null });
    latest.current = result.choices;
    const { command } = result;
    if (typeof command === "string") onCommand(command);
    else if (command !== undefined) latest.current = { ...latest.current, ...moved(command) };
    choose(latest.current);
  }, hasKeys);

  /** The page of samples or the moment that a command selects. */
  function moved(command: Exclude<DashboardCommand, string>): Partial<Choices> {
    const { past, offset } = latest.current;
    return "step" in command ? { past: store.past.step(past, command.step) } : {
      offset: turned(past?.view ?? view, { columns, rows, choices: latest.current }, offset, command.page),
    };
  }
  const props = { view, calm, columns, rows, color, now, choices, situation, compare };
  return useIsScreenReaderEnabled()
    ? <ReadFrame {...props} log={(size) => log.lines(now, size)} />
    : <Frame {...props} log={(size) => log.lines(now, size)} />;
}

/** The first item after turning `pages` pages. */
function turned(
  view: View,
  { columns, rows, choices }: { columns: number; rows: number; choices: Choices },
  offset: number,
  pages: number,
): number {
  const { pictures, features } = layoutOf(view, columns, rows, choices);
  if (features !== undefined && view.preview !== null) {
    return Math.max(0, Math.min(view.preview.items.length - 1, offset + pages));
  }
  if (pictures === undefined || view.preview === null) return offset;
  const { grid } = pictures;
  const first = firstItem(view.preview, grid, offset);
  return firstItem(view.preview, grid, first + pages * grid.across * grid.down);
}
