import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import groups from "../../data/emoji_groups.json" with { type: "json" };
import { emoji, type EmojiOptions } from "../../src/data/emoji.ts";
import { checkSelection, countEmoji, findEmoji } from "../../src/data/emoji_table.ts";
import { describeSource, openSource, sourceShape, SourceSpec } from "../../src/data/source.ts";

const silent = { log: () => {} };
const open = (options: EmojiOptions = {}, seed = 1) =>
  openSource(SourceSpec.parse(emoji(options)), { seed, ...silent });

/** The faults of a spec, one per line. */
function faults(options: object): string {
  const { error } = SourceSpec.safeParse({ source: "emoji", ...options });
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n") ?? "none";
}

const FACES = { subgroups: ["face-*"], testShare: 0 };

Deno.test("emoji() draws 2,465 emoji without variants by skin tone, in 12 groups, and a tenth of them tests", async () => {
  const { train, test, shape: [height, width], labelNames, name } = await open();
  deepEqual([name, height, width, train.count, test.count], ["emoji", 28, 28, 2218, 247]);
  equal(train.values.length, 2218 * 784);
  deepEqual(labelNames, Object.keys(groups));
  const names = new Set([...train.names!, ...test.names!]);
  ok(names.has("grinning face") && names.has("flag: Latvia") && !names.has("waving hand: dark skin tone"));
});

Deno.test("emoji() counts before the package is there what the package's table has", async () => {
  for (const skintones of [false, true]) {
    const found = await findEmoji({ skintones }, () => {});
    equal(found.length, skintones ? 4495 : 2465);
    for (const [group, subgroups] of Object.entries(groups)) {
      for (const subgroup of Object.keys(subgroups)) {
        const own = found.filter((one) => one.group === group && one.subgroup === subgroup);
        equal(countEmoji({ group, subgroups: [subgroup], skintones }), own.length, `${group} ${subgroup}`);
      }
    }
  }
});

Deno.test("emoji() draws white lines on black, smooth at their edges, at 28x28 and at 70x70", async () => {
  for (const size of [28, 70]) {
    const { train, shape: [height, width] } = await open({ ...FACES, size, limit: 1 });
    deepEqual([height, width, train.names], [size, size, ["grinning face"]]);
    const at = (row: number, column: number) =>
      train.values[Math.round(row * size / 72) * size + Math.round(column * size / 72)];
    // The SVG is 72 wide: a ring of radius 23 around (36, 36), an area of yellow in it, nothing in the corners.
    deepEqual([at(0, 0), at(2, 36), at(36, 2)], [0, 0, 0]);
    ok(at(13, 36) > 100, `the ring: ${at(13, 36)}`);
    ok(at(24, 36) > 20 && at(24, 36) < 60, `the yellow area: ${at(24, 36)}`);
    ok(new Set(train.values).size > 20, "more than two greys");
  }
});

Deno.test("emoji() gives the same bytes on every machine", async () => {
  const { train } = await open({ ...FACES, limit: 3 });
  deepEqual(train.names, ["grinning face", "grinning face with big eyes", "grinning face with smiling eyes"]);
  equal(
    createHash("sha256").update(train.values).digest("hex"),
    "f5843953263d034e0fd1dce06cde3bd1472bd3941336bc94a657065cd4709b27",
  );
  const large = await open({ ...FACES, limit: 3, size: 70 });
  equal(
    createHash("sha256").update(large.train.values).digest("hex"),
    "bb3e46437f2006737dbc02301a4798caab87cf234b24f63bcb024f38da159c52",
  );
});

Deno.test("emoji() draws another test split for another seed, and the same one for the same", async () => {
  const options = { group: "activities" };
  const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => open(options, seed)));
  deepEqual(first.test, again.test);
  deepEqual([first.test.count, other.test.count], [9, 9]);
  ok(first.test.names!.join() !== other.test.names!.join());
});

Deno.test("emoji() takes one group, some subgroups, variants by skin tone, a limit from an offset on", async () => {
  deepEqual((await open({ group: "component", testShare: 0 })).train.names, [
    "light skin tone",
    "medium-light skin tone",
    "medium skin tone",
    "medium-dark skin tone",
    "dark skin tone",
    "red hair",
    "curly hair",
    "white hair",
    "bald",
  ]);
  const cats = await open({ subgroups: ["cat-face", "monkey-face"], labels: "subgroup", testShare: 0 });
  deepEqual(cats.labelNames, ["cat-face", "monkey-face"]);
  deepEqual([...cats.train.labels!], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  const part = await open({ subgroups: ["cat-face"], offset: 7, limit: 5, testShare: 0 });
  deepEqual(part.train.names, cats.train.names!.slice(7, 9));
  deepEqual(part.train.values, cats.train.values.slice(7 * 784, 9 * 784));
  const hands = await open({ subgroups: ["hand-prop"], skintones: true, testShare: 0 });
  equal(hands.train.count, groups["people-body"]["hand-prop"][1]);
});

Deno.test("emoji() refuses unknown names, with the nearest known one", () => {
  equal(
    faults({ group: "animal-nature" }),
    `group: must be one of OpenMoji's groups, got "animal-nature" (did you mean "animals-nature"?)`,
  );
  equal(
    faults({ subgroups: ["face-*", "cat-faces"] }),
    `subgroups.1: must be one of OpenMoji's subgroups, got "cat-faces" (did you mean "cat-face"?)`,
  );
  equal(
    faults({ group: "flags", subgroups: ["face-*"] }),
    `subgroups.0: must be one of OpenMoji's subgroups of "flags", got "face-*" ` +
      "(known are flag, country-flag, subdivision-flag)",
  );
  equal(
    faults({ group: "component", offset: 9 }),
    "offset: must be below the number of emoji, 9, got 9",
  );
  equal(checkSelection({ group: "toString", skintones: false }).length, 1);
});

Deno.test("emoji() refuses sizes, lists and options of the wrong kind", () => {
  for (const size of [0, 7, 513, 28.5, -28, NaN, "28"]) ok(faults({ size }).startsWith("size: "), `${size}`);
  ok(faults({ subgroups: [] }).startsWith("subgroups: "));
  ok(faults({ limit: 0 }).startsWith("limit: "));
  ok(faults({ testShare: 1 }).startsWith("testShare: "));
  ok(faults({ labels: "grop" }).startsWith("labels: "));
  ok(faults({ skintone: true }).includes("skintone"));
});

Deno.test("emoji() is described without the package, with its licence", () => {
  const describe = (options: EmojiOptions) => describeSource(SourceSpec.parse(emoji(options)));
  equal(describe({}), "emoji: 2,218 + 247 images of 28x28 by OpenMoji (CC BY-SA 4.0)");
  equal(describe({ ...FACES, size: 70 }), "emoji: 119 images of 70x70 by OpenMoji (CC BY-SA 4.0)");
  equal(describe({ limit: 50, offset: 2460 }), "emoji: 4 + 1 images of 28x28 by OpenMoji (CC BY-SA 4.0)");
  deepEqual(sourceShape(SourceSpec.parse(emoji({ size: 70 }))), [70, 70, 1]);
});

Deno.test("emoji() logs what takes long", async () => {
  const lines: string[] = [];
  const spec = SourceSpec.parse(emoji({ ...FACES, limit: 2 }));
  await openSource(spec, { seed: 1, log: (line) => lines.push(line) });
  const drawing = "Drawing 2 emoji of 28x28 from OpenMoji's SVGs (CC BY-SA 4.0): about a millisecond each";
  equal(lines.at(-1), drawing);
});

Deno.test("emoji() draws red, green and blue with color: true, on the background", async () => {
  const { train, shape } = await open({ ...FACES, color: true, size: 36, limit: 1 });
  deepEqual([shape, train.values.length, train.values instanceof Uint8Array], [
    [36, 36, 3],
    36 * 36 * 3,
    true,
  ]);
  const at = (row: number, column: number) => [...train.values.subarray(3 * (36 * row + column)).slice(0, 3)];
  // The yellow of OpenMoji's faces is #FCEA2B; the corner is transparent.
  deepEqual([at(0, 0), at(11, 18)], [[255, 255, 255], [252, 234, 43]]);
  const orange = await open({ ...FACES, color: true, size: 36, limit: 1, background: "#ff8000" });
  deepEqual([...orange.train.values.subarray(0, 3)], [255, 128, 0]);
  deepEqual(sourceShape(SourceSpec.parse(emoji({ color: true, size: 70 }))), [70, 70, 3]);
});

Deno.test("emoji() refuses a background of grey pictures, and what is no colour", () => {
  equal(
    faults({ background: "black" }),
    `background: needs color: true, got "black" (grey pictures are on black)`,
  );
  equal(
    faults({ color: true, background: "noir" }),
    `background: must be a colour as in "white", "black" or "#ff8000"`,
  );
});
