/** Pipelines on arrays of their own file and of NumPy files, run as a user runs them. */
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { npyFloats } from "../data/arrays/npy_support.ts";
import { readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** A pipeline file in a folder of runs, with its source as code. */
function writePipeline(folder: string, source: string, ending = ""): string {
  const file = `${folder}/own.ts`;
  Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
  Deno.writeTextFileSync(
    `${ROOT}${file}`,
    `import { ae, arrays, evaluate, load, npy, paired, pipeline, train } from "${ROOT}mod.ts";
const rows = Array.from({ length: 60 }, (_, k) => Array.from({ length: 8 }, (_, x) => (Math.sin(x + k / 3) + 1) / 2));
export default pipeline("own", { seed: 1 }).pipe(load(${source}))
  .pipe(train(ae({ encoder: [8, 6], latent: 2 }), { epochs: 2, batchSize: 16 })).pipe(evaluate());
${ending}`,
  );
  return file;
}

const run = (folder: string, file: string) =>
  runProgram("run", [file, "--runs", folder, "--engine", "wasm", "--ui", "plain"]);

/** The records of all runs of the pipeline, the oldest first. */
const recordsOf = (folder: string) =>
  [...Deno.readDirSync(`${ROOT}${folder}/own`)].map(({ name }) => name).filter((name) =>
    !name.startsWith(".")
  )
    .sort().map((name) => ({
      ...readJson(`${ROOT}${folder}/own/${name}/run.json`),
      path: `${ROOT}${folder}/own/${name}`,
    }));

Deno.test("run trains on arrays of the pipeline file, and knows the same arrays again by their content", () =>
  withRunsFolder(async (folder) => {
    const first = await run(folder, writePipeline(folder, "arrays({ train: rows })"));
    equal(first.code, 0, first.stderr);
    const same = await run(folder, writePipeline(folder, "arrays({ train: rows.map((row) => [...row]) })"));
    match(same.stdout, /train {2}finished in .*: cached from/);
    const other = await run(
      folder,
      writePipeline(folder, "arrays({ train: rows.map((row) => row.map((x) => x / 2)) })"),
    );
    equal(other.code, 0, other.stderr);
    ok(!other.stdout.includes("cached from"), other.stdout);
    const [one, , two, ...more] = recordsOf(folder);
    equal(more.length, 0);
    const mse = [one, two].map(({ path }) => readJson(`${path}/artifacts/metrics.json`).evaluate.mse);
    ok(mse.every(Number.isFinite) && mse[0] !== mse[1], `${mse}`);
    ok(JSON.stringify(one).length < 50_000, "the record has no values");
  }));

Deno.test("run trains to make targets of pairs of .npy files", () =>
  withRunsFolder(async (folder) => {
    Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
    const clean = Array.from({ length: 480 }, (_, at) => (Math.sin(at / 5) + 1) / 2);
    Deno.writeFileSync(`${ROOT}${folder}/clean.npy`, npyFloats([60, 8], clean));
    Deno.writeFileSync(
      `${ROOT}${folder}/noisy.npy`,
      npyFloats([60, 8], clean.map((x, at) => x + Math.sin(71 * at) / 5)),
    );
    const file = writePipeline(folder, `paired("${folder}/noisy.npy", "${folder}/clean.npy")`);
    const { code, stderr } = await run(folder, file);
    equal(code, 0, stderr);
    const [{ status }] = recordsOf(folder);
    equal(status, "completed");
  }));

Deno.test("run refuses a bad .npy file with one sentence: 2 where its header shows it, 1 where its numbers do", () =>
  withRunsFolder(async (folder) => {
    const cases: [Uint8Array, number, RegExp][] = [
      [
        npyFloats([60, 9], [1, 2]),
        2,
        /load\.source\.file ".*x\.npy" must be a NumPy array .*it was cut off \(save it again\)/,
      ],
      [
        npyFloats([3, 8], Array(24).fill(NaN)),
        1,
        /values of the train split must be finite numbers, got NaN in sample 0, value 0/,
      ],
      [npyFloats([1, 8], Array(8).fill(1)), 1, /must have at least 2 samples to train on, got 1/],
    ];
    for (const [bytes, expected, pattern] of cases) {
      Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
      Deno.writeFileSync(`${ROOT}${folder}/x.npy`, bytes);
      const { code, stdout, stderr } = await run(folder, writePipeline(folder, `npy("${folder}/x.npy")`));
      deepEqual([code, pattern.test(stdout + stderr)], [expected, true], stdout + stderr);
      ok(!/\n\s+at /.test(stdout + stderr), "no stack trace");
    }
  }));
