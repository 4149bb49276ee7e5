/**
 * Exact frames without colours, in tests/ui/explorer/frames. UPDATE_GOLDEN=1 rewrites them, for the difference to be read.
 *
 * @module
 */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { explore } from "../../../src/ui/explorer/explore.ts";
import { explorerLines } from "../../../src/ui/explorer/frame.ts";
import { type ExplorerModel, harmlessModel } from "../../../src/ui/explorer/model.ts";
import { type Action, initialState } from "../../../src/ui/explorer/state.ts";
import { displayWidth } from "../../../src/ui/text/text.ts";
import { fakeModel, fakeSamples } from "./fake_model.ts";

const plane = fakeModel(2), space = fakeModel(20);
const blind = fakeModel(2, { samples: null, notice: "no images: the folder is gone" });
const stateOf = (model: ExplorerModel, actions: readonly Action[]) =>
  actions.reduce((state, action) => explore(state, action, model), initialState(model));

const WALK: Action[] = [
  { type: "next", what: "label", by: 1 },
  { type: "mark", which: "a" },
  { type: "next", what: "sample", by: -1 },
  { type: "mark", which: "b" },
];
const HALF_WAY: Action[] = [
  ...WALK,
  { type: "path" },
  { type: "morph" },
  ...Array(16).fill({ type: "tick" }),
];
const ASKED: Action[] = [{ type: "ask", what: "label" }, { type: "text", text: "3" }];
const HELP: Action[] = [{ type: "toggle", what: "help" }];
const ALL: Action[] = [...WALK, { type: "toggle", what: "coordinates" }];
const AWAY: Action[] = [{ type: "mark", which: "a" }, { type: "move", across: 9, up: 9 }];

const FRAMES: [name: string, model: ExplorerModel, columns: number, rows: number, actions: Action[]][] = [
  ["start_80x24", plane, 80, 24, []],
  ["origin_80x24", plane, 80, 24, [{ type: "origin" }]],
  ["sample_80x24", plane, 80, 24, WALK],
  ["morph_60x20", plane, 60, 20, HALF_WAY],
  ["morph_200x50", plane, 200, 50, HALF_WAY],
  ["label_40x12", plane, 40, 12, [{ type: "origin" }, ...ASKED]],
  ["space_80x24", space, 80, 24, [...WALK, { type: "axis", axis: 0, by: 1 }]],
  ["coordinates_60x20", space, 60, 20, ALL],
  ["blind_80x24", blind, 80, 24, AWAY],
  ["help_80x24", plane, 80, 24, HELP],
];

for (const [name, model, columns, rows, actions] of FRAMES) {
  Deno.test(`explorerLines shows ${name} exactly`, async () => {
    const frame = explorerLines(stateOf(model, actions), model, { columns, rows, level: 0 })
      .map((line) => line.trimEnd());
    const file = new URL(`./frames/${name}.txt`, import.meta.url);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, frame.join("\n") + "\n");
    deepEqual(frame, (await Deno.readTextFile(file)).slice(0, -1).split("\n"));
  });
}

Deno.test("explorerLines has the same text with colours as without, but for the picture", () => {
  const state = stateOf(plane, WALK);
  // deno-lint-ignore no-control-regex
  const strip = (line: string) => line.replace(/\u001b\[[0-9;]*m/g, "");
  const left = (lines: string[]) => lines.map((line) => strip(line).slice(0, 48).trimEnd());
  const at = (level: 0 | 1 | 2 | 3) => explorerLines(state, plane, { columns: 80, rows: 24, level });
  for (const level of [1, 2, 3] as const) {
    deepEqual(left(at(level)), left(at(0)));
    equal(strip(at(level)[3]).slice(-28), "▀".repeat(28));
  }
});

const evil = "\u001b[2J長い名前\n".repeat(20);
const HOSTILE = harmlessModel(fakeModel(3, {
  title: [evil, evil],
  notice: evil,
  samples: { ...fakeSamples(3), labelNames: Array(10).fill(evil), caption: () => evil, noun: "image" },
}));
const BROKEN = fakeModel(2, {
  samples: {
    ...fakeSamples(2),
    latents: new Float32Array(20).fill(NaN),
    means: [[NaN, NaN]],
    point: () => [NaN, NaN],
  },
});
const WIDE = fakeModel(2, { height: 4, width: 900, decode: () => new Uint8Array(3600), samples: null });

const MODELS: [name: string, model: ExplorerModel][] = [
  ["a plane", plane],
  ["twenty dimensions", space],
  ["one dimension", fakeModel(1)],
  ["no samples", blind],
  ["hostile names", HOSTILE],
  ["latents that are no numbers", BROKEN],
  ["a wide picture", WIDE],
];
const SIZES = [[1, 1], [2, 5], [10, 2], [40, 10], [56, 14], [60, 20], [80, 24], [100, 16], [133, 60], [
  220,
  50,
]];

for (const [name, model] of MODELS) {
  Deno.test(`explorerLines is lower than the terminal and no wider, whatever its size: ${name}`, () => {
    for (const state of [[], HALF_WAY, HELP, ASKED, ALL, AWAY].map((actions) => stateOf(model, actions))) {
      for (const [columns, rows] of SIZES) {
        const lines = explorerLines(state, model, { columns, rows, level: 0 });
        equal(lines.length, Math.max(1, rows - 1), `lines at ${columns}x${rows}`);
        const widest = Math.max(...lines.map(displayWidth));
        equal(widest <= columns, true, `${widest} cells at ${columns}x${rows}:\n${lines.join("\n")}`);
        // deno-lint-ignore no-control-regex
        equal(/[\u0000-\u001f\u007f-\u009f]/.test(lines.join("")), false);
      }
    }
  });
}
