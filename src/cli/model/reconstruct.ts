/** `reconstruct RUN INPUT -o FOLDER|FILE`: writes what a model makes of samples, denoised pictures for example. @module */
import { countText, plural } from "../../core/amounts.ts";
import { isSameShape, pictureShape, sampleShapeText, sampleSize } from "../../core/shape.ts";
import { encodePicture, writableName } from "../../export/picture_file.ts";
import { checkInputFile, openInputFile } from "../../inference/input_file.ts";
import { inputScale } from "../../inference/input_scale.ts";
import { type EngineModel, reconstructRows } from "../../inference/operations.ts";
import { isPictureName, picturesAt } from "../../inference/picture_files.ts";
import { type PictureFit, reconstructPictures } from "../../inference/reconstruct_pictures.ts";
import { oneOf } from "../options.ts";
import {
  checkOutputFile,
  CLASS,
  doWork,
  isFileOutput,
  makeOutputFolder,
  modelCommand,
  openModel,
  parseRange,
  RANGE,
  report,
  type Work,
} from "./common.ts";
import { note } from "./note.ts";
import { numbered, ROW_ENDINGS, writeInFolder, writePictures, writeRows } from "./write_rows.ts";

const FITS = ["auto", "scale", "tiles"] as const satisfies readonly PictureFit[];

/** The command. */
export function reconstructCommand(exit: (code: number) => void) {
  return modelCommand(
    "reconstruct",
    "write what a model makes of samples: denoised pictures, for example",
    "a folder for pictures of the same names, sizes and formats as the input's; or an .npy, .csv, .tsv or .parquet file",
  )
    .argument("<input>", "a folder of pictures, a picture, or a file of arrays or rows")
    .option(...RANGE, parseRange)
    .option(...CLASS)
    .option(
      "--fit <how>",
      `pictures of another size than the model's: ${
        FITS.join(", ")
      } (auto: larger ones in overlapping tiles)`,
      oneOf(FITS),
      "auto" as PictureFit,
    )
    .action(async (run, path, { out, overwrite, range, fit, class: classes, ...options }) => {
      const isFile = isFileOutput(out), isPictures = checkInputFile(path) || isPictureName(path);
      if (isFile) checkOutputFile(out, ROW_ENDINGS, overwrite);
      const known = await openModel(run, options);
      let written = 0;
      const kept = () => isFile ? `"${out}" was not written` : `${plural(written, "whole file")} in "${out}"`;
      const onWritten = () => void written++;
      exit(
        await doWork(async (work) => {
          if (isPictures && !isFile) {
            makeOutputFolder(out, overwrite);
            await reconstructFiles(known, { path, out, fit, classes }, work, onWritten);
          } else await reconstructSamples(known, { path, out, range, classes, overwrite }, work, onWritten);
          return 0;
        }, kept),
      );
    });
}

async function reconstructFiles(
  known: EngineModel,
  { path, out, fit, classes }: { path: string; out: string; fit: PictureFit; classes?: string },
  work: Work,
  onWritten: () => void,
): Promise<void> {
  const files = await picturesAt(path, note), model = pictureShape(known.model.shape);
  let done = 0, tiled = 0, scaled = 0, renamed = 0;
  for await (
    const { file, picture, tiles } of reconstructPictures(known, files, { fit, classes, what: `"${path}"` })
  ) {
    const name = writableName(file.name);
    await writeInFolder(out, name, await encodePicture(name, picture));
    onWritten();
    if (tiles > 1) tiled++;
    else if (
      tiles === 0 || !isSameShape([picture.height, picture.width], [model.height, model.width])
    ) scaled++;
    if (name !== file.name) renamed++;
    work.done(++done, files.length);
  }
  const size = `${model.height}x${model.width}`;
  const notes = [
    ...tiled === 0 ? [] : [`${countText(tiled)} in overlapping tiles of ${size}`],
    ...scaled === 0 ? [] : [`${countText(scaled)} scaled to ${size} and back`],
    ...renamed === 0 ? [] : [`${countText(renamed)} as PNG`],
  ];
  report(out, `${plural(files.length, "picture")}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`);
}

async function reconstructSamples(
  known: EngineModel,
  { path, out, range, classes, overwrite }: {
    path: string;
    out: string;
    classes?: string;
    range?: readonly [number, number];
    overwrite?: true;
  },
  work: Work,
  onWritten: () => void,
): Promise<void> {
  const { model } = known, input = await openInputFile(path, model, note), { count, names, shape } = input;
  const rows = reconstructRows(known, { input, range, classes, what: `"${path}"` });
  try {
    if (isFileOutput(out)) {
      const dimensions = shape.length === 3 && shape[2] === 1 ? shape.slice(0, 2) : shape;
      const columns = model.featureNames ?? numbered("x", sampleSize(shape));
      await writeRows(out, rows, { count, shape: dimensions, columns, names }, work);
    } else {
      makeOutputFolder(out, overwrite);
      const scale = inputScale(model, input.kind, range);
      await writePictures(out, rows, { shape: model.shape, scale, count }, work, onWritten);
    }
  } finally {
    input.close?.();
  }
  report(out, `${countText(count)} of ${sampleShapeText(shape)}`);
}
