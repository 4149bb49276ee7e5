import { ok, strictEqual as equal, throws } from "node:assert/strict";
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

Deno.test("pipelines/photos.ts trains on the pictures of a folder that the user names", async () => {
  await withRunsFolder(async (folder) => {
    const photos = `${folder}/made pictures`;
    Deno.mkdirSync(`${ROOT}${photos}`, { recursive: true });
    for (let number = 0; number < 40; number++) {
      Deno.writeTextFileSync(`${ROOT}${photos}/${number}.pgm`, discPgm(number));
    }
    const settings = [`load.source.folder=${photos}`, "train.epochs=2", "generate.count=20", "clusters.k=2"];
    const { code, stdout, stderr } = await runProgram("run", [
      "pipelines/photos.ts",
      ...["--ui", "plain", "--runs", folder],
      ...settings.flatMap((text) => ["--set", text]),
    ]);
    equal(code, 0, stdout + stderr);
    const artifacts = `${onlyRun(folder, "photos")}/artifacts`;
    const { evaluate, latentSpace } = readJson(`${artifacts}/metrics.json`);
    for (
      const metric of [evaluate.elbo, evaluate.mse, latentSpace.explained, latentSpace.baselineExplained]
    ) {
      ok(Number.isFinite(metric));
    }
    for (const name of ["showSamples", "generate", "interpolate", "clusters", "reconstructions"]) {
      ok(Deno.statSync(`${artifacts}/${name}.png`).size > 100, name);
    }
  });
});

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
