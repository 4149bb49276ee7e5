import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { explore } from "../../../src/ui/explorer/explore.ts";
import { explorerLines } from "../../../src/ui/explorer/frame.ts";
import type { ExplorerModel } from "../../../src/ui/explorer/model.ts";
import { startExplorer } from "../../../src/ui/explorer/screen.tsx";
import { type Action, initialState } from "../../../src/ui/explorer/state.ts";
import { fakeTerminal, pause, shown } from "../fake_terminal.ts";
import { fakeModel } from "./fake_model.ts";

/** The lines that a terminal should show after some actions. */
function expected(model: ExplorerModel, columns: number, rows: number, actions: readonly Action[]): string[] {
  const state = actions.reduce((state, action) => explore(state, action, model), initialState(model));
  const lines = explorerLines(state, model, { columns, rows, level: 0 });
  return lines.map((line) => line.trimEnd()).join("\n").trimEnd().split("\n");
}

const RIGHT = "\u001b[C", SHIFT_UP = "\u001b[1;2A";
// Ink listens for signals and keeps timers of its own until the next turn of the event loop.
const test = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "startExplorer follows keys in place, many in one message too, and leaves nothing",
  test,
  async () => {
    const terminal = fakeTerminal(80, 24), model = fakeModel();
    const finished = startExplorer(model, { ...terminal, color: 0 });
    await shown(terminal, "test image 0");
    deepEqual(terminal.lines(), expected(model, 80, 24, []));
    terminal.press("\u001b[H");
    await shown(terminal, "origin");
    terminal.press(RIGHT + RIGHT + SHIFT_UP);
    await shown(terminal, "→ z1  0.200   ↑ z2  0.500");
    const moves: Action[] = [{ type: "origin" }, { type: "move", across: 2, up: 5 }];
    deepEqual(terminal.lines(), expected(model, 80, 24, moves));
    terminal.press("12\r");
    await shown(terminal, "test image 12 (2)");
    const before = terminal.bytes();
    terminal.press(RIGHT);
    await shown(terminal, "decoded");
    equal(terminal.bytes() - before < 4000, true, `${terminal.bytes() - before} bytes for a step`);
    terminal.press("w");
    await shown(terminal, "wrote artifacts/explore-001.png");
    equal(terminal.scrolled(), 0);
    terminal.press("q");
    const { written } = await finished;
    deepEqual(written, ["runs/digits/20261124-064405-8729/artifacts/explore-001.png"]);
    deepEqual(terminal.lines(), [""]);
  },
);

Deno.test("startExplorer fills the room after each resize", test, async () => {
  const terminal = fakeTerminal(80, 24), model = fakeModel(20);
  const finished = startExplorer(model, { ...terminal, color: 0 });
  await shown(terminal, "test image 0");
  for (const [columns, rows] of [[200, 50], [60, 20], [40, 12], [100, 30]]) {
    terminal.resize(columns, rows);
    const wanted = expected(model, columns, rows, []);
    const lines = () => terminal.lines().slice(terminal.scrolled());
    for (let tries = 0; tries < 100 && lines().join() !== wanted.join(); tries++) await pause(20);
    deepEqual(lines(), wanted, `${columns}x${rows}`);
  }
  terminal.press("\u0003");
  await finished;
});

Deno.test(
  "startExplorer plays a morph until it is held, and says when a file cannot be written",
  test,
  async () => {
    const terminal = fakeTerminal(80, 24);
    const model = fakeModel(2, { writeAnimation: () => Promise.reject(new Error("the disk is\nfull")) });
    const finished = startExplorer(model, { ...terminal, color: 0 });
    await shown(terminal, "test image 0");
    terminal.press("v");
    await shown(terminal, "mark two points first");
    terminal.press("anbm");
    await shown(terminal, "A to B, ");
    await shown(terminal, "m pauses");
    terminal.press("m");
    await shown(terminal, "m resumes");
    const held = terminal.lines();
    await pause(200);
    deepEqual(terminal.lines(), held);
    terminal.press("v");
    await shown(terminal, "the disk is full");
    terminal.press("q");
    await finished;
  },
);
