import { killAndResume } from "../support/storm.ts";
import { STREAMED_FOLDER, writeStreamed } from "../support/streamed_pipeline.ts";

// The short form of tests/storm/: `deno task test:storm`.

Deno.test("run is the same bits after 5 kills on wasm, glyphs under noise, as if it had never been killed", async () => {
  await killAndResume({
    file: "pipelines/glyphs-dae.ts",
    pipeline: "glyphs-dae",
    settings: [
      ...[
        "--engine",
        "wasm",
        "--set",
        "train.epochs=600",
        "--set",
        "train.repeats=16",
        "--set",
        "evaluate.draws=3",
      ],
      ...["--set", "train.checkpoint.everyMinutes=0.001"],
    ],
    kills: 5,
    seed: 1,
    longest: 2000,
  });
});

Deno.test("run is the same bits after 5 kills on native, two trainings from a file, as if it had never been killed", async () => {
  await killAndResume({
    file: writeStreamed,
    pipeline: STREAMED_FOLDER,
    settings: ["--engine", "native"],
    kills: 5,
    seed: 2,
    longest: 2000,
  });
});
