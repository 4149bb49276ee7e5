/** The last event of a run. @module */
import type { EventOf } from "../pipeline/events.ts";

/** The end of a run that did not crash. */
export type EndEvent = EventOf<"end"> & { readonly status: "completed" | "stopped" | "failed" };

/** How a run ended. */
export type RunOutcome = Pick<EndEvent, "status" | "exitCode" | "reason">;

/** Writes the last event of a run whose worker cannot. */
export function appendEnd(folder: string, end: EndEvent): void {
  try {
    Deno.writeTextFileSync(`${folder}/events.jsonl`, JSON.stringify(end) + "\n", { append: true });
  } catch {
    // A full disk may be why the run ends; the screen still shows the reason.
  }
}
