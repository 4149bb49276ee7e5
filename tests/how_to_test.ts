/** docs/how-to.md has a line per task; each command in it is run here, in a short form. */
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { BYTES_SCALE } from "../src/core/scale.ts";
import { floatBytes, npyHeader } from "../src/export/arrays/npy.ts";
import { encodePicture } from "../src/export/picture_file.ts";
import { initialParameters } from "../src/models/initial.ts";
import { gaussian } from "../src/models/likelihoods/kinds.ts";
import { vae, vqvae } from "../src/models/options.ts";
import { ModelSpec } from "../src/models/spec.ts";
import { modelFaults } from "../src/models/fit_model.ts";
import * as KINDS from "../src/models/layers/kinds.ts";
import { residual } from "../src/models/layers/table.ts";
import { encodeModel } from "../src/models/tensors.ts";
import {
  evaluate,
  exportRun,
  glyphs,
  load,
  type LoadOutput,
  oneCycle,
  type Pipeline,
  pipeline,
  plateau,
  runPipeline,
  train,
  type TrainOutput,
} from "../mod.ts";
import { parse as parseCsv } from "csv-parse/sync";
import { sampleSize } from "../src/core/shape.ts";
import { scaleOf } from "../src/data/dataset.ts";
import { images, type ImagesInput } from "../src/data/images.ts";
import { scaledLimits } from "../src/data/scale.ts";
import { openSource, SourceSpec } from "../src/data/source.ts";
import { readJson, ROOT, runProgram, withRunsFolder } from "./support/program.ts";

function sectionOf(section: string): string {
  const text = Deno.readTextFileSync(`${ROOT}docs/how-to.md`);
  const [, lines] = new RegExp(`^## ${section}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(text) ?? [];
  ok(lines !== undefined, `docs/how-to.md must have a section "${section}"`);
  return lines;
}

/** The commands of a section, in order: a code in the second column that starts a task, without `deno task`. */
function commandsOf(section: string): string[][] {
  return [...sectionOf(section).matchAll(/`deno task (?:-q )?([^`]+)`/g)].map(([, command]) =>
    command.split(" ")
  );
}

Deno.test("docs/how-to.md gets curves and numbers out as it says", () =>
  withRunsFolder(async (runs) => {
    const short = ["--runs", runs, "--engine", "wasm", "--ui", "plain", "--set", "train.epochs=2"];
    const commands = commandsOf("Curves and numbers out");
    equal(commands.length, 5);
    for (const [task, ...args] of commands) {
      const words = args.slice(0, args.includes(">") ? args.indexOf(">") : undefined).map((word) =>
        // DVC's files go into a folder of the test, and the run is the test's own.
        word === "." ? `${runs}/dvc` : word.replace(/^runs\b/, runs)
      );
      const more = task === "run" ? short : task === "runs" ? ["--runs", runs] : [];
      const { code, stdout, stderr } = await runProgram(task as "run", [...words, ...more]);
      equal(code, 0, `${task} ${words.join(" ")}: ${stderr}`);
      const last = [...Deno.readDirSync(`${ROOT}${runs}/glyphs-ae`)].map(({ name }) => name).sort().at(-1)!;
      const run = `${ROOT}${runs}/glyphs-ae/${last}`;
      if (args.includes("--tensorboard")) {
        match(
          [...Deno.readDirSync(`${run}/tensorboard`)].map(({ name }) => name).join(),
          /^events\.out\.tfevents/,
        );
      } else if (args.includes("--csv")) {
        equal(parseCsv(stdout, { columns: true }).length, 2);
      } else if (args.includes("--dvc")) {
        ok(Number.isFinite(readJson(`${ROOT}${runs}/dvc/metrics.json`).evaluate.mse));
      }
      for (const table of ["metrics.csv", "curves.csv"]) {
        ok(parseCsv(Deno.readTextFileSync(`${run}/artifacts/${table}`), { columns: true }).length > 0);
      }
    }
  }));

Deno.test("docs/how-to.md reads tables as it says", () =>
  withRunsFolder(async (runs) => {
    const commands = commandsOf("Tables");
    equal(commands.length, 4);
    const own = `${ROOT}${runs}/own.csv`;
    Deno.mkdirSync(`${ROOT}${runs}`, { recursive: true });
    const text = Deno.readTextFileSync(`${ROOT}data/breast_cancer.csv`).replaceAll("tumour", "mine");
    Deno.writeTextFileSync(own, text);
    for (const [task, ...args] of commands) {
      const words = args.map((word) => word.replace("FILE", own));
      const short = task === "plan"
        ? []
        : ["--runs", runs, "--engine", "wasm", "--ui", "plain", "--set", "train.epochs=2"];
      const { code, stdout, stderr } = await runProgram(task as "run", [...words, ...short]);
      equal(code, 0, `${task} ${words.join(" ")}: ${stderr}`);
      if (task === "plan") {
        match(stdout, /features: mean radius \(number\), mean texture \(number\)/);
        continue;
      }
      const last = [...Deno.readDirSync(`${ROOT}${runs}/table-anomaly`)].map(({ name }) => name).sort().at(
        -1,
      )!;
      const table = `${ROOT}${runs}/table-anomaly/${last}/artifacts/anomaly.csv`;
      const rows: Record<string, string>[] = parseCsv(Deno.readTextFileSync(table), { columns: true });
      equal(rows.length, 319);
      match(rows[0].name, words.includes(`load.source.file=${own}`) ? /^mine/ : /^tumour/);
      ok(rows[0].feature1 !== "" && Number.isFinite(Number(rows[0].expected1)));
    }
  }));

/** The sources of a section, in order: a code in the second column that makes one. */
function sourcesOf(section: string): ImagesInput[] {
  const codes = [...sectionOf(section).matchAll(/`(images\([^`]+\))`/g)].map(([, code]) => code);
  return codes.map((code) => new Function("images", `return ${code}`)(images));
}

/** The folders that the section on pictures names, with pictures that all differ. */
function writePictures(folder: string): void {
  const written = new Map<string, number>();
  const write = (names: readonly string[], height = 30, width = 24, white = 255) => {
    for (const name of names) {
      const path = `${folder}/${name}`, seed = written.size + 1;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      const pixels = Array.from(
        { length: height * width },
        (_, at) => (at * seed + (at >> 4)) % (white === 255 ? 256 : 900),
      );
      Deno.writeTextFileSync(path, `P2 ${width} ${height} ${white} ${pixels.join(" ")}`);
      written.set(name, seed);
    }
  };
  const numbered = (path: string, count: number) =>
    Array.from({ length: count }, (_, k) => `${path}/${k}.pgm`);
  write([...numbered("photos", 20), ...numbered("split/train/a", 3), ...numbered("split/train/b", 3)]);
  write([...numbered("split/test/a", 2), ...numbered("split/val/b", 2)]);
  write([
    ...numbered("bottles/train/good", 4),
    ...numbered("bottles/test/good", 2),
    ...numbered("bottles/test/broken", 2),
  ]);
  write(numbered("scans", 6), 8, 8, 65535);
  const list = numbered("", 20).map((name, k) => `${name.slice(1)},${k < 15 ? "train" : "test"}`);
  Deno.writeTextFileSync(`${folder}/list.csv`, ["file,split", ...list].join("\n"));
  Deno.mkdirSync(`${folder}/stacks`);
  for (const k of [1, 2]) {
    Deno.copyFileSync(`${ROOT}tests/fixtures/pictures/pages.tif`, `${folder}/stacks/${k}.tif`);
  }
}

Deno.test("docs/how-to.md reads pictures as it says", () =>
  withRunsFolder(async (runs) => {
    const folder = `${ROOT}${runs}`, seen: string[] = [];
    writePictures(folder);
    for (const input of sourcesOf("Pictures of your own")) {
      const inFolder = (path: string | undefined) => path?.endsWith(".csv") ? `${folder}/${path}` : path;
      const spec = SourceSpec.parse({
        ...input,
        folder: `${folder}/${input.folder}`,
        split: inFolder(input.split),
      });
      const { train, test, validation, labelNames, shape } = await openSource(spec, {
        seed: 1,
        log: () => {},
      });
      const [least, most] = scaledLimits(train, scaleOf(train), sampleSize(shape));
      seen.push(
        `${input.folder} ${train.count}+${test.count}+${validation?.count ?? 0} ${
          labelNames ?? "no labels"
        } ` +
          `${least.toFixed(2)} to ${most.toFixed(2)}`,
      );
    }
    deepEqual(seen.map((text) => text.replace(/ [-\d.]+ to [\d.]+$/, "")), [
      "split 6+2+2 a,b",
      "bottles 4+4+0 broken,good",
      "photos 15+5+0 no labels",
      "photos 16+4+0 no labels",
      "split 9+1+0 test,train,val",
      ...Array(4).fill("photos 18+2+0 no labels"),
      ...Array(2).fill("scans 5+1+0 no labels"),
      "stacks 3+3+0 no labels",
    ]);
    match(seen[9], / 0.00 to 1.00$/);
    match(seen[10], / -0.05 to 0.18$/);
  }));

Deno.test("docs/how-to.md trains on pictures as it says, and reports the ones that were left out", () =>
  withRunsFolder(async (runs) => {
    const pictures = `${runs}/own`;
    writePictures(`${ROOT}${pictures}`);
    const [[task, ...args]] = commandsOf("Pictures of your own");
    const [, more] = /the same with `([^`]+)`/.exec(sectionOf("Pictures of your own"))!;
    const words = args.map((word) => word.replace("FOLDER", `${pictures}/photos`));
    const short = ["train.epochs=1", "train.model.encoder=[20]", "generate.count=20", "clusters.k=2"]
      .flatMap((text) => ["--set", text]);
    const run = (...extra: string[]) =>
      runProgram(task as "run", [
        ...words,
        ...extra,
        ...short,
        "--runs",
        runs,
        "--engine",
        "wasm",
        "--ui",
        "plain",
      ]);
    Deno.writeTextFileSync(`${ROOT}${pictures}/photos/broken.jpg`, "no picture");
    Deno.writeTextFileSync(`${ROOT}${pictures}/photos/phone.heic`, "a format that is not read");
    const failed = await run();
    equal(failed.code, 1);
    match(
      failed.stdout,
      /broken.jpg" must be a PNG, JPEG, .* got none of these \(convert or remove the file\)/,
    );
    const { code, stdout, stderr } = await run(...more.split(" "));
    equal(code, 0, stderr);
    const skipped =
      /Skipped 2 of 22 files of ".*photos" that cannot be read: ".*broken.jpg" must .*; ".*phone.heic" must/;
    match(stdout, skipped);
    match(stdout, /18 \+ 2 images of 70x70, 2 of 22 files skipped as unreadable/);
    const folder = [...Deno.readDirSync(`${ROOT}${runs}/photos`)].map(({ name }) => name).filter((name) =>
      /-[0-9a-f]{4}$/.test(name)
    ).sort().at(-1)!;
    const path = `${ROOT}${runs}/photos/${folder}`;
    match(Deno.readTextFileSync(`${path}/report.md`), /Skipped 2 of 22 files/);
    match(Deno.readTextFileSync(`${path}/report.html`), /Skipped 2 of 22 files/);
    match(
      readJson(`${path}/artifacts/metrics.json`).$conditions.load.skipped,
      /^2 of 22 files skipped as unreadable: ".*broken.jpg"/,
    );
    const shown = await runProgram("runs", [folder, "--runs", runs]);
    match(shown.stdout, /Skipped 2 of 22 files/);
  }));

Deno.test("docs/how-to.md uses a trained model as it says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const spec = ModelSpec.parse(vae({ input: [7, 5, 1], encoder: [9], latent: 2 }));
    const held = { split: "test", count: 2, scores: { elbo: [0, 1] } } as const;
    const model = {
      spec,
      parameters: initialParameters(spec, 1),
      scale: BYTES_SCALE,
      use: { values: "bytes", held },
    } as const;
    await Deno.writeFile(`${folder}/RUN`, encodeModel(model));
    await Deno.mkdir(`${folder}/pictures`);
    const pixels = Uint8Array.from({ length: 35 }, (_, at) => 7 * at);
    const picture = { height: 7, width: 5, channels: 1, pixels };
    await Deno.writeFile(`${folder}/pictures/a.png`, await encodePicture("a.png", picture));
    const values = [npyHeader([1, 7, 5]), floatBytes(Float32Array.from(pixels))] as BlobPart[];
    await Deno.writeFile(`${folder}/x.npy`, new Blob(values).stream());
    const commands = commandsOf("Use a trained model");
    equal(commands.length, 9);
    for (const [task, ...args] of commands) {
      const isPath = /^(RUN|pictures|clean|wrong|decoded|samples|[\w-]+\.(npy|csv|parquet))$/;
      const words = args.map((word) => isPath.test(word) ? `${folder}/${word}` : word);
      const { code, stderr } = await runProgram(task as "encode", [...words, "--engine", "wasm"]);
      equal(code, 0, `${task} ${args.join(" ")}: ${stderr}`);
      ok(Deno.statSync(`${folder}/${args[args.indexOf("-o") + 1]}`) !== undefined);
    }
    ok(Deno.statSync(`${folder}/wrong/a.png`).isFile && Deno.statSync(`${folder}/samples/99.png`).isFile);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/how-to.md has models that fit pictures of 28x28", () => {
  const codes = [...sectionOf("Models").matchAll(/`((?:vq)?vae\(.*?\)|\[.*?\])`(?:, then `.*?`)? *\|/g)].map((
    [, code],
  ) => code);
  equal(codes.length, 11);
  const { default: _, ...kinds } = KINDS;
  const makers: Record<string, unknown> = { vae, vqvae, gaussian, ...kinds, residual };
  for (const code of codes) {
    const made = new Function(...Object.keys(makers), `return ${code}`)(...Object.values(makers));
    const model = Array.isArray(made) ? vae({ encoder: made, latent: 8 }) : made;
    deepEqual(modelFaults(ModelSpec.parse(model), [28, 28, 1]), [], code);
  }
});

Deno.test("docs/how-to.md trains as it says", async () => {
  const codes = [...sectionOf("Training").matchAll(/`(train\(.*?\))` *\|/g)].map(([, code]) => code);
  equal(codes.length, 4);
  const model = vae({ encoder: [9], latent: 2 }), all = [];
  for (const code of codes) {
    const stage = new Function("train", "plateau", "oneCycle", "model", `return ${code}`)(
      train,
      plateau,
      oneCycle,
      model,
    );
    const chain = pipeline("how-to").pipe(load(glyphs())).pipe(stage) as Pipeline<LoadOutput & TrainOutput>;
    const { outputs } = await runPipeline(chain, { set: ["train.epochs=2"], engine: "wasm" });
    all.push([...outputs.model.parameters].join());
  }
  // Time that is not used up changes nothing but the average.
  equal(new Set(all).size, 3);
});

Deno.test("docs/how-to.md has stages for a trained model that work as it says", async () => {
  const codes = [
    ...sectionOf("Use a trained model").matchAll(/`((?:train|exportRun|evaluate)\(.*?\))` in the/g),
  ]
    .map(([, code]) => code);
  equal(codes.length, 5);
  const file = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const model = vae({ encoder: [9], latent: 2 }), spec = ModelSpec.parse({ ...model, input: [7, 5, 1] });
    const parameters = initialParameters(spec, 3);
    await Deno.writeFile(file, encodeModel({ spec, parameters, scale: BYTES_SCALE }));
    for (const code of codes) {
      const written = code.replace("model.safetensors", file), files: string[] = [];
      const stage = new Function("train", "exportRun", "evaluate", "model", `return ${written}`)(
        train,
        exportRun,
        evaluate,
        model,
      );
      const start = pipeline("how-to").pipe(load(glyphs()));
      const chain =
        (code.startsWith("train") ? start.pipe(stage) : start.pipe(train(model)).pipe(stage)) as Pipeline<
          LoadOutput & TrainOutput
        >;
      const { outputs } = await runPipeline(chain, {
        set: ["train.epochs=1"],
        engine: "wasm",
        onArtifact: (name) => void files.push(name),
      });
      const trained = outputs.model.parameters;
      const encoder = 35 * 9 + 9 + 9 * 4 + 4,
        isSame = (from: number, to: number) =>
          trained.subarray(from, to).every((value, at) => value === parameters[from + at]);
      if (code.includes("freeze")) ok(isSame(0, encoder) && !isSame(encoder, trained.length), code);
      else if (code.startsWith("train")) {
        ok(trained.every((value, at) => Math.abs(value - parameters[at]) < 0.1), code);
      } else {
        const wanted = code.includes("pytorch") ? /model\.py$/ : code.includes("npy") ? /\.npy$/ : /\.csv$/;
        ok(files.some((name) => wanted.test(name)), `${code}: ${files}`);
      }
    }
  } finally {
    await Deno.remove(file);
  }
});
