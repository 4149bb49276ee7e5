import { BYTES_SCALE } from "../../src/core/scale.ts";
import { SCHEMA } from "../../src/core/schema_version.ts";
import { match, strictEqual as equal } from "node:assert/strict";
import { encodeSafetensors } from "../../src/core/safetensors.ts";
import { modelSize, modelTensors } from "../../src/models/tensors.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { onlyRun, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { hasScript, openTerminal } from "../support/terminal.ts";

/** A short glyphs-ae run; gives its folder, relative to the project's root. */
async function trainGlyphs(runs: string, ...args: string[]): Promise<string> {
  const { code, stderr } = await runProgram("run", [
    "pipelines/glyphs-ae.ts",
    "--runs",
    runs,
    "--set",
    "train.epochs=150",
    ...args,
  ]);
  equal(code, 0, stderr);
  return onlyRun(runs, "glyphs-ae").slice(ROOT.length);
}

/** The error of `explore`, on one line. */
async function problemOf(args: readonly string[], expected: number): Promise<string> {
  const { code, stdout, stderr } = await runProgram("explore", args);
  equal(code, expected, stderr);
  equal(stdout, "");
  match(stderr, /^error: [^\n]* must [^\n]*\n$/, "one line without a stack");
  return stderr;
}

const RIGHT = "\u001b[C", LEFT = "\u001b[D";

Deno.test({
  name: "explore moves, jumps, morphs and writes in a terminal of 80x24, and never scrolls it",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (runs) => {
      const folder = await trainGlyphs(runs);
      const session = openTerminal("explore", ["--runs", runs]);
      await session.until(/image 0 \(`\) +original/);
      match(session.screen()[0], /glyphs-ae +ae 35-100-20-50-10-2/);
      await session.type("n");
      await session.until(/image 1 \(a\) +original/);
      await session.type("a5");
      await session.until(/image: 5.*\(0 to 31/);
      await session.type("\r");
      await session.until(/image 5 \(e\)/);
      await session.type(RIGHT + LEFT);
      await session.until(/decoded +nearest/);
      await session.type("lm\r");
      await session.until(/mean of m/);
      await session.type("bsm");
      await session.until(/A to B, [1-9]\d* %/);
      await session.type("m");
      await session.until(/m resumes/);
      await session.type("w");
      await session.until(/wrote artifacts\/explore-001\.png/);
      await session.type("v");
      await session.until(/wrote artifacts\/explore-002\.gif/);
      await session.type("?");
      await session.until(/larger or smaller steps/);
      equal(session.scrolled(), 0);
      await session.type("q");
      equal(await session.exit, 0);
      // The lines are wider than the screen.
      const left = session.screen().join("").trim();
      equal(left, `wrote ${folder}/artifacts/explore-001.pngwrote ${folder}/artifacts/explore-002.gif`);
      equal(Deno.readTextFileSync(`${ROOT}${folder}/artifacts/explore-002.gif`).slice(0, 6), "GIF89a");
    });
  },
});

Deno.test({
  name: "explore works from a checkpoint without the dataset, says so, and uses the width there is",
  ignore: !hasScript,
  async fn() {
    await withRunsFolder(async (runs) => {
      const folder = await trainGlyphs(runs);
      await Deno.remove(`${ROOT}${folder}/artifacts/model`, { recursive: true });
      const record = Deno.readTextFileSync(`${ROOT}${folder}/run.json`);
      const lost = record.replace(
        '"source": "glyphs"',
        '"source": "idx", "train": {"images": "gone\\u001b[2J"}',
      );
      Deno.writeTextFileSync(`${ROOT}${folder}/run.json`, lost);
      const session = openTerminal("explore", [folder], { columns: 60, rows: 20, env: { NO_COLOR: "1" } });
      await session.until(/no images: /);
      match(session.screen()[0], /^ glyphs-ae/);
      await session.type(RIGHT);
      await session.until(/z1 +0\.100/);
      await session.type("n");
      await session.until(/no images: the dataset/);
      await session.type("\u0003");
      equal(await session.exit, 0);
      equal(session.scrolled(), 0);
    });
  },
});

Deno.test("explore reports in a sentence what it needs, and exits 2 or 1", async () => {
  await withRunsFolder(async (runs) => {
    match(
      await problemOf(["--runs", runs], 2),
      /must hold a run that has trained a model, got: it holds no runs/,
    );
    const folder = await trainGlyphs(runs), id = folder.split("/").at(-1)!;
    match(
      await problemOf(["--runs", runs], 2),
      /must run in a terminal, got: the standard output is not one/,
    );
    match(
      await problemOf([`${id.slice(0, -1)}x`, "--runs", runs], 2),
      new RegExp(`did you mean "${id}"`),
    );
    const file = `${ROOT}${folder}/artifacts/model/model.safetensors`, bytes = Deno.readFileSync(file);
    Deno.writeFileSync(file, bytes.subarray(0, bytes.length - 8));
    match(await problemOf([folder], 1), /it was cut off/);
    Deno.writeFileSync(file, otherModel({}));
    match(await problemOf([folder], 1), /must hold the scale of the data in "scale", got no such entry/);
    Deno.writeFileSync(file, otherModel({ scale: JSON.stringify(BYTES_SCALE) }));
    match(
      await problemOf([`${folder}/`], 1),
      /tensor "encoder.0.weight" must have the shape \[35,4\], got no such tensor/,
    );
    Deno.writeTextFileSync(`${ROOT}${folder}/run.json`, "{");
    match(await problemOf([folder], 2), /must hold a readable run.json and a model/);
  });
});

/** A file that names one model and holds only a part of another. */
function otherModel(more: Readonly<Record<string, string>>): Uint8Array {
  const spec = ModelSpec.parse({ kind: "ae", encoder: [35, 4], latent: 2 });
  const tensors = modelTensors({ spec, parameters: new Float32Array(modelSize(spec)) });
  const schema = String(SCHEMA.model);
  return encodeSafetensors(tensors.slice(1), { model: JSON.stringify(spec), schema, ...more });
}
