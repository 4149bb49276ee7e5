import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { explore, MORPH_STEPS } from "../../../src/ui/explorer/explore.ts";
import { harmlessModel, nearestSample } from "../../../src/ui/explorer/model.ts";
import {
  type Action,
  type ExplorerState,
  initialState,
  otherStep,
  roundStep,
} from "../../../src/ui/explorer/state.ts";
import { centre, fakeModel, fakeSamples } from "./fake_model.ts";

const plane = fakeModel(2), space = fakeModel(4);
const after = (actions: readonly Action[], model = plane) =>
  actions.reduce((state, action) => explore(state, action, model), initialState(model));
const move = (across: number, up: number): Action => ({ type: "move", across, up });
const next = (what: "sample" | "label" | "draw", by: 1 | -1 = 1): Action => ({ type: "next", what, by });
const axis = (axis: 0 | 1, by: 1 | -1 = 1): Action => ({ type: "axis", axis, by });
const typed = (what: "sample" | "label", text: string): Action[] => [
  { type: "ask", what },
  { type: "text", text },
  { type: "submit" },
];
const ORIGIN: Action = { type: "origin" };
const markA: Action = { type: "mark", which: "a" }, markB: Action = { type: "mark", which: "b" };
const ticks = (count: number): Action[] => Array.from({ length: count }, () => ({ type: "tick" }));
const walk: Action[] = [next("label"), markA, next("label"), markB, { type: "morph" }];

interface Case {
  readonly name: string;
  readonly model?: typeof plane;
  readonly actions: readonly Action[];
  see(state: ExplorerState): unknown;
  readonly expected: unknown;
}

const MOVES: Case[] = [
  {
    name: "starts at the first sample",
    actions: [],
    see: ({ here, last }) => [here, last.sample],
    expected: [{ point: fakeSamples().point(0), name: "test image 0 (0)", sample: 0 }, 0],
  },
  {
    name: "starts at the origin where there are no samples",
    model: fakeModel(2, { samples: null }),
    actions: [],
    see: ({ here, axes }) => [here.point, axes],
    expected: [[0, 0], [0, 1]],
  },
  {
    name: "starts in the plane of the two most informative dimensions",
    model: fakeModel(4, { order: [2, 0, 3, 1] }),
    actions: [],
    see: ({ here, axes }) => [axes, here.sample],
    expected: [[2, 0], 0],
  },
  {
    name: "moves by whole steps, without rounding errors of binary fractions",
    actions: [ORIGIN, move(1, 0), move(1, 0), move(1, 0), move(0, -5)],
    see: ({ here }) => here,
    expected: { point: [0.3, -0.5], name: "", sample: null },
  },
  {
    name: "makes steps larger by 1, 2, 5",
    actions: [ORIGIN, { type: "step", by: 1 }, { type: "step", by: 1 }, move(1, 1)],
    see: ({ here, step }) => [step, here.point],
    expected: [0.5, [0.5, 0.5]],
  },
  {
    // x: from 1 past 2, which is the other axis, to 3; y: from 2 past 3 to 4.
    name: "moves along the chosen pair of dimensions",
    model: space,
    actions: [ORIGIN, axis(0), axis(1), move(1, 2)],
    see: ({ here, axes }) => [axes, here.point],
    expected: [[2, 3], [0, 0, 0.1, 0.2]],
  },
  {
    name: "turns round to the last dimension",
    model: space,
    actions: [axis(0, -1)],
    see: ({ axes }) => axes,
    expected: [3, 1],
  },
  { name: "swaps the axes of a plane", actions: [axis(0)], see: ({ axes }) => axes, expected: [1, 0] },
  {
    name: "moves in one dimension only to the sides",
    model: fakeModel(1),
    actions: [ORIGIN, move(2, 0), move(0, 3)],
    see: ({ here }) => here.point,
    expected: [0.2],
  },
  {
    name: "returns to the origin and keeps the marks",
    actions: [...walk, { type: "origin" }],
    see: ({ here, marks }) => [here.name, marks.a?.name, marks.b?.name],
    expected: ["origin", "mean of 0", "mean of 1"],
  },
];

const JUMPS: Case[] = [
  {
    name: "goes from the first sample to the next",
    actions: [next("sample")],
    see: ({ here }) => here,
    expected: { point: fakeSamples().point(1), name: "test image 1 (1)", sample: 1 },
  },
  {
    name: "goes from the start back to the last sample",
    actions: [next("sample", -1)],
    see: ({ here }) => here.sample,
    expected: 199,
  },
  {
    name: "continues from the last selected sample, wherever it has moved since",
    actions: [...typed("sample", "41"), move(3, 3), next("sample")],
    see: ({ here }) => here.sample,
    expected: 42,
  },
  {
    name: "goes to a sample by its number",
    actions: typed("sample", "123"),
    see: ({ here, entry }) => [here.name, entry],
    expected: ["test image 123 (3)", null],
  },
  {
    name: "reports the valid numbers",
    actions: typed("sample", "200"),
    see: ({ notice, here }) => [notice?.text, here.sample],
    expected: ['test image must be from 0 to 199, got "200"', 0],
  },
  {
    name: "goes to the mean of a label",
    actions: typed("label", "7"),
    see: ({ here }) => here,
    expected: { point: centre(7), name: "mean of 7", sample: null },
  },
  {
    name: "skips labels without images",
    model: fakeModel(2, { samples: { ...fakeSamples(), means: [null, [1, 2], null, [3, 4]] } }),
    actions: [next("label"), next("label", -1)],
    see: ({ here }) => here.name,
    expected: "mean of 3",
  },
  {
    name: "reports an unknown label",
    actions: typed("label", "seven"),
    see: ({ notice }) => notice,
    expected: { text: 'unknown label "seven"', bad: true },
  },
  {
    name: "erases what was typed",
    actions: [{ type: "ask", what: "sample" }, { type: "text", text: "12" }, { type: "erase" }],
    see: ({ entry }) => entry,
    expected: { what: "sample", text: "1" },
  },
  {
    name: "ignores control characters",
    actions: [{ type: "ask", what: "label" }, { type: "text", text: "a\u001b[2Jb\u0007" }],
    see: ({ entry }) => entry?.text,
    expected: "ab",
  },
  {
    name: "draws the same random points again",
    actions: [next("draw"), next("draw"), next("draw", -1)],
    see: ({ here, notice }) => [here, notice?.text],
    expected: [{ point: plane.draw(0), name: "draw 1", sample: null }, "draw 1 from the prior"],
  },
  {
    name: "says why there are no samples",
    model: fakeModel(2, { samples: null, notice: "no images: the folder is gone" }),
    actions: [],
    see: ({ notice }) => notice,
    expected: { text: "no images: the folder is gone", bad: true },
  },
  {
    name: "says that there are no samples to go to",
    model: fakeModel(2, { samples: null }),
    actions: [next("sample"), { type: "ask", what: "label" }],
    see: ({ notice, entry, here }) => [notice?.text, entry, here.name],
    expected: ["no images: the dataset of the run could not be opened", null, "origin"],
  },
];

const MORPHS: Case[] = [
  {
    name: "says what a morph needs",
    actions: [markA, { type: "morph" }],
    see: ({ morph, notice }) => [morph, notice?.text],
    expected: [null, "mark two points first: a marks A, b marks B"],
  },
  {
    name: "morphs from A",
    actions: walk,
    see: ({ here, morph }) => [here, morph?.playing],
    expected: [{ point: centre(0), name: "A to B, 0 %", sample: null }, true],
  },
  {
    name: "is half way after half of the steps",
    actions: [...walk, ...ticks(16)],
    see: ({ here }) => [here.name, here.point],
    expected: ["A to B, 50 %", centre(0).map((value, k) => 0.5 * value + 0.5 * centre(1)[k])],
  },
  {
    name: "reverses at B, and again at A",
    actions: [...walk, ...ticks(2 * (MORPH_STEPS - 1) + 1)],
    see: ({ morph }) => morph?.step,
    expected: 1,
  },
  {
    name: "pauses a morph",
    actions: [...walk, ...ticks(4), { type: "morph" }, ...ticks(3)],
    see: ({ morph }) => [morph?.step, morph?.playing],
    expected: [4, false],
  },
  {
    // Both ends have length 2: so has all of the great circle.
    name: "switches to the spherical path while a morph plays",
    actions: [...walk, { type: "path" }, ...ticks(16)],
    see: ({ here, path }) => [path, Math.hypot(...here.point).toFixed(9)],
    expected: ["spherical", "2.000000000"],
  },
  {
    name: "ends a morph when the cursor moves",
    actions: [...walk, move(1, 0)],
    see: ({ morph }) => morph,
    expected: null,
  },
  {
    name: "escapes from the help before the morph",
    actions: [...walk, { type: "toggle", what: "help" }, { type: "escape" }],
    see: ({ help, morph }) => [help, morph !== null],
    expected: [false, true],
  },
  {
    name: "keeps the notice at a tick",
    actions: [...walk, { type: "wrote", file: "runs/p/r/artifacts/explore-001.png" }, { type: "tick" }],
    see: ({ notice, written }) => [notice, written],
    expected: [
      { text: "wrote artifacts/explore-001.png", bad: false },
      ["runs/p/r/artifacts/explore-001.png"],
    ],
  },
  {
    name: "clears the notice at the next key",
    actions: [{ type: "notice", text: "so", bad: false }, move(1, 0)],
    see: ({ notice }) => notice,
    expected: null,
  },
];

for (const { name, model, actions, see, expected } of [...MOVES, ...JUMPS, ...MORPHS]) {
  Deno.test(`explore ${name}`, () => deepEqual(see(after(actions, model)), expected));
}

Deno.test("explore never changes the state it was given", () => {
  const freeze = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  };
  let state = initialState(plane);
  for (const action of [...walk, ...ticks(3), move(1, 1), axis(0), ...typed("sample", "5")]) {
    freeze(state);
    state = explore(state, action, plane);
  }
  equal(state.here.sample, 5);
});

Deno.test("roundStep rounds to 1, 2 or 5 times a power of ten, by ratio", () => {
  deepEqual([0.1, 0.034, 0.07, 0.08, 3, 4, 1234].map(roundStep), [0.1, 0.05, 0.05, 0.1, 2, 5, 1000]);
  deepEqual([0, NaN, Infinity, -1].map(roundStep), [0.1, 0.1, 0.1, 0.1]);
});

Deno.test("otherStep climbs by 1, 2, 5 and stays between a thousandth and a thousand", () => {
  const climb = (from: number, by: 1 | -1) =>
    [1, 2, 3, 4].reduce((steps) => [...steps, otherStep(steps.at(-1)!, by)], [from]);
  deepEqual(climb(0.1, 1), [0.1, 0.2, 0.5, 1, 2]);
  deepEqual(climb(0.01, -1), [0.01, 0.005, 0.002, 0.001, 0.001]);
  equal(otherStep(1000, 1), 1000);
});

Deno.test("nearestSample finds the smallest distance in all dimensions, and nothing without samples", () => {
  const samples = { ...fakeSamples(), latents: Float32Array.of(0, 0, 3, 4, 3, 3) };
  deepEqual(nearestSample(samples, [3, 1]), { index: 2, distance: 2 });
  equal(nearestSample({ ...samples, latents: new Float32Array() }, [0, 0]), undefined);
});

Deno.test("harmlessModel leaves no control sequence", async () => {
  const evil = "\u001b]0;x\u0007a\u001b[31m\nb", samples = fakeSamples();
  const model = harmlessModel(fakeModel(2, {
    title: [evil],
    notice: evil,
    source: evil,
    samples: { ...samples, noun: evil, labelNames: [evil], caption: () => evil },
    writePicture: () => Promise.resolve(evil),
  }));
  const { noun, labelNames, caption } = model.samples!;
  const texts = [model.title[0], model.notice, model.source, noun, labelNames[0], caption(0)];
  deepEqual([...texts, await model.writePicture([0, 0])], Array(7).fill("a b"));
});
