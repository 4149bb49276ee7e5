import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import letters from "../data/glyphs.json" with { type: "json" };
import twoLatents from "../pipelines/mnist-vae-2d.ts";
import { ACTIVE_VARIANCE } from "../src/core/active_units.ts";
import { countEmoji } from "../src/data/emoji_table.ts";
import { MAX_PIXELS } from "../src/data/picture_limits.ts";
import { PACKAGE } from "../src/engine/native/library.ts";
import { definitionOf } from "../src/pipeline/stage.ts";
import { resolvePipeline, specOf } from "../src/pipeline/resolve.ts";
import { EXIT } from "../src/run/record.ts";
import { novelty } from "../src/stages/novelty/novelty.ts";
import { ROOT } from "./support/program.ts";

const textOf = (document: string) => Deno.readTextFileSync(`${ROOT}${document}`);
const README = textOf("README.md"), DATA = textOf("docs/data.md");

/** The one number that a document has where a pattern's group stands. */
function number(pattern: RegExp, document: string): number {
  const found = pattern.exec(textOf(document));
  ok(found !== null, `${document} must have ${pattern}`);
  return Number(found[1].replaceAll(",", ""));
}

/** The prose of a section: no code. */
function proseOf(heading: string): string {
  const section = README.split(/^## /m).find((text) => text.startsWith(heading));
  ok(section !== undefined, `README must have a section "${heading}"`);
  return section.replace(/^ {4}.*$/gm, "").replace(/^```[\s\S]*?^```/gm, "").replace(/\d+\.\d+\.\d+/g, "");
}

Deno.test("README's figures of experiments are those of docs/results.md, rounded", () => {
  const results = textOf("docs/results.md");
  const measured = [...results.matchAll(/\d+\.\d+/g)].map(([text]) => Number(text));
  const claimed = [...proseOf("Results").matchAll(/\d+\.\d+/g)].map(([text]) => text);
  ok(claimed.length >= 5, claimed.join());
  const unknown = claimed.filter((text) => {
    const half = 0.5 * 10 ** -text.split(".")[1].length;
    return !measured.some((value) => Math.abs(value - Number(text)) <= half * (1 + 1e-9));
  });
  deepEqual(unknown, []);
});

Deno.test("the documents count emoji, letters, pixels and audited images as the program does", () => {
  equal(number(/([\d,]+) emoji, drawn/, "docs/data.md"), countEmoji({ skintones: false }));
  deepEqual(/\| (\d+) letters of (\d+)x(\d+)/.exec(DATA)!.slice(1, 4).map(Number), [
    letters.glyphs.length,
    letters.height,
    letters.width,
  ]);
  equal(number(/(\d+) million pixels \(`maxPixels`\)/, "docs/data.md") * 1e6, MAX_PIXELS);
  equal(number(/`count` +\| `(1000)` +\| images to generate/, "docs/stages.md"), auditedImages());
  equal(number(/variance above ([\d.]+) over the data/, "docs/metrics.md"), ACTIVE_VARIANCE);
});

/** How many images `novelty()` generates by default. */
function auditedImages(): number {
  const options = definitionOf(novelty()).schema.parse({}) as { count: number };
  return options.count;
}

Deno.test("docs/commands.md's table of exit codes lists the codes of the program", () => {
  const [, rows] = /^\| exit code[^\n]*\n([\s\S]*?)\n\n/m.exec(textOf("docs/commands.md"))!;
  const table = [...rows.matchAll(/^\| ([\d, ]+?) +\|/gm)].flatMap(([, codes]) =>
    codes.split(", ").map(Number)
  );
  // 4 is a sweep's alone.
  deepEqual(table, [...Object.values(EXIT), 4].sort((a, b) => a - b));
});

Deno.test("the recorded session of docs/runs.md has the epochs and the patience of its pipeline, and one run", () => {
  const { stages } = specOf(resolvePipeline(twoLatents));
  const { epochs, patience } = stages.find(({ kind }) => kind === "train")!.options as Record<string, number>;
  const session =
    /( {4}\$ deno task run pipelines\/mnist-vae-2d\.ts[\s\S]*?)\n\S/.exec(textOf("docs/runs.md"))![1];
  const all = (
    pattern: RegExp,
  ) => [...new Set([...session.matchAll(pattern)].map(([, value]) => Number(value)))];
  deepEqual(all(/epoch \d+(?:\/| of )(\d+)/g), [epochs]);
  deepEqual(all(/improvement for \d+(?:\/| of )(\d+)/g), [patience]);
  equal(new Set(session.match(/\d{8}-\d{6}-[0-9a-f]{4}/g)).size, 1);
});

Deno.test("README says how large ONNX Runtime is on disk", async () => {
  await import(`${PACKAGE}/package.json`, { with: { type: "json" } });
  const folder = new URL(".", import.meta.resolve(`${PACKAGE}/package.json`));
  const bytes = (at: URL): number =>
    [...Deno.readDirSync(at)].reduce((sum, { name, isDirectory }) => {
      const child = new URL(isDirectory ? `${name}/` : name, at);
      return sum + (isDirectory ? bytes(child) : Deno.statSync(child).size);
    }, 0);
  const megabytes = number(/\((\d+) of\s+them are ONNX Runtime/, "README.md");
  ok(Math.abs(bytes(folder) / 2 ** 20 - megabytes) < 0.02 * megabytes, `${bytes(folder) / 2 ** 20}`);
});

Deno.test("CONTRIBUTING counts the kills of the storm", () => {
  const storm = Deno.readTextFileSync(`${ROOT}tests/storm/storm_test.ts`);
  const kills = Number(/KILLS = (\d+)/.exec(storm)![1]), engines = 2;
  equal(
    number(/kills runs (\d+) times/, "CONTRIBUTING.md"),
    kills * engines * storm.match(/await killAndResume\(/g)!.length,
  );
});

Deno.test("the documents, the gate and the error for an older Deno name one version of Deno to install", async () => {
  const files = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/schedule.md",
    ".ci/run",
    "src/cli/require_deno.ts",
    "docs/performance.md",
    "CHANGELOG.md",
  ];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(`${ROOT}${file}`)));
  const versions = texts.flatMap((text) =>
    [...text.matchAll(/deno@(\d+\.\d+\.\d+)/g)].map(([, version]) => version)
  );
  ok(versions.length >= 3);
  equal(new Set(versions).size, 1, versions.join());
});
