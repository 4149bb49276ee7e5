/**
 * A run on pictures in colour: every stage, every export, and every command that writes pictures.
 *
 * @module
 */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { chromium } from "playwright-core";
import chain from "../fixtures/colour.ts";
import { decodePicture } from "../data/first_picture.ts";
import { RunEvent } from "../../src/pipeline/events.ts";
import { encodePicture } from "../../src/export/picture_file.ts";
import { loadModel } from "../../src/inference/load_model.ts";
import { decodeFrames } from "../../src/data/decode.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** Debian's Chromium; without it its step is skipped. */
const CHROMIUM = "/usr/bin/chromium";
const hasChromium = await Deno.stat(CHROMIUM).then(() => true, () => false);

/** Functions given to `evaluate` run in the page, whose types this program does not have. */
// deno-lint-ignore no-explicit-any
declare const document: any, requestAnimationFrame: any;

const PIPELINE = "tests/fixtures/colour.ts", SIDE = 12, SIZE = 3 * SIDE * SIDE;
const decodeFile = async (path: string) => await decodePicture(await Deno.readFile(path));

/** How many pixels are not grey: red, green and blue differ by more than 16. */
function colouredPixels(rgba: ArrayLike<number>): number {
  let count = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const [red, green, blue] = [rgba[at], rgba[at + 1], rgba[at + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 16) count++;
  }
  return count;
}

/** The kinds of all shipped stages, from their sources. */
async function stageKinds(): Promise<Set<string>> {
  const kinds = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await visit(`${folder}/${name}`);
      else {
        const text = await Deno.readTextFile(`${folder}/${name}`);
        for (const [, kind] of text.matchAll(/\bkind: "(\w+)",\n\s+version: \d/g)) kinds.add(kind);
      }
    }
  };
  await visit(`${ROOT}src/stages`);
  return kinds;
}

/**
 * The sheets of a run: tiles across and down. A tile is seven times enlarged (84 pixels), or less where many columns would be wider than
 * 1,000 pixels, with a gap around.
 */
const SHEETS: Readonly<Record<string, readonly [across: number, down: number]>> = {
  "showSamples.png": [2, 2],
  "interpolate.png": [6, 1],
  "generate.png": [3, 3],
  "farthestSample.png": [2, 1],
  "clusters.png": [5, 2],
  "anomaly.png": [3, 2],
};

Deno.test("a run on pictures in colour draws, measures and exports them in colour through every stage", async (t) => {
  deepEqual(new Set(chain.stages.map(({ kind }) => kind)), await stageKinds(), "the fixture has every stage");
  await withRunsFolder(async (runs) => {
    const args = [PIPELINE, "--runs", runs, "--ui", "plain", "--engine", "wasm", "--tensorboard"];
    const { code, stderr } = await runProgram("run", args);
    equal(code, 0, stderr);
    const folder = onlyRun(runs, "colour"), artifacts = `${folder}/artifacts`;

    await t.step("sheets have whole tiles in colour, and every picture has colours", async () => {
      const names = [...Deno.readDirSync(artifacts)].map(({ name }) => name).filter((name) =>
        name.endsWith(".png")
      );
      for (const name of names) {
        const bytes = await Deno.readFile(`${artifacts}/${name}`);
        // PNG, third edition, 11.2.1: colour type 2 is red, green and blue.
        equal(bytes[25], 2, `${name}: colour type`);
        const { width, height, rgba } = await decodePicture(bytes);
        ok(colouredPixels(rgba) > 50, `${name} is grey`);
        const [across, down] = SHEETS[name] ?? [];
        if (across === undefined) continue;
        deepEqual([width, height], [across * 91 + 7, down * 91 + 7], name);
      }
      for (const name of Object.keys(SHEETS)) ok(names.includes(name), `${name} is missing`);
      ok(names.some((name) => name.startsWith("novelty-")) && names.includes("latent.png"));
    });

    await t.step("showSamples.png shows the colours of the data", async () => {
      const { width, rgba } = await decodeFile(`${artifacts}/showSamples.png`);
      // "grinning face": the yellow of its skin above its eyes, white in the corner.
      const at = (row: number, column: number) => [
        ...rgba.subarray(4 * ((7 + 7 * row + 3) * width + 7 + 7 * column + 3)).slice(0, 3),
      ];
      deepEqual(at(0, 0), [255, 255, 255]);
      const [red, green, blue] = at(3, 6);
      ok(red > 220 && green > 200 && blue < 90, `${[red, green, blue]}`);
    });

    await t.step("interpolate.gif has a frame for each step there and back, in colour", async () => {
      const frames: number[] = [];
      for await (const { rgba } of decodeFrames(await Deno.readFile(`${artifacts}/interpolate.gif`), "all")) {
        frames.push(colouredPixels(rgba));
      }
      equal(frames.length, 10);
      ok(frames.every((count) => count > 50));
    });

    await t.step("previews and latent.json have three bytes for each pixel", () => {
      const lines = Deno.readTextFileSync(`${folder}/events.jsonl`).trim().split("\n");
      const previews = lines.map((line) => RunEvent.parse(JSON.parse(line))).filter(({ type }) =>
        type === "preview"
      );
      ok(previews.length > 0);
      for (const preview of previews) {
        if (preview.type !== "preview") continue;
        deepEqual([preview.height, preview.width, preview.channels], [SIDE, SIDE, 3]);
        for (const { target, input, output } of preview.items) {
          deepEqual([target, input, output].map((text) => Uint8Array.fromBase64(text).length), [
            SIZE,
            SIZE,
            SIZE,
          ]);
        }
      }
      const latent = readJson(`${artifacts}/latent.json`);
      equal(latent.channels, 3);
      equal(Uint8Array.fromBase64(latent.images).length, latent.labels.length * SIZE);
    });

    await t.step("exports take and give height x width x 3 values", () => {
      const { modelTopology } = readJson(`${artifacts}/model/tfjs/autoencoder/model.json`);
      ok(JSON.stringify(modelTopology).includes(`[null,${SIZE}]`));
      const file = (name: string) => Deno.readFileSync(`${artifacts}/model/${name}`);
      const onnx = new TextDecoder("latin1").decode(file("onnx/autoencoder.onnx"));
      ok(onnx.includes("ConvTranspose") && onnx.length > 0.9 * file("model.safetensors").length);
    });

    await t.step("TensorBoard's pictures are in colour", async () => {
      const [file] = [...Deno.readDirSync(`${folder}/tensorboard`)];
      const bytes = await Deno.readFile(`${folder}/tensorboard/${file.name}`);
      const png = [0x89, 0x50, 0x4e, 0x47];
      const starts = Array.from(bytes.keys()).filter((at) => png.every((byte, k) => bytes[at + k] === byte));
      ok(starts.length > 0 && starts.every((at) => bytes[at + 25] === 2));
    });

    await t.step({
      name: "the report's explorer draws what the model decodes, in colour" +
        (hasChromium ? "" : ` (skipped: there is no ${CHROMIUM})`),
      ignore: !hasChromium,
      fn: () => explore(folder),
    });

    await t.step(
      "loadModel() and the commands read and write pictures in colour",
      () => useModel(folder, `${ROOT}${runs}`),
    );
  });
});

/** Compares the picture at the origin of the report's explorer with the model's. */
async function explore(folder: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`file://${folder}/report.html`);
    await page.waitForFunction(() => document.documentElement.dataset.ready === "yes");
    // The canvas is drawn in the next frame.
    await page.evaluate(() =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    );
    const shown: number[] = await page.evaluate(() => {
      const { width, height } = document.querySelector("#decoded");
      const context = document.querySelector("#decoded").getContext("2d");
      return [...context.getImageData(0, 0, width, height).data];
    });
    const model = await loadModel(folder, { engine: "wasm" });
    const { data } = await model.decode([[0, 0]]);
    equal(shown.length, 4 * SIDE * SIDE);
    for (const [at, value] of [...data].entries()) {
      const pixel = shown[4 * Math.floor(at / 3) + at % 3];
      ok(Math.abs(value - pixel) <= 1, `value ${at}: ${value} of the model, ${pixel} in the page`);
    }
  } finally {
    await browser.close();
  }
}

/** Reconstructs, scores, samples and decodes pictures with the model of a run. */
async function useModel(folder: string, runs: string): Promise<void> {
  const input = `${runs}/in`, out = `${runs}/out`, pixels = new Uint8Array(SIZE);
  await Deno.mkdir(input);
  for (let at = 0; at < SIZE; at++) pixels[at] = [250, 220, 40][at % 3];
  const picture = { height: SIDE, width: SIDE, channels: 3, pixels };
  await Deno.writeFile(`${input}/yellow.png`, await encodePicture("yellow.png", picture));
  const run = async (command: Parameters<typeof runProgram>[0], ...args: string[]) => {
    const { code, stderr } = await runProgram(command, [folder, ...args, "--engine", "wasm"]);
    equal(code, 0, `${command}: ${stderr}`);
  };
  await run("reconstruct", input, "-o", `${out}-r`);
  await run("sample", "--count", "2", "-o", `${out}-s`);
  await run("encode", input, "-o", `${out}.csv`);
  await run("decode", `${out}.csv`, "-o", `${out}-d`);
  await run("score", input, "-o", `${out}-s.csv`, "--threshold", "0", "--pictures", `${out}-e`);

  const model = await loadModel(folder, { engine: "wasm" });
  equal(model.shape.join(), `${SIDE},${SIDE},3`);
  const { data } = await model.reconstruct(pixels);
  const written = await decodeFile(`${out}-r/yellow.png`);
  const colours = Array.from({ length: SIZE }, (_, at) => written.rgba[4 * Math.floor(at / 3) + at % 3]);
  for (const [at, value] of [...data].entries()) {
    ok(Math.abs(value - colours[at]) <= 1, `value ${at}: ${value} of the model, ${colours[at]} in the file`);
  }
  const decoded = await decodeFile(`${out}-d/0.png`);
  deepEqual([decoded.height, decoded.width], [SIDE, SIDE]);
  ok(colouredPixels(decoded.rgba) > 10 && colouredPixels((await decodeFile(`${out}-s/0.png`)).rgba) > 10);
  const compared = await decodeFile(`${out}-e/yellow.png`);
  deepEqual([compared.width, compared.height], [3 * 91 + 7, 91 + 7]);
  // The map of differences is grey: the mean over channels.
  const [sample, , map] = [0, 1, 2].map((tile) => {
    const at = 4 * (40 * compared.width + 7 + 91 * tile + 40);
    return [...compared.rgba.subarray(at, at + 3)];
  });
  deepEqual(sample, [250, 220, 40]);
  ok(map[0] === map[1] && map[1] === map[2], `${map}`);
}
