/**
 * The fold of screens: that of `run/fold/`, with texts that are safe to print. Live, attached and replayed screens all use it.
 *
 * @module
 */
import type { RunEvent } from "../../pipeline/events.ts";
import { foldEvent, foldProgress } from "../../run/fold/fold.ts";
import type { View } from "../../run/fold/view.ts";
import type { EpochProgress } from "../../run/progress.ts";
import { safe } from "../text/text.ts";
import { safeEvent } from "./safe_event.ts";

/** The view after one more event. Pure, and O(1) for an epoch: a tiny model has thousands of epochs per second. */
export function reduce(view: View, event: RunEvent): View {
  return foldEvent(view, safeEvent(event));
}

/** The view with the progress of the current epoch, see {@link foldProgress}. */
export function withProgress(view: View, progress: EpochProgress): View {
  return foldProgress(view, { ...progress, stage: safe(progress.stage) });
}
