/** The frame on a live terminal: its size, the keys, and the newest view. @module */
import { useInput, useWindowSize } from "ink";
import { useState, useSyncExternalStore } from "react";
import { type Choices, layoutOf, NO_CHOICES } from "../layout.ts";
import type { ViewStore } from "../store.ts";
import type { ColorLevel } from "../theme.ts";
import { Frame } from "./app.tsx";
import { firstItem } from "./pictures.tsx";

/** Follows the store until it is unmounted. */
export function LiveFrame(
  { store, color, hasKeys, onInterrupt }: {
    store: ViewStore;
    color: ColorLevel;
    /** Whether keys can be read: without a terminal at the input they cannot. */
    hasKeys: boolean;
    onInterrupt(): void;
  },
) {
  const { view, calm, now } = useSyncExternalStore(store.subscribe, store.snapshot);
  const { columns, rows } = useWindowSize();
  const [choices, choose] = useState<Choices>(NO_CHOICES);
  const change = (part: Partial<Choices>) => choose({ ...choices, ...part });

  /** Moves by a page of items. */
  function move(pages: number): void {
    const { pictures } = layoutOf(view, columns, rows, choices);
    if (pictures === undefined || view.preview === null) return;
    const { grid } = pictures;
    const offset = firstItem(view.preview, grid, choices.offset) + pages * grid.across * grid.down;
    change({ offset: firstItem(view.preview, grid, offset) });
  }
  useInput((input, key) => {
    const controlC = key.ctrl && input === "c";
    // q only asks once: an abort should not be one careless key away.
    if (controlC || (input === "q" && choices.interrupts === 0)) {
      change({ interrupts: choices.interrupts + 1 });
      onInterrupt();
    } else if (input === "?") change({ help: !choices.help });
    else if (input === "l") change({ panel: choices.panel === "latent" ? "pictures" : "latent" });
    else if (key.leftArrow) move(-1);
    else if (key.rightArrow) move(1);
  }, { isActive: hasKeys });
  return <Frame {...{ view, calm, columns, rows, color, now, choices }} />;
}
