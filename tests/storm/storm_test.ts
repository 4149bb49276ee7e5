import { killAndResume } from "../support/storm.ts";
import { STREAMED_FOLDER, writeStreamed } from "../support/streamed_pipeline.ts";

const KILLS = 50;

for (const engine of ["wasm", "native"]) {
  Deno.test(`run on ${engine} is the same bits after ${KILLS} kills at random moments, glyphs under noise`, async () => {
    await killAndResume({
      file: "pipelines/glyphs-dae.ts",
      pipeline: "glyphs-dae",
      settings: [
        ...[
          "--engine",
          engine,
          "--set",
          "train.epochs=3000",
          "--set",
          "train.repeats=16",
          "--set",
          "evaluate.draws=20",
        ],
        ...["--set", "train.checkpoint.everyMinutes=0.001"],
      ],
      kills: KILLS,
      seed: 11,
      longest: 2500,
    });
  });
  Deno.test(`run on ${engine} is the same bits after ${KILLS} kills at random moments, two trainings from a file`, async () => {
    await killAndResume({
      file: writeStreamed,
      pipeline: STREAMED_FOLDER,
      settings: ["--engine", engine],
      kills: KILLS,
      seed: 12,
      longest: 2500,
    });
  });
}
