import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { createHash } from "node:crypto";
import { faces, type FacesOptions } from "../../src/data/faces.ts";
import {
  ATTRIBUTES,
  attributeValues,
  drawLooks,
  type FaceAttribute,
} from "../../src/data/face_attributes.ts";
import { describeSource, openSource, sourceShape, SourceSpec } from "../../src/data/source.ts";

const open = (options: FacesOptions = {}, seed = 42) =>
  openSource(SourceSpec.parse(faces({ testShare: 0, ...options })), { seed, log: () => {} });

function faults(options: object): string {
  const { error } = SourceSpec.safeParse({ source: "faces", ...options });
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n") ?? "none";
}

Deno.test("faces() draws 1,000 faces of 70x70 by default, a tenth of them for the test", () => {
  const spec = SourceSpec.parse(faces());
  deepEqual(spec, { source: "faces", count: 1000, size: 70, labels: "hair", testShare: 0.1 });
  equal(
    describeSource(spec),
    "faces: 900 + 100 images of 70x70 in the style Personas by Draftbit (CC BY 4.0)",
  );
  deepEqual(sourceShape(spec), [70, 70, 1]);
});

Deno.test("faces() draws the requested count, in each size, the largest included", async () => {
  for (
    const [options, count, size] of [[{ count: 3 }, 3, 70], [
      { count: 9, limit: 2, size: 28 },
      2,
      28,
    ]] as const
  ) {
    const { train, test, shape: [height, width] } = await open(options);
    deepEqual([train.count, height, width, train.values.length], [count, size, size, count * size * size]);
    equal(test, train);
  }
  const { train, test } = await open({ count: 10, testShare: 0.3 });
  deepEqual([train.count, test.count], [7, 3]);
});

Deno.test("faces() makes face i of the seed and i alone", async () => {
  const few = await open({ count: 4 }), many = await open({ count: 9 }), other = await open({ count: 4 }, 43);
  deepEqual(few.train.values, many.train.values.slice(0, 4 * 4900));
  deepEqual(few.train.labels, many.train.labels!.slice(0, 4));
  deepEqual(few.train.names, ["face 0", "face 1", "face 2", "face 3"]);
  notDeepEqual(few.train.values, other.train.values);
  const rows = Array.from(
    { length: 9 },
    (_, face) => many.train.values.slice(face * 4900, (face + 1) * 4900).join(),
  );
  equal(new Set(rows).size, 9);
});

Deno.test("faces() gives the same bytes on every machine", async () => {
  const { train } = await open({ count: 4 });
  equal(
    createHash("sha256").update(train.values).digest("hex"),
    "9db35496d90369732bd0d9e77079ac84dd450d00ef0ec6f3a524097c727c1951",
  );
});

Deno.test("faces() draws heads on black, of many greys", async () => {
  const { train } = await open({ count: 20 });
  for (let face = 0; face < 20; face++) {
    const image = train.values.subarray(face * 4900, (face + 1) * 4900);
    deepEqual([image[0], image[69]], [0, 0], "corners");
    ok(image[42 * 70 + 35] > 100, "the middle of the face");
    ok(new Set(image).size > 30);
  }
});

Deno.test("faces() labels by any attribute, the same faces", async () => {
  const looks = drawLooks(6, 42);
  const pictures = new Set<string>();
  for (const labels of Object.keys(ATTRIBUTES) as FaceAttribute[]) {
    const { labelNames, train } = await open({ count: 6, labels });
    deepEqual(Array.from(train.labels!, (label) => labelNames![label]), looks.map((look) => look[labels]));
    pictures.add(createHash("sha256").update(train.values).digest("hex"));
  }
  equal(pictures.size, 1);
});

Deno.test("drawLooks pins its first looks", () => {
  deepEqual(drawLooks(2, 42).map((look) => Object.values(look).join(" ")), [
    "shortCombover wink smile smallRound none tan brown",
    "bobCut glasses lips smallRound none brown brown",
  ]);
});

Deno.test("drawLooks draws all values of an attribute equally often and none in its share", () => {
  const count = 20_000, looks = drawLooks(count, 7);
  for (const name of Object.keys(ATTRIBUTES) as FaceAttribute[]) {
    const values = attributeValues(name);
    const share = name === "facialHair" ? 0.2 / 4 : 1 / values.length;
    for (const value of values) {
      const expected = value === "none" ? 0.8 : share;
      const found = looks.filter((look) => look[name] === value).length / count;
      // Five standard deviations of a share of 20,000 draws.
      const margin = 5 * Math.sqrt(expected * (1 - expected) / count);
      ok(Math.abs(found - expected) < margin, `${name} ${value}: ${found} for ${expected}`);
    }
  }
});

Deno.test("faces() names only what the style has", async () => {
  const { schema } = await import("@dicebear/personas");
  const known = schema.properties as Record<string, { items?: { enum?: string[] } }>;
  for (const name of ["hair", "eyes", "mouth", "nose", "facialHair"] as const) {
    for (const value of ATTRIBUTES[name].values) {
      ok(known[name].items!.enum!.includes(value), `${name} ${value}`);
    }
  }
});

Deno.test("faces() refuses counts, sizes and labels that are not allowed", () => {
  for (const count of [0, -1, 1.5, 20_001, "9"]) ok(faults({ count }).startsWith("count: "), String(count));
  for (const size of [7, 513, 70.5]) ok(faults({ size }).startsWith("size: "), String(size));
  ok(faults({ labels: "glasses" }).startsWith("labels: "));
  ok(faults({ limit: 0 }).startsWith("limit: "));
  ok(faults({ offset: 3 }).includes("offset"));
});

Deno.test("faces() logs what takes long", async () => {
  const lines: string[] = [];
  await openSource(SourceSpec.parse(faces({ count: 2 })), { seed: 1, log: (line) => lines.push(line) });
  deepEqual(lines, [
    "Drawing 2 faces of 70x70 in the style Personas (Draftbit, CC BY 4.0): about three milliseconds each",
  ]);
});

Deno.test("faces() draws the same faces in colour with color: true, on the background", async () => {
  const grey = await open({ count: 2 });
  const { train, shape } = await open({ count: 2, color: true, background: "black" });
  deepEqual([shape, train.values.length], [[70, 70, 3], 2 * 70 * 70 * 3]);
  deepEqual(train.labels, grey.train.labels);
  // Grey pictures are the luminance (ITU-R BT.601) of the colour pictures on black.
  const luminance = Array.from(
    grey.train.values,
    (_, pixel) => {
      const [red, green, blue] = train.values.subarray(3 * pixel, 3 * pixel + 3);
      return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    },
  );
  deepEqual([...grey.train.values], luminance);
  const white = await open({ count: 1, color: true });
  deepEqual([...white.train.values.subarray(0, 3)], [255, 255, 255]);
  ok(faults({ background: "white" }).startsWith("background: needs color: true"));
});
