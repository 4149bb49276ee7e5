/**
 * The live dashboard: Ink on a terminal, about ten frames a second, never as high as the terminal.
 *
 * @module
 */
import process from "node:process";
import { render, renderToString } from "ink";
import type { RunEvent } from "../pipeline/events.ts";
import type { Screen, ScreenOptions } from "./choose.ts";
import { LiveFrame } from "./components/live.tsx";
import { Frame } from "./components/app.tsx";
import { type Choices, NO_CHOICES } from "./layout.ts";
import { initialView, reduce } from "./reduce.ts";
import { summaryLines } from "./summary.ts";
import type { ColorLevel } from "./theme.ts";
import type { View } from "./view.ts";
import { viewStore } from "./store.ts";

const FRAME = 100, CALM = 500, TICK = 1000;
/** From so many cells on, a frame is drawn half as often: it is dear, and people look at one part of it at a time. */
const MANY_CELLS = 5000;

/**
 * The signals that a caller listens for. Ink unmounts at each and sends it once more, which would turn a polite stop into an
 * abort; it leaves them alone while somebody else listens through `process`.
 */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
const leaveToCaller = () => {};

/**
 * Starts the dashboard. Until it has finished, SIGHUP, SIGINT and SIGTERM do nothing by themselves: the caller has to listen for them.
 *
 * `finish` clears the frame and leaves the summary in its place.
 */
export function startDashboard(
  { stdout, stdin, color, onInterrupt }: Pick<ScreenOptions, "stdout" | "stdin" | "color" | "onInterrupt">,
): Screen {
  let view = initialView();
  const frame = () => stdout.columns * stdout.rows > MANY_CELLS ? 2 * FRAME : FRAME;
  const store = viewStore(view, { frame, calm: CALM, tick: TICK });
  SIGNALS.forEach((signal) => process.on(signal, leaveToCaller));
  const instance = render(
    <LiveFrame store={store} color={color} hasKeys={stdin.isTTY === true} onInterrupt={onInterrupt} />,
    {
      stdout,
      stdin,
      exitOnCtrlC: false,
      patchConsole: false,
      incrementalRendering: true,
      maxFps: 1000 / FRAME,
      interactive: true,
    },
  );
  function event(event: RunEvent): void {
    view = reduce(view, event);
    store.set(view);
  }
  return {
    past: event,
    event,
    async finish() {
      store.close();
      await instance.waitUntilRenderFlush();
      instance.clear();
      instance.unmount();
      await instance.waitUntilExit();
      SIGNALS.forEach((signal) => process.off(signal, leaveToCaller));
      const text = summaryLines(view, color, stdout.columns).map((line) => `${line}\n`).join("");
      await new Promise<void>((resolve) => stdout.write(text, () => resolve()));
    },
  };
}

/** One frame as text, as the dashboard would show it on a terminal of this size. */
export function renderFrame(
  view: View,
  { columns, rows, color, now, choices = NO_CHOICES }: {
    columns: number;
    rows: number;
    color: ColorLevel;
    /** Milliseconds since 1970. */
    now: number;
    choices?: Choices;
  },
): string {
  return renderToString(<Frame {...{ view, calm: view, columns, rows, color, now, choices }} />, { columns });
}
