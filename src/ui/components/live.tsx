/** The frame on a live terminal: its size, the keys, and the newest view. @module */
import { useIsScreenReaderEnabled, useWindowSize } from "ink";
import { useRef, useState, useSyncExternalStore } from "react";
import { type Choices, NO_CHOICES, type Situation } from "../choices.ts";
import { layoutOf } from "../layout.ts";
import type { LogBuffer } from "../log_buffer.ts";
import { type Deed, press } from "../press.ts";
import type { ViewStore } from "../store.ts";
import type { ColorLevel } from "../theme.ts";
import type { View } from "../view.ts";
import { Frame } from "./app.tsx";
import { firstItem } from "./pictures.tsx";
import { ReadFrame } from "./read.tsx";
import { useKeys } from "./use_keys.ts";

/** What the screen asks of the run. */
export type RunDeed = Extract<Deed, string>;

/** Follows the store until it is unmounted. */
export function LiveFrame(
  { store, log, color, hasKeys, situation, onDeed }: {
    store: ViewStore;
    log: LogBuffer;
    color: ColorLevel;
    /** Whether keys can be read: without a terminal at the input they cannot. */
    hasKeys: boolean;
    situation: Situation;
    onDeed(deed: RunDeed): void;
  },
) {
  const { view, calm, compare, now } = useSyncExternalStore(store.subscribe, store.snapshot);
  const { columns, rows } = useWindowSize();
  const [choices, choose] = useState<Choices>(NO_CHOICES);
  // Several keys may come between two frames, and each goes by what the one before chose.
  const latest = useRef(choices);

  useKeys((key) => {
    const pressed = press(latest.current, key, { ...situation, ended: view.end !== null });
    latest.current = pressed.choices;
    const { deed } = pressed;
    if (typeof deed === "string") onDeed(deed);
    else if (deed !== undefined) latest.current = { ...latest.current, ...moved(deed) };
    choose(latest.current);
  }, hasKeys);

  /** The page of samples, or the moment, that a key leads to. */
  function moved(deed: Exclude<Deed, string>): Partial<Choices> {
    const { past, offset } = latest.current;
    return "step" in deed
      ? { past: store.past.step(past, deed.step) }
      : { offset: turned(past?.view ?? view, { columns, rows, choices: latest.current }, offset, deed.page) };
  }
  const props = { view, calm, columns, rows, color, now, choices, situation, compare };
  return useIsScreenReaderEnabled()
    ? <ReadFrame {...props} log={(size) => log.lines(now, size)} />
    : <Frame {...props} log={(size) => log.lines(now, size)} />;
}

/** The first item after turning so many pages. */
function turned(
  view: View,
  { columns, rows, choices }: { columns: number; rows: number; choices: Choices },
  offset: number,
  pages: number,
): number {
  const { pictures } = layoutOf(view, columns, rows, choices);
  if (pictures === undefined || view.preview === null) return offset;
  const { grid } = pictures;
  const first = firstItem(view.preview, grid, offset);
  return firstItem(view.preview, grid, first + pages * grid.across * grid.down);
}
