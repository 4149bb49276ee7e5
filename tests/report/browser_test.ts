import {
  deepStrictEqual as deepEqual,
  match,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { chromium, type Page } from "playwright-core";
import { decodePoints } from "../../src/analysis/reconstruction/inference.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { BYTES_SCALE } from "../../src/core/scale.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { readReportData } from "../../src/report/read_run.ts";
import { writeReport } from "../../src/report/report.ts";
import { withRun } from "./fake_run_folder.ts";
import { onlyRun, runProgram, withRunsFolder } from "../support/program.ts";

/** Debian's Chromium; without it the tests are skipped, and their names say why. */
const CHROMIUM = "/usr/bin/chromium";
const hasChromium = await Deno.stat(CHROMIUM).then(() => true, () => false);
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Functions given to `evaluate` run in the page, whose types this program does not have. */
// deno-lint-ignore no-explicit-any
declare const document: any;

/** Opens a report from disk; fails on console messages, errors and requests. */
async function withPage(
  folder: string,
  test: (page: Page, problems: string[]) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const problems: string[] = [], requests: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => void (request.url().startsWith("data:") || requests.push(request.url())));
    const address = `file://${await Deno.realPath(folder)}/report.html`;
    await page.goto(address);
    await page.waitForFunction(() => document.documentElement.dataset.ready === "yes");
    await test(page, problems);
    deepEqual(requests, [address], "the page requests nothing but itself");
    deepEqual(problems, []);
  } finally {
    await browser.close();
  }
}

/** A model of pictures of 40x40 with a decoder of 2 x 2000 + 2000 x 1600 weights. */
function largeModel(): TrainedModel {
  const spec = ModelSpec.parse({ kind: "ae", input: [40, 40, 1], encoder: [2000], latent: 2 });
  return { spec, parameters: initialParameters(spec, 1), shape: [40, 40, 1], scale: BYTES_SCALE };
}

/** The point of the explorer, and the grey values that its canvas shows. */
async function shown(page: Page): Promise<{ point: number[]; pixels: number[] }> {
  // The canvas is drawn in the next frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return await page.evaluate(() => {
    const canvas = document.querySelector("#decoded");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const pixels = Array.from({ length: data.length / 4 }, (_, at) => data[4 * at]);
    return { point: JSON.parse(document.querySelector("#plane").dataset.point), pixels };
  });
}

Deno.test({
  name: "writeReport makes a page whose explorer draws what the engine decodes" +
    (hasChromium ? "" : ` (skipped: there is no ${CHROMIUM})`),
  ignore: !hasChromium,
  fn: () =>
    withRunsFolder(async (runs) => {
      const settings = ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=2"];
      const args = [
        "pipelines/mnist-vae-2d.ts",
        "--ui",
        "plain",
        "--runs",
        runs,
        ...settings.flatMap((text) => ["--set", text]),
      ];
      equal((await runProgram("run", args)).code, 0);
      const folder = onlyRun(runs, "mnist-vae-2d");
      await writeReport(folder);
      ok((await Deno.stat(`${folder}/report.html`)).size < 5_000_000);
      const { model } = await readReportData(folder);
      const parameters = Float32Array.from(model!.tensors.flatMap(({ data }) => [...data]));
      const trained = { ...model!, parameters };
      const engine = await loadEngine("wasm");
      const expectDecoded = ({ point, pixels }: { point: number[]; pixels: number[] }) => {
        const expected = decodePoints(engine, trained, point);
        const worst = Math.max(...pixels.map((pixel, at) => Math.abs(pixel - 255 * expected[at])));
        ok(worst <= 1, `at ${point} the worst pixel is ${worst} of 255 away`);
      };
      await withPage(folder, async (page) => {
        const before = await shown(page);
        expectDecoded(before);
        // The images behind the plane are decoded over several frames.
        await page.waitForFunction(() => document.querySelector("#plane").dataset.background === "whole");
        const plane = page.locator("#plane");
        await plane.scrollIntoViewIfNeeded();
        const box = (await plane.boundingBox())!;
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.25, { steps: 5 });
        const dragged = await shown(page);
        await page.mouse.up();
        ok(dragged.point[0] > 1 && dragged.point[1] > 0.5, `dragged to the right and up: ${dragged.point}`);
        notDeepEqual(dragged.pixels, before.pixels);
        expectDecoded(dragged);

        await plane.focus();
        await page.keyboard.press("ArrowLeft");
        const stepped = await shown(page);
        ok(stepped.point[0] < dragged.point[0] && stepped.point[1] === dragged.point[1]);
        expectDecoded(stepped);

        await page.locator("input[data-dimension='1']").fill("-1.5");
        const slid = await shown(page);
        equal(slid.point[1], -1.5);
        expectDecoded(slid);
      });
    }),
});

Deno.test({
  name:
    "writeReport makes a page that says so where the decoder is too large for an explorer, and works without" +
    (hasChromium ? "" : ` (skipped: there is no ${CHROMIUM})`),
  ignore: !hasChromium,
  fn: () =>
    withRun({ model: largeModel() }, async (folder) => {
      await writeReport(folder);
      await withPage(folder, async (page) => {
        match(
          await page.locator("#explorer").innerText(),
          /3,204,000 weights.*deno task explore 20261123-220700-4f2a/s,
        );
      });
    }),
});

Deno.test({
  name:
    "the page sorts a table by a heading, scrubs through epochs, moves to a sample and enlarges pictures" +
    (hasChromium ? "" : ` (skipped: there is no ${CHROMIUM})`),
  ignore: !hasChromium,
  fn: () =>
    withRunsFolder(async (runs) => {
      const args = [
        "pipelines/glyphs-ae-small.ts",
        "--ui",
        "plain",
        "--runs",
        runs,
        "--set",
        "train.epochs=60",
        "--set",
        "train.model.latent=3",
      ];
      equal((await runProgram("run", args)).code, 0);
      const folder = onlyRun(runs, "glyphs-ae-small");
      await writeReport(folder);
      await withPage(folder, async (page) => {
        const table = page.locator("#metrics table").last();
        const values = () =>
          table.locator("td[data-value]:nth-child(2)").evaluateAll((cells) =>
            // deno-lint-ignore no-explicit-any -- elements of the page.
            cells.map((cell: any) => Number(cell.dataset.value))
          );
        await table.getByRole("button", { name: "value" }).click();
        const sorted = await values();
        deepEqual(sorted, sorted.toSorted((a, b) => a - b));
        await table.getByRole("button", { name: "value" }).click();
        deepEqual(await values(), sorted.toReversed());

        const preview = () =>
          page.evaluate(() => document.querySelector("[data-row='output'] canvas").toDataURL());
        const last = await preview();
        await page.locator(".scrub input").fill("0");
        notDeepEqual(await preview(), last);
        equal(await page.locator(".scrub output").innerText().then((text) => text.split(",")[0]), "epoch 1");

        await page.locator("#sample-choice").selectOption("3");
        const { latent } = await readReportData(folder);
        const points = new Float32Array(Uint8Array.fromBase64(latent!.points).buffer);
        deepEqual((await shown(page)).point, [...points.subarray(9, 12)]);
        await page.locator("#axis-x").selectOption("2");
        ok((await page.locator("#where").innerText()).startsWith("z3 = "));

        await page.locator(".zoom").first().click();
        ok(await page.locator("dialog img").isVisible());
        await page.keyboard.press("Escape");
        ok(!await page.locator("dialog").isVisible());
      });
    }),
});
