/** CONTRIBUTING.md says how to add each kind of thing; here it is done, to a copy of the sources, and used. */
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { addAll, ADDITIONS, filesOf } from "./support/additions.ts";
import { typed, withEmptyFolder } from "./support/project.ts";
import { ROOT } from "./support/program.ts";

Deno.test("an addition takes as many files as ARCHITECTURE.md says", () => {
  const text = Deno.readTextFileSync(`${ROOT}ARCHITECTURE.md`);
  const rows = [...text.matchAll(/^\| (an? [\w -]+?) +\| +(\d+) \|/gm)].map((
    [, what, files],
  ) => [what, Number(files)]);
  const stated: Record<string, number> = Object.fromEntries(rows);
  deepEqual(
    Object.fromEntries(Object.keys(ADDITIONS).map((what) => [what, stated[what]])),
    Object.fromEntries(Object.entries(ADDITIONS).map(([what, addition]) => [what, filesOf(addition)])),
  );
});

/** A pipeline of all that was added, and what came of it. */
const PROGRAM = `
import * as hourglass from "./mod.ts";
const { count, evaluate, exportRun, inverseRoot, load, pipeline, ramps, rmsNorm, runPipeline, signSgd, train, vae } = hourglass;
const model = vae({ encoder: [5, rmsNorm()], latent: 2, activation: "mish", loss: "laplace", outputActivation: "linear" });
const chain = pipeline("added")
  .pipe(load(ramps()))
  .pipe(count())
  .pipe(train(model, { optimizer: signSgd(), schedule: inverseRoot(), epochs: 3 }))
  .pipe(evaluate())
  .pipe(exportRun({ formats: ["safetensors", "onnx", "pytorch", "tfjs"], pictures: false }));
const files = {}, warnings = [];
const { metrics } = await runPipeline(chain, {
  engine: "wasm",
  onArtifact: (name, content) => void (files[name] = typeof content === "string" ? content : ""),
  onEvent: (event) => event.type === "warning" && warnings.push(event.message),
});
console.log(JSON.stringify({ files, warnings, metrics }));
`;

/** The tests by which new kinds are checked: values and gradients in each engine, files, names, counts. */
const FILTER = "/rmsNorm|mish|laplace|signSgd|LAYERS|modelSummary|pytorchModule\\(\\) gives/";
const TESTS = [
  "engine/reference_contract_test.ts",
  "engine/wasm_contract_test.ts",
  "engine/native_contract_test.ts",
  "engine/tfjs_contract_test.ts",
  "export/tfjs/model_test.ts",
  "stages/export_run_test.ts",
  "models/layer_kinds_test.ts",
  "models/summary_test.ts",
  "models/initial_weights_test.ts",
].map((file) => `tests/${file}`);

Deno.test("what is added as CONTRIBUTING.md says compiles, trains, is exported and passes the tests of its kind", () =>
  withEmptyFolder(async (folder) => {
    addAll(folder);
    const deno = async (...args: string[]) => {
      const { code, stdout, stderr } = await typed(folder, [Deno.execPath(), ...args]);
      equal(code, 0, `${args.join(" ")}\n${stdout}\n${stderr}`);
      return stdout;
    };
    const lock = "--lock=tests/deno.lock";
    await deno("check", "--quiet", lock, "mod.ts", "tests/support/models.ts", "tests/support/optimizers.ts");
    Deno.writeTextFileSync(`${folder}/added.ts`, PROGRAM);
    const { files, warnings, metrics } = JSON.parse(await deno("run", "-A", "--no-check", lock, "added.ts"));
    deepEqual(Object.keys(files), [
      "model/model.safetensors",
      ...["autoencoder", "encoder", "decoder"].map((part) => `model/onnx/${part}.onnx`),
      "model/model.pytorch.safetensors",
      "model/model.py",
    ]);
    match(
      files["model/model.py"],
      /class RmsNorm\(nn\.Module\):[\s\S]*def mish\(x\):|def mish\(x\):[\s\S]*class RmsNorm/,
    );
    equal(
      warnings.filter((text: string) => /the activation mish at encoder.0 \(use the format onnx/.test(text))
        .length,
      1,
    );
    deepEqual([metrics.count.images.value, metrics.evaluate.laplace.unit], [24, "nats/sample"]);
    equal(metrics.evaluate.elbo.estimator, "Laplace features, one latent sample per vector");
    const tests = await deno("test", "-A", "--no-check", "--quiet", lock, `--filter=${FILTER}`, ...TESTS);
    for (const engine of ["reference", "wasm", "native", "tfjs"]) {
      match(tests, new RegExp(`^${engine} run\\(\\) gives .* of the ae of rmsNorm \\.\\.\\. ok`, "m"));
    }
    match(tests, /^exportRun writes ONNX .*: vae of rmsNorm in maps and blocks \.\.\. ok/m);
    const [, passed] = /ok \| (\d+) passed/.exec(tests)!;
    ok(Number(passed) >= 41, tests);
  }));
