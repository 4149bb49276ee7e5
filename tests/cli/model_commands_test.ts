import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { decodePicture } from "../data/first_picture.ts";
import { floatBytes, npyHeader } from "../../src/export/arrays/npy.ts";
import { encodePicture } from "../../src/export/picture_file.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { untrained, wasm } from "../analysis/hand_models.ts";
import { outcomeOf, runProgram, start } from "../support/program.ts";

const RAW = untrained({ kind: "vae", encoder: [35, 16], latent: 3 });
const MODEL: TrainedModel = {
  ...RAW,
  spec: { ...RAW.spec, input: [7, 5, 1], encoder: [16] },
  use: {
    values: "bytes",
    held: { split: "validation", count: 3, scores: { elbo: [0, 1, 2], reconstruction: [0, 9, 1e6] } },
  },
};
const pixelsOf = (seed: number, count = 35) =>
  Uint8Array.from({ length: count }, (_, at) => (at * 37 + seed * 91) % 256);

/** A folder with a model, a folder of pictures and an .npy file of the same. */
async function withModel(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "hourglass use " });
  try {
    await Deno.writeFile(`${folder}/m.safetensors`, encodeModel(MODEL));
    await Deno.mkdir(`${folder}/in/inner`, { recursive: true });
    const values = new Float32Array(6 * 35);
    for (const [at, name] of ["a.png", "b.gif", "inner/c.tif", "inner/d.pgm"].entries()) {
      const picture = { height: 7, width: 5, channels: 1, pixels: pixelsOf(at) };
      await Deno.writeFile(
        `${folder}/in/inner/${name.replace("inner/", "")}`,
        await encodePicture(name, picture),
      );
    }
    for (let sample = 0; sample < 6; sample++) values.set(pixelsOf(sample), sample * 35);
    const npy = [npyHeader([6, 7, 5]), floatBytes(values)];
    await Deno.writeFile(`${folder}/x.npy`, new Uint8Array(await new Blob(npy as BlobPart[]).arrayBuffer()));
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const WASM = ["--engine", "wasm"];
const numbersOf = (path: string) => {
  const bytes = Deno.readFileSync(path), start = 10 + bytes[8] + 256 * bytes[9];
  return new Float32Array(bytes.slice(start).buffer);
};
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("encode and decode write and read .npy, .csv and .parquet, without any permission but for the one file", () =>
  withModel(async (folder) => {
    const model = `${folder}/m.safetensors`, z = `${folder}/z.npy`;
    const encoded = await runProgram("encode", [model, `${folder}/x.npy`, "-o", z, ...WASM]);
    equal(encoded.code, 0, encoded.stderr);
    equal(encoded.stdout, `${z}: 6 x 3\n`);
    const values = new Uint8Array(6 * 35);
    for (let sample = 0; sample < 6; sample++) values.set(pixelsOf(sample), sample * 35);
    const expected = encodeImages(wasm, MODEL, { count: 6, values });
    numbersOf(z).forEach((value, at) => ok(Math.abs(value - expected[at]) < 1e-5));
    // The pictures of a folder, in the order of their names.
    const csv = `${folder}/z.csv`;
    equal((await runProgram("encode", [model, `${folder}/in`, "-o", csv, ...WASM])).code, 0);
    const [head, ...rows] = Deno.readTextFileSync(csv).trimEnd().split("\n").map((line) => line.split(","));
    deepEqual(head, ["file", "z0", "z1", "z2"]);
    deepEqual(rows.map(([name]) => name), ["inner/a.png", "inner/b.gif", "inner/c.tif", "inner/d.pgm"]);
    rows.forEach((row, at) =>
      deepEqual(row.slice(1).map((text) => Math.fround(Number(text))), [
        ...expected.subarray(at * 3, at * 3 + 3),
      ])
    );
    const parquet = `${folder}/z.parquet`, bare = `${folder}/bare.csv`;
    equal((await runProgram("encode", [model, `${folder}/in`, "-o", parquet, ...WASM])).code, 0);
    await Deno.writeTextFile(bare, rows.map((row) => row.slice(1).join(",")).join("\n"));
    for (const points of [z, csv, parquet, bare]) {
      const out = `${folder}/decoded ${points.replace(/.*\//, "")} pictures`;
      const { code, stderr } = await runProgram("decode", [model, points, "-o", out, ...WASM]);
      equal(code, 0, stderr);
      const names = namesIn(out);
      deepEqual(names, Array.from({ length: points === z ? 6 : 4 }, (_, at) => `${at}.png`));
      const { height, width } = await decodePicture(Deno.readFileSync(`${out}/0.png`));
      deepEqual([height, width], [7, 5]);
    }
    const firstOf = (name: string) => Deno.readFileSync(`${folder}/decoded ${name} pictures/0.png`);
    for (const name of ["z.csv", "z.parquet", "bare.csv"]) deepEqual(firstOf(name), firstOf("z.npy"), name);
  }));

Deno.test("reconstruct writes pictures of the same names, sizes and formats, and arrays of the same shape", () =>
  withModel(async (folder) => {
    const model = `${folder}/m.safetensors`, out = `${folder}/out`;
    const large = { height: 20, width: 30, channels: 1, pixels: pixelsOf(1, 600) };
    await Deno.writeFile(`${folder}/in/large.jpg`, await encodePicture("large.jpg", large));
    const { code, stdout, stderr } = await runProgram("reconstruct", [
      model,
      `${folder}/in`,
      "-o",
      out,
      ...WASM,
    ]);
    equal(code, 0, stderr);
    match(stdout, /out: 5 pictures \(1 in overlapping tiles of 7x5\)/);
    deepEqual(namesIn(`${out}/inner`), ["a.png", "b.gif", "c.tif", "d.pgm"]);
    const { height, width } = await decodePicture(Deno.readFileSync(`${out}/large.jpg`));
    deepEqual([height, width], [20, 30]);
    const pixels = await decodePicture(Deno.readFileSync(`${out}/inner/a.png`));
    const arrays = `${folder}/y.npy`;
    equal((await runProgram("reconstruct", [model, `${folder}/x.npy`, "-o", arrays, ...WASM])).code, 0);
    const header = new TextDecoder("latin1").decode(Deno.readFileSync(arrays).subarray(0, 128));
    match(header, /'shape': \(6, 7, 5\)/);
    numbersOf(arrays).subarray(0, 35).forEach((value, at) =>
      ok(Math.abs(value - pixels.rgba[4 * at]) <= 0.51)
    );
  }));

Deno.test("score writes a row for each sample with its parts and verdict, and pictures of anomalies", () =>
  withModel(async (folder) => {
    const model = `${folder}/m.safetensors`, out = `${folder}/s.csv`, pictures = `${folder}/wrong`;
    const args = [model, `${folder}/in`, "-o", out, ...WASM];
    const { code, stdout, stderr } = await runProgram("score", [
      ...args,
      ...["--threshold", "p50", "--pictures", pictures, "--most", "2", "--fail-if-anomalous"],
    ]);
    equal(code, 3, stderr);
    match(stdout, /s\.csv: 4 samples, 4 anomalies \(elbo above 1\.00000\)/);
    match(stderr, /threshold p50 of 3 validation samples: elbo 1\.00000/);
    const [head, ...rows] = Deno.readTextFileSync(out).trimEnd().split("\n").map((line) => line.split(","));
    deepEqual(head, ["file", "score", "elbo", "reconstruction", "crossEntropy", "kl", "verdict"]);
    equal(rows.length, 4);
    ok(rows.every(([, score, elbo, , , , verdict]) => score === elbo && verdict === "anomaly"));
    deepEqual(namesIn(`${pictures}/inner`), ["a.png", "b.png"]);
    const normal = await runProgram("score", [
      ...args,
      "--overwrite",
      "--threshold",
      "1e9",
      "--fail-if-anomalous",
    ]);
    equal(normal.code, 0, normal.stderr);
    match(Deno.readTextFileSync(out), /,normal\n/);
    const plain = await runProgram("score", [...args, "--overwrite", "--score", "kl"]);
    equal(plain.code, 0, plain.stderr);
    ok(!Deno.readTextFileSync(out).includes("normal"));
  }));

Deno.test("sample writes the samples of a seed", () =>
  withModel(async (folder) => {
    const model = `${folder}/m.safetensors`,
      sample = async (out: string, ...more: string[]) => {
        const { code, stderr } = await runProgram("sample", [
          model,
          "-n",
          "12",
          "-o",
          `${folder}/${out}`,
          ...WASM,
          ...more,
        ]);
        equal(code, 0, stderr);
      };
    await sample("one");
    await sample("two", "--seed", "7");
    await sample("three.npy");
    deepEqual(namesIn(`${folder}/one`)[11], "11.png");
    const first = (name: string) => Deno.readFileSync(`${folder}/${name}/00.png`);
    ok(
      first("one").some((byte, at) => byte !== first("two")[at]) ||
        first("one").length !== first("two").length,
    );
    const { rgba } = await decodePicture(first("one"));
    numbersOf(`${folder}/three.npy`).subarray(0, 35).forEach((value, at) =>
      ok(Math.abs(value - rgba[4 * at]) <= 0.51)
    );
  }));

Deno.test("commands that use a model overwrite nothing, and explain what they were given", () =>
  withModel(async (folder) => {
    const model = `${folder}/m.safetensors`, x = `${folder}/x.npy`;
    await Deno.writeTextFile(`${folder}/there.npy`, "old");
    await Deno.writeTextFile(`${folder}/table.csv`, "a,b\n1,2\n");
    await Deno.writeTextFile(`${folder}/points.csv`, "z0,z1,z2\n1,2,x\n");
    await Deno.writeTextFile(`${folder}/damaged.safetensors`, "not a model");
    const cases: [string, string[], number, RegExp][] = [
      ["encode", [model, x, "-o", `${folder}/there.npy`], 2, /--out must not exist, got ".*there\.npy"/],
      [
        "encode",
        [model, x, "-o", `${folder}/z.txt`],
        2,
        /--out must end with \.npy, \.csv, \.tsv, \.parquet/,
      ],
      ["encode", [model, x, "-o", `${folder}/none/z.npy`], 1, /Cannot write .* its folder does not exist/],
      [
        "encode",
        [model, `${folder}/none`, "-o", `${folder}/z.npy`],
        2,
        /input must be a file .* does not exist/,
      ],
      [
        "encode",
        ["none", x, "-o", `${folder}/z.npy`, "--runs", `${folder}/runs`],
        2,
        /run must be a folder, an id/,
      ],
      [
        "encode",
        [`${folder}/damaged.safetensors`, x, "-o", `${folder}/z.npy`],
        1,
        /must be a safetensors file/,
      ],
      [
        "encode",
        [model, x, "-o", `${folder}/z.npy`, "--range", "1,1"],
        2,
        /values of black and white as in 0,1/,
      ],
      ["encode", [model, x], 2, /required option '-o, --out/],
      [
        "reconstruct",
        [model, `${folder}/in`, "-o", `${folder}/in`],
        2,
        /must be a new or empty folder, got .* which holds "inner"/,
      ],
      [
        "score",
        [model, x, "-o", `${folder}/s.csv`, "--threshold", "x9"],
        2,
        /a percentile as in p99, got "x9"/,
      ],
      ["score", [model, x, "-o", `${folder}/s.csv`, "--score", "loss"], 2, /score must be one of elbo/],
      [
        "decode",
        [model, x, "-o", `${folder}/o`],
        1,
        /must have 3 latent dimensions as the model has, got 35/,
      ],
      [
        "decode",
        [model, `${folder}/table.csv`, "-o", `${folder}/o`],
        1,
        /in columns z0 to z2, got 0 such columns/,
      ],
      [
        "decode",
        [model, `${folder}/points.csv`, "-o", `${folder}/o`],
        1,
        /finite number in row 1, column "z2", got "x"/,
      ],
    ];
    await Promise.all(cases.map(async ([task, args, expected, says]) => {
      const { code, stderr } = await runProgram(task as "encode", [...args, ...WASM]);
      match(stderr, says, `${task} ${args.join(" ")}`);
      equal(code, expected, stderr);
      ok(!/\n.*\bat \//.test(stderr), stderr);
    }));
    equal(Deno.readTextFileSync(`${folder}/there.npy`), "old");
    ok(namesIn(folder).every((name) => !name.endsWith(".part")));
    ok(!namesIn(folder).includes("z.npy"));
  }));

Deno.test({
  name: "commands that use a model leave whole files only when the disk is full or a signal stops them",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withModel(async (folder) => {
      const model = `${folder}/m.safetensors`;
      // 20,000 samples: 240 kB of points, where 64 kB are allowed.
      const many = new Float32Array(20_000 * 35).fill(9);
      const npy = [npyHeader([20_000, 35]), floatBytes(many)];
      await Deno.writeFile(
        `${folder}/many.npy`,
        new Uint8Array(await new Blob(npy as BlobPart[]).arrayBuffer()),
      );
      const full = await outcomeOf(
        start(
          "encode",
          [model, `${folder}/many.npy`, "-o", `${folder}/z.npy`, ...WASM],
          {},
          'ulimit -f 128; exec "$@"',
        ),
      );
      equal(full.code, 1, full.stderr);
      match(full.stderr, /^error: Cannot write ".*z\.npy": .*\(nothing is left of it\)\n$/);
      // Samples as pictures: a signal lands between two of them.
      const out = `${folder}/samples`;
      const process = start("sample", [model, "-n", "100000", "-o", out, ...WASM]);
      while (!await Deno.stat(`${out}/00009.png`).then(() => true, () => false)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      process.kill("SIGTERM");
      const { code, stderr } = await outcomeOf(process);
      equal(code, 143, stderr);
      match(stderr, /stopped by SIGTERM: [\d,]+ whole files in ".*samples"/);
      const names = namesIn(out);
      equal(names.length, Number(/([\d,]+) whole/.exec(stderr)![1].replaceAll(",", "")));
      ok(names.every((name) => name.endsWith(".png")));
      await decodePicture(Deno.readFileSync(`${out}/${names.at(-1)}`));
    }),
});
