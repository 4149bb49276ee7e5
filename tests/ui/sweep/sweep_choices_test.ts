import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  handleSweepKey,
  NO_SWEEP_CHOICES,
  type SweepChoices,
  type SweepCommand,
  type SweepKeyContext,
} from "../../../src/ui/sweep/sweep_choices.ts";
import { halfway } from "./fake_moments.ts";

const { trials } = halfway();
const OWNED: SweepKeyContext = { trials, page: 10, attached: false, canDetach: true, ended: false };
const ATTACHED: SweepKeyContext = { ...OWNED, attached: true, canDetach: false };

const FIRST: SweepChoices = { ...NO_SWEEP_CHOICES, id: trials[0].id };

/** Presses keys; returns the selection after the last and all commands. */
function pressed(keys: readonly string[], context = OWNED, from = FIRST) {
  const commands: SweepCommand[] = [];
  const choices = keys.reduce((before, key) => {
    const { choices, command } = handleSweepKey(before, key, context);
    if (command !== undefined) commands.push(command);
    return choices;
  }, from);
  return { choices, commands };
}
const numberOf = ({ id }: SweepChoices) => trials.find((trial) => trial.id === id)?.number;

const MOVES: [keys: string[], number: number][] = [
  [["down"], 2],
  [["j", "j", "k"], 2],
  [["up"], 1],
  [["pagedown"], 10],
  [["pagedown", "pagedown", "pagedown"], 20],
  [["end", "pageup"], 11],
  [["end", "home"], 1],
];
for (const [keys, number] of MOVES) {
  Deno.test(`handleSweepKey() selects trial ${number} after ${keys.join(", ")}`, () => {
    equal(numberOf(pressed(keys).choices), number);
  });
}

const COMMANDS: [name: string, keys: string[], context: SweepKeyContext, commands: SweepCommand[]][] = [
  ["opens a trial that has a run", ["return"], OWNED, ["open"]],
  ["opens no trial that waits", ["end", "return"], OWNED, []],
  ["asks, then stops a running trial after the epoch", [..."jjjjjjjjjjjjjj", "s", "s"], OWNED, [
    "stop-trial-epoch",
  ]],
  ["asks, then stops a running trial after the batch", [..."jjjjjjjjjjjjjj", "s", "b"], ATTACHED, [
    "stop-trial-batch",
  ]],
  ["does not stop a trial when the question is cancelled", [..."jjjjjjjjjjjjjj", "s", "escape"], OWNED, []],
  ["does not stop a trial that has ended", ["s", "s"], OWNED, []],
  ["asks, then stops the sweep", ["S", "s"], OWNED, ["stop-sweep"]],
  ["asks, then stops the sweep of another process", ["S", "s"], ATTACHED, ["stop-sweep"]],
  ["stops no sweep when any other key answers", ["S", "x"], OWNED, []],
  ["asks at q where it started the sweep", ["q", "s"], OWNED, ["stop-sweep"]],
  ["detaches from the question", ["q", "d"], OWNED, ["detach"]],
  ["detaches", ["d"], OWNED, ["detach"]],
  ["cannot detach from another process's sweep", ["d"], ATTACHED, []],
  ["leaves at q where it is attached", ["q"], ATTACHED, ["quit"]],
  ["leaves at Ctrl-C where it is attached", ["ctrl-c"], ATTACHED, ["quit"]],
  ["stops at Ctrl-C, and aborts at a second one", ["ctrl-c", "ctrl-c"], OWNED, ["stop-sweep", "abort-sweep"]],
  ["leaves when all has ended", ["q"], { ...OWNED, ended: true }, ["quit"]],
  ["has no sweep to stop when all has ended", ["S", "s"], { ...OWNED, ended: true }, []],
];
for (const [name, keys, context, commands] of COMMANDS) {
  Deno.test(`handleSweepKey() ${name}`, () => deepEqual(pressed(keys, context).commands, commands));
}

Deno.test("handleSweepKey() begins at the first trial that is running", () => {
  equal(numberOf(pressed(["down"], OWNED, NO_SWEEP_CHOICES).choices), 16);
});

Deno.test("handleSweepKey() keeps the question about a trial that has moved in the table", () => {
  const { choices } = pressed([..."jjjjjjjjjjjjjj", "s"]);
  deepEqual([choices.asking, numberOf(choices)], ["trial", 15]);
  const reversed = { ...OWNED, trials: trials.toReversed() };
  deepEqual(pressed(["s"], reversed, choices).commands, ["stop-trial-epoch"]);
});

Deno.test("handleSweepKey() opens and closes the help, and switches the order", () => {
  equal(pressed(["?"]).choices.help, true);
  equal(pressed(["?", "?"]).choices.help, false);
  equal(pressed(["?", "escape"]).choices.help, false);
  equal(pressed(["o"]).choices.byRank, true);
});
