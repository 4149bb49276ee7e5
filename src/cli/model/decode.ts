/** `decode RUN POINTS -o FOLDER|FILE`: writes what a decoder makes of latent points. @module */
import { countText, plural } from "../../core/amounts.ts";
import { RunError } from "../../core/errors.ts";
import { sampleSize } from "../../core/shape.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { namedClassIndices } from "../../models/condition.ts";
import { readPoints } from "../../inference/points_file.ts";
import { decodeRows, type EngineModel, pointColumns, pointsOf } from "../../inference/operations.ts";
import { sampleShapeText } from "../../core/shape.ts";
import {
  checkOutputFile,
  doWork,
  isFileOutput,
  makeOutputFolder,
  modelCommand,
  openModel,
  report,
} from "./common.ts";
import { numbered, ROW_ENDINGS, writePictures, writeRows } from "./write_rows.ts";

/** The command. */
export function decodeCommand(exit: (code: number) => void) {
  return modelCommand(
    "decode",
    "write what the decoder makes of latent points, those of encode for example",
    "a folder for pictures, or an .npy, .csv, .tsv or .parquet file",
  )
    .argument(
      "<points>",
      "an .npy, .csv, .tsv or .parquet file of latent points, [points, latent dimensions]",
    )
    .option("--class <name>", "of a conditional model: the class of all points")
    .action(async (run, path, { out, overwrite, class: classes, ...options }) => {
      if (isFileOutput(out)) checkOutputFile(out, ROW_ENDINGS, overwrite);
      const known = await openModel(run, options);
      const points = await pointsFrom(path, known.model);
      const indices = namedClassIndices(known.model.spec, classes, points.length / known.model.spec.latent);
      exit(await writeDecoded(known, points, { out, overwrite, indices }));
    });
}

/** The latent points of a file; of a VQ-VAE those of the codes that it holds. */
async function pointsFrom(path: string, model: TrainedModel): Promise<Float32Array> {
  const [columns] = pointColumns(model),
    what = columns === model.spec.latent ? "latent dimensions" : "codes of a sample";
  return pointsOf(model, await readPoints(path, columns, what), columns);
}

/** Decodes points into a file or a folder, of a conditional model as the classes at `indices`; returns the exit code. */
export async function writeDecoded(
  known: EngineModel,
  points: Float32Array,
  { out, overwrite, indices }: {
    readonly out: string;
    readonly overwrite?: true;
    readonly indices?: ArrayLike<number>;
  },
): Promise<number> {
  const { model } = known, { shape, scale, spec } = model, count = points.length / spec.latent;
  if (count === 0) throw new RunError("points must be at least one, got none");
  let written = 0;
  const isFile = isFileOutput(out);
  return await doWork(async (work) => {
    const rows = decodeRows(known, points, indices);
    if (isFile) {
      const dimensions = shape.length === 3 && shape[2] === 1 ? shape.slice(0, 2) : shape;
      const columns = numbered("x", sampleSize(shape));
      await writeRows(out, rows, { count, shape: dimensions, columns }, work);
    } else {
      makeOutputFolder(out, overwrite);
      await writePictures(out, rows, { shape, scale, count }, work, () => void written++);
    }
    report(out, `${countText(count)} of ${sampleShapeText(shape)}`);
    return 0;
  }, () => isFile ? `"${out}" was not written` : `${plural(written, "whole file")} in "${out}"`);
}
