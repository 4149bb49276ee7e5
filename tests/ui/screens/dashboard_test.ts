import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { Controls } from "../../../src/ui/screen.ts";
import { renderFrame, startDashboard } from "../../../src/ui/screens/dashboard.tsx";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { summaryLines } from "../../../src/ui/panels/summary.ts";
import { digitRun, untilEpoch } from "../fake_run.ts";
import { fakeTerminal, pause, shown } from "../fake_terminal.ts";

/** Controls that remember what they were asked. */
function rememberingControls(commands: string[]): Controls {
  return { stop: (how) => commands.push(`stop ${how}`), abort: () => commands.push("abort") };
}

// Ink listens for signals and keeps timers of its own until the next turn of the event loop.
const test = { sanitizeOps: false, sanitizeResources: false };

Deno.test("startDashboard draws frames in place, handles keys and prints the summary", test, async () => {
  const terminal = fakeTerminal(80, 24);
  const commands: string[] = [];
  const screen = startDashboard({ ...terminal, color: 0, controls: rememberingControls(commands), env: {} });
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
  await shown(terminal, "open or close this help");
  terminal.press("?");
  await shown(terminal, "target 1");
  terminal.press("\u0003");
  await shown(terminal, "stopping after this batch, Ctrl-C again aborts");
  deepEqual(commands, ["stop batch"]);
  terminal.press("q");
  await shown(terminal, "stop: Ctrl-C at once   esc cancel");
  terminal.press("\u0003");
  await shown(terminal, "aborting");
  deepEqual(commands, ["stop batch", "abort"], "q does not abort");
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
    const screen = startDashboard({ ...terminal, color: 2, controls: rememberingControls([]), env: {} });
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
    await shown(terminal, "p pictures or latent space");
    equal(terminal.lines().length, 29);
    equal(terminal.scrolled(), 0);
    await screen.finish();
    equal(terminal.lines()[0], "mnist-vae-2d  ended unexpectedly (no end event)");
  },
);

Deno.test("startDashboard asks how to stop, shows the log and steps through the past", test, async () => {
  const terminal = fakeTerminal(80, 24);
  const commands: string[] = [];
  const controls = { ...rememberingControls(commands), detach: () => commands.push("detach") };
  const screen = startDashboard({ ...terminal, color: 0, controls, env: {} });
  untilEpoch(digitRun(), 14).forEach((event) => screen.event(event));
  await shown(terminal, "epoch 14 of 60");

  terminal.press("q");
  await shown(terminal, "stop: s after this epoch, b after this batch   d detach   esc cancel");
  terminal.press("\u001b");
  await shown(terminal, "? help   q stop");
  deepEqual(commands, []);
  terminal.press("l");
  await shown(terminal, "0 of 8 epochs  13,846 samples/s  ETA 2:59");
  terminal.press("l");
  await shown(terminal, "latent  span 6.6 x 3.8");

  terminal.press("[");
  await shown(terminal, "epoch 13 of 60 (past)");
  terminal.press("[[[");
  await shown(terminal, "epoch 10 of 60 (past)");
  await shown(terminal, "now: epoch 14 of 60");
  terminal.press("{");
  await shown(terminal, "epoch 1 of 60 (past)");
  terminal.press("}]]");
  await shown(terminal, "epoch 13 of 60 (past)");
  terminal.press("]");
  await shown(terminal, "[ earlier epochs");
  terminal.press("{");
  await shown(terminal, "epoch 4 of 60 (past)");
  terminal.press("\u001b[F");
  await shown(terminal, "[ earlier epochs");

  terminal.press("s");
  await shown(terminal, "stopping after this epoch");
  terminal.press("qb");
  await shown(terminal, "stopping after this batch, Ctrl-C again aborts");
  terminal.press("d");
  await pause(50);
  deepEqual(commands, ["stop epoch", "stop batch", "detach"]);
  await screen.finish();
  equal(terminal.lines()[0].startsWith("mnist-vae-2d  still running: epoch 14 of 60 after "), true);
});

for (const key of ["q", "\u0003"]) {
  Deno.test(
    `startDashboard that is attached does not stop the run at ${JSON.stringify(key)}`,
    test,
    async () => {
      const terminal = fakeTerminal(80, 24);
      const commands: string[] = [];
      const controls = { ...rememberingControls(commands), quit: () => commands.push("quit") };
      const screen = startDashboard({ ...terminal, color: 0, controls, env: {} });
      digitRun().forEach((event) => screen.event(event));
      // Earlier frames, of the run as it still went, offer to stop it.
      await shown(terminal, "completed: all stages done");
      await pause(200);
      terminal.press(`s${key}`);
      await pause(200);
      deepEqual(commands, ["quit"], "an ended run cannot be stopped");
      await screen.finish();
      equal(terminal.lines()[0], "mnist-vae-2d  completed after 2:01: all stages done");
    },
  );
}

Deno.test("startDashboard survives a closed terminal", test, async () => {
  const terminal = fakeTerminal(80, 24);
  const screen = startDashboard({ ...terminal, color: 0, controls: rememberingControls([]), env: {} });
  untilEpoch(digitRun(), 3).forEach((event) => screen.event(event));
  await shown(terminal, "epoch 3 of 60");
  terminal.stdout.destroy(new Error("EIO: i/o error, write"));
  digitRun().forEach((event) => screen.event(event));
  await pause(300);
  await screen.finish();
});

Deno.test("startDashboard writes sentences for a screen reader", test, async () => {
  const terminal = fakeTerminal(80, 24);
  const env = { INK_SCREEN_READER: "true" };
  const screen = startDashboard({ ...terminal, color: 2, controls: rememberingControls([]), env });
  untilEpoch(digitRun(), 14).forEach((event) => screen.event(event));
  await shown(terminal, "Epoch 14 of 60");
  const lines = terminal.lines().map((line) => line.trimEnd());
  equal(lines[0].startsWith("mnist-vae-2d, seed 42, wasm, 1 thread: running for "), true);
  deepEqual(lines.slice(1), [
    "Stages: running train; finished load; waiting evaluate, interpolate, generate,",
    "export.",
    "Epoch 14 of 60, 23 percent.",
    "Loss 145.567, validation 148.988 nats/sample.",
    "Best validation 148.988 at epoch 14.",
    "No improvement for 0 of 8 epochs.",
    "About 3:00 left, 13,846 samples per second.",
    "Preview of 10 samples after epoch 10, not shown.",
    "Keys: question mark help, q stop.",
  ]);
  terminal.press("q");
  await shown(
    terminal,
    "How to stop? Press s to stop after this epoch, b after this batch, escape to",
  );
  await screen.finish();
});

Deno.test(
  "startDashboard takes a late answer of the terminal for no key, and the keys after it",
  test,
  async () => {
    const terminal = fakeTerminal(80, 24), commands: string[] = [];
    const screen = startDashboard({
      ...terminal,
      color: 0,
      controls: {
        ...rememberingControls(commands),
        detach: () => commands.push("detach"),
        quit: () => commands.push("quit"),
      },
      env: {},
    });
    untilEpoch(digitRun(), 14).forEach((event) => screen.event(event));
    await shown(terminal, "epoch 14 of 60");
    // Hexadecimal digits are keys, too: d detaches.
    terminal.press("\u001b]11;rgb:dddd/0000/dddd\u001b\\");
    terminal.press("\u001b[?62;22c");
    await pause(50);
    terminal.press("?");
    await shown(terminal, "open or close this help");
    deepEqual(commands, []);
    await screen.finish();
  },
);
