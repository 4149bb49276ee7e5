import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { PreviewView } from "../../../src/run/fold/view.ts";
import { featureLines, featuresHeight } from "../../../src/ui/panels/features.ts";

const item = (label: string, target: number[], output: number[]) => ({
  label,
  target: "",
  input: "",
  output: "",
  values: { target, output },
});

const PREVIEW: PreviewView = {
  stage: "train",
  epoch: 3,
  height: 1,
  width: 3,
  features: ["mean radius", "worst area", "ash"],
  items: [
    item("tumour 1", [17.99, 2019, 0.5], [15.21, 1010.53, 0.5]),
    item("tumour 2", [12, 500, 0.75], [12.5, 505, 0.25]),
  ],
};

Deno.test("featureLines() lists features with value, reconstruction and difference, the largest of all samples first", () => {
  deepEqual(featureLines(PREVIEW, { width: 60, height: 9 }, 0, 0), [
    "sample 1 of 2: tumour 1  3 features",
    "feature           value  reconstr. difference",
    "mean radius       17.99      15.21 █████████████████████████",
    "worst area         2019     1010.5 █████████████████████████",
    "ash                 0.5        0.5 ",
  ]);
});

Deno.test("featureLines() shows the sample at an offset, the last one beyond it", () => {
  for (const offset of [1, 7]) {
    const [title, , first] = featureLines(PREVIEW, { width: 60, height: 9 }, offset, 0);
    ok(title.startsWith("sample 2 of 2: tumour 2"), title);
    ok(first.startsWith("ash                0.75       0.25 ███"), first);
  }
});

Deno.test("featureLines() fits any size, and states how many features are left out", () => {
  for (const width of [1, 12, 40, 200]) {
    for (const height of [0, 1, 2, 3, 50]) {
      const lines = featureLines(PREVIEW, { width, height }, 0, 0);
      ok(lines.length <= height && lines.every((line) => [...line].length <= width), `${width} by ${height}`);
    }
  }
  const [title] = featureLines(PREVIEW, { width: 80, height: 3 }, 0, 0);
  equal(title, "sample 1 of 2: tumour 1  1 of 3 features, the largest differences");
  equal(featuresHeight(PREVIEW), 5);
});

Deno.test("featureLines() shows a number that is missing as a question mark", () => {
  const damaged = { ...PREVIEW, items: [{ ...PREVIEW.items[0], values: undefined }] };
  ok(featureLines(damaged, { width: 60, height: 9 }, 0, 0)[2].includes("?"));
});
