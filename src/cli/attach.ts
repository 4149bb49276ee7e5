/** A screen on a run of another process. @module */
import type { RunEvent } from "../pipeline/events.ts";
import { askRun } from "../run/control.ts";
import { followEvents, readEvents } from "../run/event_file.ts";
import { type ScreenOptions, startScreen } from "../ui/choose.ts";
import type { StartedRunner } from "./runner.ts";

/** The dashboard of a run that this process has started: ends with it, or leaves it alone. Gives the exit code. */
export async function attachOwner(
  run: StartedRunner,
  look: Omit<ScreenOptions, "onInterrupt">,
): Promise<number> {
  const leaving = new AbortController();
  let interrupts = 0;
  const ask = (exitCode: 130 | 143) =>
    askRun(run.folder, { stop: interrupts++ === 0 ? "batch" : "now", exitCode, cause: "signal" });
  const screen = await startScreen("tui", { ...look, onInterrupt: () => ask(130) });
  const onInterrupt = () => ask(130), onTerminate = () => ask(143);
  Deno.addSignalListener("SIGINT", onInterrupt);
  Deno.addSignalListener("SIGTERM", onTerminate);
  // SIGHUP keeps its meaning: the terminal is gone, this process ends, and the run goes on in its own.
  Deno.addSignalListener("SIGHUP", () => Deno.exit(129));
  let told = 0;
  const show = (event: RunEvent) => {
    told++;
    screen.event(event);
  };
  const following = followEvents(run.folder, {
    signal: leaving.signal,
    onEvents: (events) => events.forEach(show),
  });
  const code = await run.exited;
  leaving.abort();
  await following;
  // What was told after the last look.
  (await readEvents(run.folder)).slice(told).forEach(show);
  await screen.finish();
  Deno.removeSignalListener("SIGINT", onInterrupt);
  Deno.removeSignalListener("SIGTERM", onTerminate);
  return code;
}
