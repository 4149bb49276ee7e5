import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import pngjs from "pngjs";
import { readModel } from "../../src/models/model_file.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** A picture of a bright disc on a dark ground, of a place and size of its own, as PGM; higher than wide, as photographs may be. */
function discPgm(number: number, height = 30, width = 24): string {
  const row = 10 + number % 7, column = 8 + number % 5, radius = 4 + number % 4;
  const pixels = Array.from(
    { length: height * width },
    (_, at) => Math.hypot(Math.floor(at / width) - row, at % width - column) < radius ? 230 : 20 + number % 9,
  );
  return `P2 ${width} ${height} 255 ${pixels.join(" ")}`;
}

/** The disc of {@link discPgm} in a colour of its own, as PPM. */
function discPpm(number: number): string {
  const [head, ...pixels] = discPgm(number).replace("P2", "P3").split(/(?<=255) /);
  const colour = [1, (number % 3) / 2, (number % 5) / 4];
  const channels = pixels.join(" ").split(" ").flatMap((grey) =>
    colour.map((share) => Math.round(share * Number(grey)))
  );
  return `${head} ${channels.join(" ")}`;
}

/** Runs a pipeline in a short form on 40 discs, and checks what every run on pictures leaves; returns its folder of artifacts. */
async function trainOnDiscs(
  folder: string,
  { name, disc, settings = [] }: {
    readonly name: string;
    readonly disc: (number: number) => string;
    readonly settings?: readonly string[];
  },
): Promise<string> {
  const photos = `${folder}/made pictures`;
  Deno.mkdirSync(`${ROOT}${photos}`, { recursive: true });
  for (let number = 0; number < 40; number++) {
    Deno.writeTextFileSync(`${ROOT}${photos}/${number}.ppm`, disc(number));
  }
  const { code, stdout, stderr } = await runProgram("run", [
    `pipelines/${name}.ts`,
    ...["--ui", "plain", "--runs", folder],
    ...[
      `load.source.folder=${photos}`,
      "train.epochs=2",
      "generate.count=20",
      "clusters.k=2",
      ...settings,
    ].flatMap((text) => ["--set", text]),
  ]);
  equal(code, 0, stdout + stderr);
  const artifacts = `${onlyRun(folder, name)}/artifacts`;
  const { evaluate, latentSpace } = readJson(`${artifacts}/metrics.json`);
  const { elbo, mse } = evaluate, { explained, baselineExplained } = latentSpace;
  for (const metric of [elbo, mse, explained, baselineExplained]) ok(Number.isFinite(metric));
  for (const picture of ["showSamples", "generate", "interpolate", "clusters", "reconstructions"]) {
    ok(Deno.statSync(`${artifacts}/${picture}.png`).size > 100, picture);
  }
  return artifacts;
}

Deno.test("pipelines/photos.ts trains on the pictures of a folder that the user names", () =>
  withRunsFolder(async (folder) => void await trainOnDiscs(folder, { name: "photos", disc: discPgm })));

Deno.test("pipelines/photos-conv.ts trains on them in colour, of the size that the user names", () =>
  withRunsFolder(async (folder) => {
    const settings = ["load.source.height=20", "load.source.width=22"];
    const artifacts = await trainOnDiscs(folder, { name: "photos-conv", disc: discPpm, settings });
    deepEqual(readModel(`${artifacts}/model/model.safetensors`).spec.input, [20, 22, 3]);
    const sheet = Buffer.from(Deno.readFileSync(`${artifacts}/reconstructions.png`));
    const pixels: Uint8Array = pngjs.PNG.sync.read(sheet).data;
    ok(pixels.some((value, at) => at % 4 === 0 && value !== pixels[at + 2]), "red and blue differ somewhere");
  }));

Deno.test("pipelines/photos.ts says which folder is missing, and how to name another", async () => {
  await withRunsFolder(async (folder) => {
    const { code, stdout, stderr } = await runProgram("run", [
      "pipelines/photos.ts",
      ...["--ui", "plain", "--runs", folder, "--set", "load.source.folder=no/such folder"],
    ]);
    equal(code, 2);
    ok(
      (stdout + stderr).includes(
        'load.source.folder must be a folder of images, got "no/such folder", which does not exist (give another one, as in --set load.source.folder=FOLDER)',
      ),
      stdout + stderr,
    );
    throws(() => Deno.statSync(`${ROOT}${folder}`), Deno.errors.NotFound);
  });
});
