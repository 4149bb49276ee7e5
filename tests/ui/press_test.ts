import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { type Choices, NO_CHOICES } from "../../src/ui/choices.ts";
import { type Deed, type Ground, press } from "../../src/ui/press.ts";
import { initialView } from "../../src/ui/reduce.ts";

const owner: Ground = { looksOn: false, canDetach: true, ended: false };
const inPast: Partial<Choices> = {
  past: { order: 3, stage: "train", epoch: 4, view: initialView(), preview: 0 },
};

/** What keys, one after the other, change and ask for. */
const TABLE: {
  name: string;
  keys: string[];
  ground?: Partial<Ground>;
  before?: Partial<Choices>;
  after: Partial<Choices>;
  deeds: Deed[];
}[] = [
  { name: "asks how to stop at q", keys: ["q"], after: { asking: true }, deeds: [] },
  { name: "goes on at escape", keys: ["q", "escape"], after: {}, deeds: [] },
  { name: "goes on at any key that is no answer", keys: ["q", "x"], after: {}, deeds: [] },
  { name: "does not open the log while it asks", keys: ["q", "l"], after: {}, deeds: [] },
  {
    name: "stops after the epoch at q s",
    keys: ["q", "s"],
    after: { stopping: "epoch" },
    deeds: ["stop-epoch"],
  },
  {
    name: "stops after the batch at q b",
    keys: ["q", "b"],
    after: { stopping: "batch" },
    deeds: ["stop-batch"],
  },
  { name: "detaches at q d", keys: ["q", "d"], after: {}, deeds: ["detach"] },
  { name: "stops after the epoch at s", keys: ["s"], after: { stopping: "epoch" }, deeds: ["stop-epoch"] },
  {
    name: "asks a run to stop only once",
    keys: ["s", "s"],
    after: { stopping: "epoch" },
    deeds: ["stop-epoch"],
  },
  { name: "takes b for no key of its own", keys: ["b"], after: {}, deeds: [] },
  {
    name: "hurries from the epoch to the batch, then aborts, at Ctrl-C",
    keys: ["s", "ctrl-c", "ctrl-c"],
    after: { stopping: "abort" },
    deeds: ["stop-epoch", "stop-batch", "abort"],
  },
  {
    name: "aborts once",
    keys: ["ctrl-c", "ctrl-c", "ctrl-c"],
    after: { stopping: "abort" },
    deeds: ["stop-batch", "abort"],
  },
  {
    name: "never aborts at q, b or s",
    keys: ["ctrl-c", "q", "b", "q", "s"],
    after: { stopping: "batch" },
    deeds: ["stop-batch"],
  },
  {
    name: "closes the question at Ctrl-C",
    keys: ["q", "ctrl-c"],
    after: { stopping: "batch" },
    deeds: ["stop-batch"],
  },
  { name: "detaches at d", keys: ["d"], after: {}, deeds: ["detach"] },
  { name: "detaches only where it can", keys: ["d"], ground: { canDetach: false }, after: {}, deeds: [] },
  {
    name: "stops nothing that has ended",
    keys: ["s", "q", "ctrl-c"],
    ground: { ended: true },
    after: {},
    deeds: [],
  },
  {
    name: "leaves at q when it looks on",
    keys: ["q"],
    ground: { looksOn: true },
    after: {},
    deeds: ["quit"],
  },
  {
    name: "leaves at Ctrl-C when it looks on",
    keys: ["ctrl-c"],
    ground: { looksOn: true },
    after: {},
    deeds: ["quit"],
  },
  {
    name: "leaves a run that has ended",
    keys: ["q"],
    ground: { looksOn: true, ended: true },
    after: {},
    deeds: ["quit"],
  },
  {
    name: "asks before it stops a run that it looks at",
    keys: ["s"],
    ground: { looksOn: true },
    after: { asking: true },
    deeds: [],
  },
  {
    name: "stops a run that it looks at once it is told how",
    keys: ["s", "s"],
    ground: { looksOn: true },
    after: { stopping: "epoch" },
    deeds: ["stop-epoch"],
  },
  {
    name: "leaves a run that it looks at alone at any other answer",
    keys: ["s", "x"],
    ground: { looksOn: true },
    after: {},
    deeds: [],
  },
  { name: "opens and closes the help", keys: ["?", "?"], after: {}, deeds: [] },
  { name: "closes the help at escape", keys: ["?", "escape"], after: {}, deeds: [] },
  { name: "shows the log in the place of the help", keys: ["?", "l"], after: { log: true }, deeds: [] },
  { name: "shows the health in the place of the log", keys: ["l", "v"], after: { health: true }, deeds: [] },
  { name: "shows the log in the place of the health", keys: ["v", "l"], after: { log: true }, deeds: [] },
  { name: "closes the health at v", keys: ["v", "v"], after: {}, deeds: [] },
  { name: "closes the health at escape", keys: ["v", "escape"], after: {}, deeds: [] },
  { name: "switches between pictures and latent space", keys: ["p"], after: { panel: "latent" }, deeds: [] },
  { name: "and back", keys: ["p", "p"], after: {}, deeds: [] },
  { name: "turns pages of samples", keys: ["left", "right"], after: {}, deeds: [{ page: -1 }, { page: 1 }] },
  {
    name: "steps through the past by one, by ten and to its beginning",
    keys: ["[", "]", "{", "}", "home"],
    after: {},
    deeds: [{ step: -1 }, { step: 1 }, { step: -10 }, { step: 10 }, { step: -Infinity }],
  },
  ...["0", "end", "escape"].map((key) => ({
    name: `goes back to the present at ${key}`,
    keys: [key],
    before: inPast,
    after: {},
    deeds: [],
  })),
  { name: "ignores what is no key", keys: ["x", "return", "up"], after: {}, deeds: [] },
];

for (const { name, keys, ground, before, after, deeds } of TABLE) {
  Deno.test(`press ${name}`, () => {
    let choices: Choices = { ...NO_CHOICES, ...before };
    const done: Deed[] = [];
    for (const key of keys) {
      const pressed = press(choices, key, { ...owner, ...ground });
      choices = pressed.choices;
      if (pressed.deed !== undefined) done.push(pressed.deed);
    }
    deepEqual({ choices, done }, { choices: { ...NO_CHOICES, ...after }, done: deeds });
  });
}
