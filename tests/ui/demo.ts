/**
 * Plays a synthetic run on a real screen, to look at:
 *
 *     deno run -A tests/ui/demo.ts [digits|glyphs|runs] [auto|tui|plain|json|off] [speed] [own|look] [compare]
 *
 * `look` attaches read-only; `compare` draws the whole run behind; `runs` shows the table, with one run still running.
 *
 * @module
 */
import process from "node:process";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { chooseScreen, startScreen, type UiName } from "../../src/ui/choose.ts";
import { colorLevel } from "../../src/ui/terminal/environment.ts";
import type { Controls } from "../../src/ui/screen.ts";
import { openRunsTable } from "../../src/ui/screens/open_screen.ts";
import { initialView } from "../../src/run/fold/fold.ts";
import { reduce } from "../../src/ui/view/reduce.ts";
import { rowOf } from "../../src/ui/runs/run_row.ts";
import { digitRun, glyphRun } from "./fake_run.ts";

const [which = "digits", ui = "auto", speed = "1", role = "own", compare] = Deno.args;
const events = which === "glyphs" ? glyphRun() : digitRun();
const env = Deno.env.toObject();
const isTerminal = Deno.stdout.isTerminal();
const color = colorLevel(env, isTerminal);
const terminal = { stdout: process.stdout, stdin: process.stdin, color };
const started = Date.now(), first = events[0].t;

let exit: "" | "stopped" | "left" = "";
/** The events, each when its time has come: times of the synthetic run become times of now, so that clocks are right. */
async function* play(): AsyncGenerator<RunEvent> {
  for (const event of events) {
    const t = started + (event.t - first) / Number(speed);
    while (Date.now() < t && exit === "") {
      await new Promise((resolve) => setTimeout(resolve, Math.min(50, t - Date.now())));
    }
    if (exit === "left") return;
    if (exit === "stopped") {
      const seconds = (Date.now() - started) / 1000;
      yield { type: "end", t, status: "stopped", exitCode: 130, reason: "stopped by SIGINT", seconds };
      return;
    }
    yield { ...event, t };
  }
}

async function playRun(): Promise<void> {
  const leave = () => exit = "left", stop = () => exit = "stopped";
  const controls: Controls = role === "look"
    ? { stop, abort: stop, quit: leave }
    : { stop: () => setTimeout(stop, 2000), abort: stop, detach: leave };
  const screen = await startScreen(chooseScreen(ui as UiName, { isTerminal, env }), {
    ...terminal,
    write: (text) => void process.stdout.write(text),
    controls,
    ...(compare ? { compare: { name: "all-of-it", view: events.reduce(reduce, initialView()) } } : {}),
  });
  for await (const event of play()) screen.event(event);
  while (role === "look" && exit === "") await new Promise((resolve) => setTimeout(resolve, 50));
  await screen.finish();
}

async function playTable(): Promise<void> {
  const others = [glyphRun(), digitRun()].map((run) =>
    rowOf(run.slice(0, -1).reduce(reduce, initialView()), Date.now())
  );
  const old = others.map((row, index) => ({
    ...row,
    status: ["completed", "crashed"][index],
    secondsLeft: null,
  }));
  const leave = () => exit = "left";
  const table = await openRunsTable({
    ...terminal,
    rows: old,
    open: leave,
    stop: () => exit = "stopped",
    quit: leave,
  });
  let view = initialView();
  for await (const event of play()) {
    view = reduce(view, event);
    table.update([{ ...rowOf(view, Date.now()), id: "20261124-070000-beef", size: 34_000_000 }, ...old]);
  }
  await table.finish();
}

await (which === "runs" ? playTable() : playRun());
