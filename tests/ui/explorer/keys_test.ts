import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { commandsOf, type ExplorerCommand, type ExplorerKey } from "../../../src/ui/explorer/keys.ts";
import { type ExplorerState, initialState } from "../../../src/ui/explorer/state.ts";
import { fakeModel } from "./fake_model.ts";

const idle = initialState(fakeModel()),
  typing: ExplorerState = { ...idle, entry: { what: "label", text: "" } };

const CASES: [
  name: string,
  state: ExplorerState,
  input: string,
  key: ExplorerKey,
  expected: ExplorerCommand[],
][] = [
  ["an arrow moves a step", idle, "", { leftArrow: true }, [{ type: "move", across: -1, up: 0 }]],
  ["an arrow with Shift moves five", idle, "", { upArrow: true, shift: true }, [{
    type: "move",
    across: 0,
    up: 5,
  }]],
  ["q quits", idle, "q", {}, [{ type: "quit" }]],
  ["Ctrl-C quits, whatever is open", typing, "c", { ctrl: true }, [{ type: "quit" }]],
  ["q is a letter while something is typed", typing, "q", {}, [{ type: "text", text: "q" }]],
  ["a digit begins a number", idle, "4", {}, [{ type: "ask", what: "sample" }, { type: "text", text: "4" }]],
  ["Tab goes to the next label", idle, "", { tab: true }, [{ type: "next", what: "label", by: 1 }]],
  ["w writes the picture", idle, "w", {}, [{ type: "write", what: "picture" }]],
  ["a pasted line break submits", typing, "\r", {}, [{ type: "submit" }]],
  ["a name of every object is no key", idle, "constructor", {}, []],
  ["an unknown key does nothing", idle, "ß", {}, []],
];

for (const [name, state, input, key, expected] of CASES) {
  Deno.test(`commandsOf: ${name}`, () => deepEqual(commandsOf(state, input, key), expected));
}
