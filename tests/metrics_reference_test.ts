/** Holds docs/metrics.md to the metrics that the stages measure. `UPDATE_METRICS=1 deno test -A tests/metrics_reference_test.ts` writes it. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { Metric } from "../src/pipeline/metric.ts";
import { MEANINGS } from "../src/report/metric_dictionary.ts";
import { directionText, namedMetric, parseMetric } from "../src/report/metric_names.ts";
import { mustRun } from "./stages/fake_run.ts";
import { MEASURING_STAGES } from "./stages/every_metric.ts";

const PAGE = new URL("../docs/metrics.md", import.meta.url);

const HEAD = `# Metrics

What the shipped stages measure. \`artifacts/metrics.json\` holds the value of each by stage and name, and under \`$info\` its unit,
direction, split, estimator and 95 % interval. A metric with an interval is followed by its ends, \`NAMELow\` and \`NAMEHigh\`.

- \`train.NAME\` is measured on the train split; metrics without a prefix are measured on the test split.
- \`NAME@0.3\` is measured under Gaussian noise of standard deviation 0.3, \`NAME@flips0.1\` with 10 % of the pixels flipped.
- \`repeated.NAME\` is measured after several passes through the model.
- \`NAME.X\` and \`X.NAME\` are the metric of X alone: a score, an attribute, or a kind of input.

What is per pixel is a mean over all values of a picture: of colour, each channel of a pixel counts by itself, so \`mse\` is the mean of
height x width x 3 squared errors. Where pixels are counted as right or wrong, a pixel in colour is wrong if any of its channels is.
Sharpness is that of the luminance of colour pictures, \`0.299 R + 0.587 G + 0.114 B\`; distances between pictures are Euclidean over all
values.

`;

/** The metrics of each kind of stage by their base names. */
async function measured(): Promise<Map<string, Map<string, Metric>>> {
  const kinds = new Map<string, Map<string, Metric>>();
  for (const { stage, inputs } of MEASURING_STAGES) {
    const { metrics } = await mustRun(stage, { inputs });
    const own = kinds.get(stage.kind) ?? new Map<string, Metric>();
    kinds.set(stage.kind, own);
    for (const [name, metric] of Object.entries(metrics)) {
      const base = parseMetric(name).base.replace(/^size\d+$/, "size");
      if (!own.has(base)) own.set(base, metric);
      const { unit } = own.get(base)!;
      // What is of a pixel in pictures is of a feature in vectors.
      equal(
        metric.unit.replace("/feature", "/pixel"),
        unit,
        `${stage.kind}: ${name} has the unit of ${base}`,
      );
    }
  }
  return kinds;
}

const KINDS = await measured();

/** The rows of the page. */
function rows(): string[][] {
  return [...KINDS].flatMap(([kind, metrics]) =>
    [...metrics].map(([base, metric]) => {
      const { unit, direction, meaning = "" } = namedMetric(base, metric);
      return [kind, `\`${base === "size" ? "size1" : base}\``, unit!, directionText(direction), meaning];
    })
  );
}

function pageText(): string {
  const table = (kind: string) =>
    rows().filter(([own]) => own === kind).map(([, ...cells]) =>
      `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
    ).join("\n");
  return HEAD +
    [...KINDS.keys()].map((kind) =>
      `## ${kind}\n\n| metric | unit | better | meaning |\n| --- | --- | --- | --- |\n${table(kind)}\n`
    ).join("\n");
}

/** Text without the padding that the formatter adds. */
const plain = (text: string) => text.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").trim();

Deno.test("docs/metrics.md lists every metric of the shipped stages with unit, direction and meaning", async () => {
  if (Deno.env.get("UPDATE_METRICS")) await Deno.writeTextFile(PAGE, pageText());
  equal(plain(await Deno.readTextFile(PAGE)), plain(pageText()));
});

Deno.test("MEANINGS has a text for every metric of the shipped stages, and for no other", () => {
  const bases = [...KINDS.values()].flatMap((metrics) => [...metrics.keys()]);
  deepEqual([...new Set(bases)].filter((base) => !Object.hasOwn(MEANINGS, base)), [], "without a text");
  deepEqual(Object.keys(MEANINGS).filter((base) => !bases.includes(base)), [], "that no stage measures");
});

Deno.test("stages state the split of what they measure on one", () => {
  for (const [kind, metrics] of KINDS) {
    if (["evaluate", "latentSpace", "anomaly", "arithmetic", "sharpness"].includes(kind)) {
      for (const [name, { split }] of metrics) {
        ok(split !== undefined || name === "importanceSamples", `${kind}: ${name}`);
      }
    }
  }
});
