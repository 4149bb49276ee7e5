/** `sample RUN -n 100 -o FOLDER|FILE`: writes new samples. @module */
import { sampleClassIndices, samplePoints } from "../../inference/operations.ts";
import { parseCount, parseSeed } from "../options.ts";
import { checkOutputFile, isFileOutput, modelCommand, openModel } from "./common.ts";
import { writeDecoded } from "./decode.ts";
import { ROW_ENDINGS } from "./write_rows.ts";

/** The command. */
export function sampleCommand(exit: (code: number) => void) {
  return modelCommand(
    "sample",
    "write new samples, decoded from points of the prior (of an autoencoder: of a Gaussian fitted to its latents)",
    "a folder for pictures, or an .npy, .csv, .tsv or .parquet file",
  )
    .option("-n, --count <number>", "how many", parseCount, 64)
    .option("--seed <number>", "seed of the draws", parseSeed, 0)
    .option(
      "--class <name>",
      "of a conditional model: the class of all samples (default: each class in turn)",
    )
    .action(async (run, { out, overwrite, count, seed, class: classes, ...options }) => {
      if (isFileOutput(out)) checkOutputFile(out, ROW_ENDINGS, overwrite);
      const known = await openModel(run, options);
      const indices = sampleClassIndices(known.model.spec, classes);
      exit(await writeDecoded(known, samplePoints(known.model, count, seed), { out, overwrite, indices }));
    });
}
