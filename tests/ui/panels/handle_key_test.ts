import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { type Choices, NO_CHOICES } from "../../../src/ui/view/choices.ts";
import { type DashboardCommand, handleKey, type KeyContext } from "../../../src/ui/panels/handle_key.ts";
import { initialView } from "../../../src/run/fold/fold.ts";

const owner: KeyContext = { attached: false, canDetach: true, ended: false };
const inPast: Partial<Choices> = {
  past: { order: 3, stage: "train", epoch: 4, view: initialView(), preview: 0 },
};

/** What keys, one after the other, change and ask for. */
const TABLE: {
  name: string;
  keys: string[];
  context?: Partial<KeyContext>;
  before?: Partial<Choices>;
  after: Partial<Choices>;
  commands: DashboardCommand[];
}[] = [
  { name: "asks how to stop at q", keys: ["q"], after: { asking: true }, commands: [] },
  { name: "cancels the question at escape", keys: ["q", "escape"], after: {}, commands: [] },
  { name: "cancels the question at any other key", keys: ["q", "x"], after: {}, commands: [] },
  { name: "does not open the log while it asks", keys: ["q", "l"], after: {}, commands: [] },
  {
    name: "stops after the epoch at q s",
    keys: ["q", "s"],
    after: { stopping: "epoch" },
    commands: ["stop-epoch"],
  },
  {
    name: "stops after the batch at q b",
    keys: ["q", "b"],
    after: { stopping: "batch" },
    commands: ["stop-batch"],
  },
  { name: "detaches at q d", keys: ["q", "d"], after: {}, commands: ["detach"] },
  { name: "stops after the epoch at s", keys: ["s"], after: { stopping: "epoch" }, commands: ["stop-epoch"] },
  {
    name: "asks a run to stop only once",
    keys: ["s", "s"],
    after: { stopping: "epoch" },
    commands: ["stop-epoch"],
  },
  { name: "ignores b outside the question", keys: ["b"], after: {}, commands: [] },
  {
    name: "stops after the batch instead of the epoch, then aborts, at Ctrl-C",
    keys: ["s", "ctrl-c", "ctrl-c"],
    after: { stopping: "abort" },
    commands: ["stop-epoch", "stop-batch", "abort"],
  },
  {
    name: "aborts once",
    keys: ["ctrl-c", "ctrl-c", "ctrl-c"],
    after: { stopping: "abort" },
    commands: ["stop-batch", "abort"],
  },
  {
    name: "never aborts at q, b or s",
    keys: ["ctrl-c", "q", "b", "q", "s"],
    after: { stopping: "batch" },
    commands: ["stop-batch"],
  },
  {
    name: "closes the question at Ctrl-C",
    keys: ["q", "ctrl-c"],
    after: { stopping: "batch" },
    commands: ["stop-batch"],
  },
  { name: "detaches at d", keys: ["d"], after: {}, commands: ["detach"] },
  {
    name: "does not detach if it cannot",
    keys: ["d"],
    context: { canDetach: false },
    after: {},
    commands: [],
  },
  {
    name: "does not stop a run that has ended",
    keys: ["s", "q", "ctrl-c"],
    context: { ended: true },
    after: {},
    commands: [],
  },
  {
    name: "quits at q when attached",
    keys: ["q"],
    context: { attached: true },
    after: {},
    commands: ["quit"],
  },
  {
    name: "quits at Ctrl-C when attached",
    keys: ["ctrl-c"],
    context: { attached: true },
    after: {},
    commands: ["quit"],
  },
  {
    name: "leaves a run that has ended",
    keys: ["q"],
    context: { attached: true, ended: true },
    after: {},
    commands: ["quit"],
  },
  {
    name: "asks before it stops a run when attached",
    keys: ["s"],
    context: { attached: true },
    after: { asking: true },
    commands: [],
  },
  {
    name: "stops a run when attached after the answer",
    keys: ["s", "s"],
    context: { attached: true },
    after: { stopping: "epoch" },
    commands: ["stop-epoch"],
  },
  {
    name: "does not stop a run when attached at any other answer",
    keys: ["s", "x"],
    context: { attached: true },
    after: {},
    commands: [],
  },
  { name: "opens and closes the help", keys: ["?", "?"], after: {}, commands: [] },
  { name: "closes the help at escape", keys: ["?", "escape"], after: {}, commands: [] },
  { name: "shows the log instead of the help", keys: ["?", "l"], after: { log: true }, commands: [] },
  {
    name: "shows the health instead of the log",
    keys: ["l", "v"],
    after: { health: true },
    commands: [],
  },
  { name: "shows the log instead of the health", keys: ["v", "l"], after: { log: true }, commands: [] },
  { name: "closes the health at v", keys: ["v", "v"], after: {}, commands: [] },
  { name: "closes the health at escape", keys: ["v", "escape"], after: {}, commands: [] },
  {
    name: "switches between pictures and latent space",
    keys: ["p"],
    after: { panel: "latent" },
    commands: [],
  },
  { name: "switches back", keys: ["p", "p"], after: {}, commands: [] },
  {
    name: "turns pages of samples",
    keys: ["left", "right"],
    after: {},
    commands: [{ page: -1 }, { page: 1 }],
  },
  {
    name: "steps through the past by one, by ten and to its beginning",
    keys: ["[", "]", "{", "}", "home"],
    after: {},
    commands: [{ step: -1 }, { step: 1 }, { step: -10 }, { step: 10 }, { step: -Infinity }],
  },
  ...["0", "end", "escape"].map((key) => ({
    name: `goes back to the present at ${key}`,
    keys: [key],
    before: inPast,
    after: {},
    commands: [],
  })),
  { name: "ignores unassigned keys", keys: ["x", "return", "up"], after: {}, commands: [] },
];

for (const { name, keys, context, before, after, commands } of TABLE) {
  Deno.test(`handleKey ${name}`, () => {
    let choices: Choices = { ...NO_CHOICES, ...before };
    const done: DashboardCommand[] = [];
    for (const key of keys) {
      const result = handleKey(choices, key, { ...owner, ...context });
      choices = result.choices;
      if (result.command !== undefined) done.push(result.command);
    }
    deepEqual({ choices, done }, { choices: { ...NO_CHOICES, ...after }, done: commands });
  });
}
