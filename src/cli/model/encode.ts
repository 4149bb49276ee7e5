/** `encode RUN INPUT -o FILE`: writes the latent points of samples. @module */
import { countText } from "../../core/amounts.ts";
import { openInputFile } from "../../inference/input_file.ts";
import { encodeRows, encodingOf } from "../../inference/operations.ts";
import { note } from "./note.ts";
import {
  checkOutputFile,
  CLASS,
  doWork,
  modelCommand,
  openModel,
  parseRange,
  RANGE,
  report,
} from "./common.ts";
import { numbered, ROW_ENDINGS, writeRows } from "./write_rows.ts";

/** The command. */
export function encodeCommand(exit: (code: number) => void) {
  return modelCommand(
    "encode",
    "write the latent points of samples (of a vae the means)",
    "the file of the points: .npy (float32, [samples, latent dimensions]), .csv, .tsv or .parquet",
  )
    .argument("<input>", "a folder of pictures, a picture, or a file of arrays or rows")
    .option(...RANGE, parseRange)
    .option(...CLASS)
    .option("--vectors", "of a vqvae: the vectors of the codes in place of their numbers")
    .action(async (run, path, { out, overwrite, range, class: classes, vectors, ...options }) => {
      checkOutputFile(out, ROW_ENDINGS, overwrite);
      const known = await openModel(run, options), { columns, letter } = encodingOf(known.model, { vectors });
      const input = await openInputFile(path, known.model, note);
      const { count, names } = input;
      exit(
        await doWork(async (work) => {
          const rows = encodeRows(known, { input, range, classes, what: `"${path}"` }, { vectors });
          await writeRows(
            out,
            rows,
            { count, shape: [columns], columns: numbered(letter, columns), names },
            work,
          );
          report(out, `${countText(count)} x ${columns}`);
          return 0;
        }, () => `"${out}" was not written`),
      );
      input.close?.();
    });
}
