import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { renderFrame, startDashboard } from "../../src/ui/dashboard.tsx";
import { initialView, reduce } from "../../src/ui/reduce.ts";
import { summaryLines } from "../../src/ui/summary.ts";
import { digitRun, untilEpoch } from "./fake_run.ts";
import { fakeTerminal, pause, shown } from "./fake_terminal.ts";

// Ink listens for signals and keeps timers of its own until the next turn of the event loop.
const test = { sanitizeOps: false, sanitizeResources: false };

Deno.test("startDashboard draws frames in place, obeys keys and leaves the summary", test, async () => {
  const terminal = fakeTerminal(80, 24);
  let interrupts = 0;
  const screen = startDashboard({ ...terminal, color: 0, onInterrupt: () => interrupts++ });
  const events = untilEpoch(digitRun(), 14);
  const view = events.reduce(reduce, initialView());
  events.forEach((event) => screen.event(event));
  await shown(terminal, "epoch 14 of 60");
  const frame = renderFrame(view, { columns: 80, rows: 24, color: 0, now: view.at }).split("\n");
  deepEqual(terminal.lines().slice(3, 12), frame.slice(3, 12), "all but the clocks, which show the present");
  equal(terminal.lines().length, 23);

  terminal.press("\u001b[C");
  await shown(terminal, "target 1");
  terminal.press("?");
  await shown(terminal, "opens and closes this help");
  terminal.press("?");
  await shown(terminal, "target 1");
  terminal.press("\u0003");
  await shown(terminal, "stopping after this batch, Ctrl-C again aborts");
  equal(interrupts, 1);
  terminal.press("q");
  await pause(50);
  equal(interrupts, 1, "q does not abort");
  terminal.press("\u0003");
  await shown(terminal, "aborting");
  equal(interrupts, 2);
  equal(terminal.scrolled(), 0);

  const end = {
    type: "end",
    t: view.at,
    status: "stopped",
    exitCode: 130,
    reason: "stopped by SIGINT",
    seconds: 60,
  } as const;
  screen.event(end);
  await screen.finish();
  deepEqual(terminal.lines(), summaryLines(reduce(view, end)));
  equal(terminal.scrolled(), 0);
});

Deno.test(
  "startDashboard takes thousands of events a second at ten frames, and follows a resize",
  test,
  async () => {
    const terminal = fakeTerminal(80, 24);
    const screen = startDashboard({ ...terminal, color: 2, onInterrupt() {} });
    const [run, ...events] = untilEpoch(digitRun(), 2);
    screen.event(run);
    events.forEach((event) => screen.event(event));
    const epoch = events.find((event) => event.type === "epoch")!;
    for (let turn = 0; turn < 5; turn++) {
      for (let each = 0; each < 1000; each++) screen.event({ ...epoch, epoch: 3 + 1000 * turn + each });
      await pause(60);
    }
    await shown(terminal, "epoch 5,002 of 60");
    equal(terminal.bytes() < 60_000, true, `${terminal.bytes()} bytes`);
    terminal.resize(100, 30);
    await shown(terminal, "l pictures or latent space");
    equal(terminal.lines().length, 29);
    equal(terminal.scrolled(), 0);
    await screen.finish();
    equal(terminal.lines()[0], "mnist-vae-2d  ended without a word");
  },
);
