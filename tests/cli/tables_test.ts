import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { onlyRun, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

const PIPELINE = "pipelines/table-anomaly.ts";
const OF_PICTURES = /\b(pixels?|images?|pictures?|px)\b/i;

Deno.test("plan and run refuse columns that do not fit a table with exit code 2, all of them and before any work", () =>
  withRunsFolder(async (runs) => {
    const settings = ["--set", "load.source.label=diagnoses", "--set", 'load.source.exclude=["mean radios"]'];
    for (const [task, more] of [["plan", []], ["run", ["--ui", "plain", "--runs", runs]]] as const) {
      const { code, stderr } = await runProgram(task, [PIPELINE, ...settings, ...more]);
      equal(code, 2, stderr);
      match(
        stderr,
        /✖ load\.source\.label must be a column of "data\/breast_cancer\.csv", got "diagnoses" \(did you mean "diagnosis"\?\)/,
      );
      match(
        stderr,
        /✖ load\.source\.exclude\[0\] must be a column of .*, got "mean radios" \(did you mean "mean radius"\?\)/,
      );
      ok(!stderr.includes("    at "), stderr);
    }
    await rejects(Deno.stat(ROOT + runs), Deno.errors.NotFound);
  }));

Deno.test("plan sizes a model by the columns of a table, and refuses one that does not fit", async () => {
  const fits = await runProgram("plan", [PIPELINE]);
  match(fits.stdout, /vae 30-24-12-8-12-24-30, Gaussian features with learned variances, 2,452 parameters/);
  const { code, stderr } = await runProgram("plan", [PIPELINE, "--set", "train.model.latent=31"]);
  equal(code, 2);
  match(stderr, /train\.model\.latent must be at most the 30 values of a sample, got 31/);
});

Deno.test("a run on a table says nothing of pixels and images: in its log, report, metrics and events", () =>
  withRunsFolder(async (runs) => {
    const settings = [
      "--ui",
      "plain",
      "--runs",
      runs,
      "--set",
      "train.epochs=3",
      "--set",
      'evaluate.splits=["train","test"]',
    ];
    const { code, stdout, stderr } = await runProgram("run", [PIPELINE, ...settings]);
    equal(code, 0, stderr);
    const run = onlyRun(runs, "table-anomaly");
    const texts: [string, string][] = [
      ["log", stdout],
      ["report.md", Deno.readTextFileSync(`${run}/report.md`)],
      ["report.html", visibleText(Deno.readTextFileSync(`${run}/report.html`))],
      ["metrics.json", Deno.readTextFileSync(`${run}/artifacts/metrics.json`)],
    ];
    for (const [name, text] of texts) {
      const lines = text.split("\n").filter((line) => OF_PICTURES.test(line) && !OF_OPTIONS.test(line));
      // What the defaults of anomaly's scores were chosen on is named, whatever the data are.
      deepEqual(lines.filter((line) => !line.includes("MNIST")), [], name);
    }
    match(texts[2][1], /features to blame/);
    match(texts[2][1], /mean radius/);
  }));

/** Names of options that stages have for all data. */
const OF_OPTIONS = /^\s*(pictures|importanceImages|trainImages|baselineImages)\s*$/;

/** The text of a page, and what it says to screen readers. */
function visibleText(page: string): string {
  const content = page.replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, "").replaceAll(/data:image[^"')]*/g, "");
  const labels = [...content.matchAll(/(?:aria-label|alt|title)="([^"]*)"/g)].map(([, label]) => label);
  return [content.replaceAll(/<[^>]+>/g, "\n"), ...labels].join("\n");
}
