import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { comparisonPage } from "../../src/report/comparison/comparison.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { reportPage } from "../../src/report/page.ts";
import { readReportData } from "../../src/report/read_run.ts";
import type { ReportData } from "../../src/report/report_data.ts";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { modelOf } from "../stages/fake_run.ts";
import { digitRun } from "../ui/fake_run.ts";
import { PIXEL, RECORD, withRun } from "./fake_run_folder.ts";

/** A completed run in which every text from users or files is `text`. */
async function runOf(text: string): Promise<ReportData> {
  const stages = ["load", "train", "evaluate"];
  const record = {
    ...RECORD,
    id: text,
    pipeline: text,
    spec: { stages: stages.map((kind) => ({ name: kind, kind, options: { file: text } })) },
    overrides: [text],
    argv: ["run", text],
    engine: { name: text, threads: null, cores: 1 },
    git: { commit: text, dirty: true },
    versions: { hourglass: text },
    host: { name: text },
    reason: text,
  };
  const events = digitRun().map((event): RunEvent => {
    if (event.type === "run") return { ...event, engine: text };
    if (event.type === "stage") return { ...event, note: text };
    if (event.type === "training") return { ...event, unit: text, model: text };
    if (event.type === "preview") {
      return { ...event, items: event.items.map((item) => ({ ...item, label: text })) };
    }
    if (event.type === "latent") return { ...event, labelNames: event.labelNames.map(() => text) };
    if (event.type === "artifact") return { ...event, file: "artifacts/a.png", title: text };
    if (event.type === "warning" || event.type === "log") return { ...event, message: text };
    return event;
  });
  const metrics = { evaluate: { [`m ${text}`]: 1 } };
  const model = modelOf({ kind: "vae", encoder: [784, 4] });
  let data: ReportData | undefined;
  const files = {
    "novelty.json": JSON.stringify({
      unit: text,
      thresholds: { [text]: 1 },
      heldOut: [1, 2],
      generated: { distances: [1, 3] },
    }),
    "roc.json": JSON.stringify({ score: text, curves: { [text]: { value: 1, points: [[0, 0], [1, 1]] } } }),
    "pairs.json": JSON.stringify({ columns: [text, text], units: [text, text], pairs: [[1, 2], [2, 1]] }),
    "a.png": PIXEL,
    "odd.json": JSON.stringify({ text, list: [{ text }], [`k ${text}`]: 1 }),
  };
  await withRun(
    { record, events, metrics, model, files },
    async (folder) => void (data = await readReportData(folder)),
  );
  return { ...data!, folder: text, problems: [text] };
}

/** The elements of a page with the names of their attributes, which no text may change. */
function skeleton(page: string): string[] {
  const { document } = parseHTML(page) as unknown as {
    document: {
      querySelectorAll(all: string): Iterable<{ tagName: string; attributes: Iterable<{ name: string }> }>;
    };
  };
  return [...document.querySelectorAll("*")].map(({ tagName, attributes }) =>
    `${tagName} ${[...attributes].map(({ name }) => name).sort()}`
  );
}

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</script></style></title></svg></textarea>--><iframe>`,
  "\u202egnp.exe\u0000\u001b[31m",
  `javascript:alert(1)`,
  "two\n\tlines\u0000",
  "&lt;b&gt;",
  "${'`'}",
];
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.tuple(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 8 })).map((parts) => parts.join("")),
).map((text) => `a${text}`).filter((text) => text.isWellFormed());

Deno.test("reportPage has the same elements and attributes for any text in its data", async () => {
  const expected = skeleton(await reportPage(await runOf("harmless")));
  ok(expected.length > 300);
  await fc.assert(
    fc.asyncProperty(
      text,
      async (text) => deepEqual(skeleton(await reportPage(await runOf(text))), expected),
    ),
    { numRuns: 25, examples: HOSTILE.map((text) => [`a${text}`]) },
  );
});

Deno.test("comparisonPage has the same elements and attributes for any text in its data", async () => {
  const page = async (text: string) => comparisonPage([await runOf(text), await runOf(text)]);
  const expected = skeleton(await page("harmless"));
  for (const text of HOSTILE) deepEqual(skeleton(await page(`a${text}`)), expected);
});

Deno.test("markdownReport lets no text make markup, a link or a row of a table", async () => {
  const plain = markdownReport(await runOf("harmless"));
  for (
    const hostile of [
      ...HOSTILE,
      "a|b\n| c |",
      "[a](javascript:alert(1))",
      "`</code><b>",
      "@everyone https://example.org",
    ]
  ) {
    const markdown = markdownReport(await runOf(`a${hostile}`));
    deepEqual(markdown.split("\n").length, plain.split("\n").length, hostile);
    // Inside of code nothing is markup; the fences are longer than any run of backticks in it.
    const outside = markdown.replace(/(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
    ok(!/[<>]|\]\(|:\/\/|@/.test(outside), outside);
  }
});
