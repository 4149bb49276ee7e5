import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { glyphs } from "../../src/data/glyphs.ts";
import { idx } from "../../src/data/idx.ts";
import { images } from "../../src/data/images.ts";
import { mnist } from "../../src/data/mnist.ts";
import { describeSource, sourceShape, SourceSpec } from "../../src/data/source.ts";

const parse = (input: unknown) => SourceSpec.parse(input);
function faults(input: unknown): string {
  const parsed = SourceSpec.safeParse(input);
  return parsed.success
    ? "none"
    : parsed.error.issues.map(({ path, message }) => `${path}: ${message}`).join("\n");
}

Deno.test("SourceSpec fills in the defaults of what the factories give", () => {
  deepEqual(parse(glyphs()), { source: "glyphs" });
  deepEqual(parse(mnist()), { source: "mnist", offset: 0 });
  deepEqual(parse(mnist({ limit: 9 })), { source: "mnist", limit: 9, offset: 0 });
  const rules = { missing: "refuse", infinite: "refuse" };
  deepEqual(parse(idx({ images: "a" })), {
    source: "idx",
    images: "a",
    transpose: false,
    offset: 0,
    ...rules,
  });
  deepEqual(parse(images("b")), {
    source: "images",
    folder: "b",
    channels: 1,
    fit: "stretch",
    background: "white",
    frames: "first",
    onBroken: "fail",
    split: "auto",
    testShare: 0.1,
    maxPixels: 120_000_000,
  });
});

Deno.test("SourceSpec gives plain data that survives JSON", () => {
  const spec = parse(idx({ images: "a", labels: "b", testShare: 0.2 }));
  deepEqual(parse(JSON.parse(JSON.stringify(spec))), spec);
});

Deno.test("SourceSpec refuses unknown and invalid options", () => {
  match(faults({ source: "mnist", limt: 3 }), /limt/);
  match(faults({ source: "emojis" }), /source/);
  match(faults(mnist({ limit: 0 })), /^limit: /);
  match(faults(mnist({ offset: 60_000 })), /^offset: /);
  match(faults(images("b", { testShare: 1 })), /^testShare: /);
  match(faults(images("b", { height: 28 })), /^height: 'height' and 'width' belong together/);
  match(faults(idx({ images: "a", testLabels: "b" })), /^testLabels: 'testLabels' belong to 'testImages'/);
  match(faults(idx({ images: "a", testImages: "b", testShare: 0.1 })), /^testShare: .*leave one of them out/);
});

Deno.test("describeSource counts without reading where it can", () => {
  equal(describeSource(parse(glyphs())), "glyphs: 32 images of 7x5");
  equal(describeSource(parse(mnist())), "mnist: 60,000 + 10,000 images of 28x28");
  equal(
    describeSource(parse(mnist({ limit: 5_000, offset: 58_000, testLimit: 10 }))),
    "mnist: 2,000 + 10 images of 28x28",
  );
  equal(describeSource(parse(idx({ images: "no/such.idx" }))), "idx: no/such.idx");
  equal(describeSource(parse(images("cats"))), "images: cats");
  equal(describeSource(parse(images("cats", { height: 32, width: 24 }))), "images: cats, scaled to 32x24");
});

Deno.test("sourceShape returns what can be known without reading data", () => {
  deepEqual(sourceShape(parse(glyphs())), [7, 5, 1]);
  deepEqual(sourceShape(parse(mnist())), [28, 28, 1]);
  deepEqual(sourceShape(parse(images("cats", { height: 32, width: 24 }))), [32, 24, 1]);
  equal(sourceShape(parse(images("cats"))), undefined);
  equal(sourceShape(parse(idx({ images: "no/such.idx" }))), undefined);
});
