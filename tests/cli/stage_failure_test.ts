import { match, ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** Pipelines whose data is broken; `FOLDER` stands for the test's own folder. */
const BROKEN: { name: string; source: string; file?: [string, Uint8Array]; says: RegExp }[] = [
  {
    name: "a truncated IDX file",
    source: 'idx({ images: "FOLDER/short-idx3-ubyte" })',
    file: ["short-idx3-ubyte", new Uint8Array([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 5, 1, 2, 3])],
    says: /short-idx3-ubyte/,
  },
  {
    name: "labels where images should be",
    source: 'idx({ images: "FOLDER/labels-idx1-ubyte" })',
    file: ["labels-idx1-ubyte", new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 1, 2])],
    says: /labels-idx1-ubyte/,
  },
  { name: "an IDX file that is not there", source: 'idx({ images: "FOLDER/missing" })', says: /missing/ },
  {
    name: "a folder without images",
    source: 'images("FOLDER/pictures", { height: 7, width: 5 })',
    file: ["pictures/readme.txt", new TextEncoder().encode("no picture")],
    says: /pictures/,
  },
  {
    name: "an image that does not decode",
    source: 'images("FOLDER/pictures", { height: 7, width: 5 })',
    file: ["pictures/broken.png", new TextEncoder().encode("no picture")],
    says: /broken\.png/,
  },
];

Deno.test("run fails with the stage's name at a timer of the pipeline file that fails while it runs", async () => {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    // Late enough in the worker, which loads the file a second time; never in the process that starts the run.
    await Deno.writeTextFile(
      `${ROOT}${folder}/pipeline.ts`,
      `import { glyphs, load, pipeline } from "../../mod.ts";
       import { z } from "zod";
       const slow = { kind: "slow", version: 1, inputs: [], outputs: [], schema: z.object({}), async run() {
         setTimeout(() => { throw new Error("no luck"); }, 10);
         await new Promise((resolve) => setTimeout(resolve, 60_000));
         return { outputs: {} };
       } };
       export default pipeline("stray").pipe(load(glyphs())).pipe({ kind: "slow", options: {}, definition: slow });`,
    );
    const { code, stdout, stderr } = await runProgram("run", [
      ...[`${folder}/pipeline.ts`, "--runs", `${folder}/made`, "--ui", "plain"],
    ]);
    equal(code, 1, stderr);
    ok(!/^ +at .*(file:|ext:)|Uncaught/m.test(stdout + stderr), stdout + stderr);
    const record = readJson(`${onlyRun(`${folder}/made`, "stray")}/run.json`);
    equal(record.status, "failed");
    match(record.reason, /^slow: .*pipeline\.ts left an error outside of its stages: no luck$/);
  });
});

for (const { name, source, file, says } of BROKEN) {
  Deno.test(`run fails on ${name}, names it, and keeps a readable record`, async () => {
    await withRunsFolder(async (folder) => {
      const home = `${ROOT}${folder}`;
      await Deno.mkdir(`${home}/pictures`, { recursive: true });
      if (file !== undefined) await Deno.writeFile(`${home}/${file[0]}`, file[1]);
      await Deno.writeTextFile(
        `${home}/pipeline.ts`,
        `import { ae, idx, images, load, pipeline, train } from "../../mod.ts";
         void idx, images;
         export default pipeline("broken").pipe(load(${source.replace("FOLDER", folder)}))
           .pipe(train(ae({ encoder: [35, 5], latent: 2 }), { epochs: 1 }));`,
      );
      const { code, stdout, stderr } = await runProgram("run", [
        `${folder}/pipeline.ts`,
        "--runs",
        `${folder}/made`,
        "--ui",
        "plain",
      ]);
      ok(code === 1 || code === 2, `exit code ${code}: ${stderr}`);
      match(stdout + stderr, says);
      ok(!/^ +at .*(file:|ext:)/m.test(stdout + stderr), "no stack trace");
      if (code === 1) {
        const record = readJson(`${onlyRun(`${folder}/made`, "broken")}/run.json`);
        equal(record.status, "failed");
        equal(record.exitCode, 1);
        match(record.reason, says);
      }
    });
  });
}

Deno.test("run ends a training whose loss is no number with exit code 1 and keeps the last good weights", async () => {
  await withRunsFolder(async (folder) => {
    const settings = [
      'train.optimizer={"kind":"sgd","learningRate":1e30}',
      "train.model.loss=mse",
      "train.model.outputActivation=linear",
    ];
    const args = [
      "pipelines/glyphs-ae.ts",
      "--ui",
      "plain",
      "--runs",
      folder,
      ...settings.flatMap((setting) => ["--set", setting]),
    ];
    const { code, stdout } = await runProgram("run", args);
    equal(code, 1);
    match(stdout, /loss must be a finite number/);
    const run = onlyRun(folder, "glyphs-ae");
    ok(Deno.statSync(`${run}/checkpoints/train.safetensors`).size > 1000);
    equal(readJson(`${run}/run.json`).status, "failed");
  });
});
