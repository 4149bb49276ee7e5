import { ok, strictEqual as equal } from "node:assert/strict";
import { type Audit, auditImages } from "../../../src/analysis/novelty/audit.ts";
import type { Dataset, Split } from "../../../src/data/dataset.ts";
import { pickFromSplit } from "../../../src/data/parts.ts";
import { openSource } from "../../../src/data/source.ts";
import { assertClose } from "../../support/close.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { wasm } from "../hand_models.ts";

// 2,000 training digits, 400 held-out ones and 400 more, by turns out of the same 800.
const PIXELS = 784, COUNT = 400;
const digits = await openSource({ source: "mnist", offset: 0, limit: 2000, testLimit: 2 * COUNT }, {
  seed: 1,
  log() {},
});
const everySecond = (from: number) =>
  pickFromSplit(digits.test, PIXELS, Array.from({ length: COUNT }, (_, row) => 2 * row + from));
const dataset: Dataset = { ...digits, test: everySecond(0) };
const values = ({ values: images }: Split) => Float32Array.from(images, (byte) => byte / 255);
const settings = { heldOut: COUNT, near: 0.05, far: 0.95, k: 5, components: 32, cells: 3 };
const audit = (generated: Float32Array) =>
  auditImages({ engine: wasm, dataset, generated, settings, seed: 1 });
const share = ({ kinds }: Audit, kind: string) => kinds.filter((own) => own === kind).length / COUNT;
const density = ({ filled }: Audit) => filled!.densities.reduce((sum, value) => sum + value, 0) / COUNT;

Deno.test("auditImages finds nothing wrong with real digits that were held out", () => {
  const found = audit(values(everySecond(1)));
  // By the thresholds 5 % of them each; four standard errors, of the quantile and of the count.
  assertClose(
    [share(found, "nearDuplicate"), share(found, "offManifold")],
    [0.05, 0.05],
    { absolute: 0.06 },
    "kinds",
  );
  assertClose(
    [found.authentic.count / COUNT],
    [found.realAuthentic!.count / COUNT],
    { absolute: 0.13 },
    "AuthPct",
  );
  assertClose([density(found)], [1], { absolute: 0.3 }, "density");
  assertClose([found.filled!.covered / COUNT], [0.969], { absolute: 0.06 }, "coverage");
  ok(Math.abs(found.copying!.cT) < 2.5, `C_T ${found.copying!.cT}`);
  equal(found.missing.length, 0);
});

Deno.test("auditImages calls training digits near duplicates, under a little noise too", () => {
  const copies = values(
    pickFromSplit(dataset.train, PIXELS, Array.from({ length: COUNT }, (_, row) => 5 * row)),
  );
  const noise = normalNumbers(copies.length, 1, 0.02);
  for (const generated of [copies, copies.map((value, at) => value + noise[at])]) {
    const found = audit(generated);
    equal(share(found, "nearDuplicate"), 1);
    equal(found.authentic.count, 0);
    ok(found.nearest.every((image, row) => image === 5 * row));
    ok(found.copying!.cT < -6, `C_T ${found.copying!.cT}`);
  }
});

Deno.test("auditImages calls noise off the manifold, and finds no real digit covered", () => {
  const noise = normalNumbers(COUNT * PIXELS, 2).map((value) => Math.min(1, Math.abs(value)));
  const found = audit(noise);
  equal(share(found, "offManifold"), 1);
  equal(found.authentic.count, COUNT);
  equal(density(found) + found.filled!.covered, 0);
});

Deno.test("auditImages sees a model that makes one good digit again and again: it covers little", () => {
  const one = values(everySecond(1)).subarray(0, PIXELS);
  const found = audit(Float32Array.from({ length: COUNT * PIXELS }, (_, at) => one[at % PIXELS]));
  ok(found.filled!.covered / COUNT < 0.1);
});
