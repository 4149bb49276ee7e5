/** `score RUN INPUT -o FILE`: writes how anomalous samples are. @module */
import { countText, plural } from "../../core/amounts.ts";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { type SampleScoreName, scoresOf } from "../../analysis/anomaly/sample_scores.ts";
import { brightness } from "../../core/scale.ts";
import { pictureShape, sampleSize } from "../../core/shape.ts";
import type { Column } from "../../export/arrays/table.ts";
import { openTable, TABLE_ENDINGS } from "../../export/arrays/table_file.ts";
import { encodePng } from "../../export/pictures.ts";
import { errorSheet } from "../../export/error_sheet.ts";
import { openInputFile } from "../../inference/input_file.ts";
import { chosenScore } from "../../inference/load_model.ts";
import { type EngineModel, type ScoredRows, scoreRows } from "../../inference/operations.ts";
import { parseThreshold, type Threshold, thresholdOf } from "../../inference/threshold.ts";
import type { SampleInput } from "../../inference/sample_input.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { parseCount } from "../options.ts";
import {
  checkOutputFile,
  CLASS,
  doWork,
  makeOutputFolder,
  modelCommand,
  openModel,
  parseRange,
  RANGE,
  report,
  type Work,
} from "./common.ts";
import { note } from "./note.ts";
import { pictureName, sampleColumn, writeInFolder } from "./write_rows.ts";

/** The exit code of `--fail-if-anomalous`, that of a quality gate. */
const NOT_MET = 3;

/** The command. */
export function scoreCommand(exit: (code: number) => void) {
  return modelCommand(
    "score",
    "write how anomalous each sample is, and with a threshold which of them are anomalies",
    "the file of the scores: .csv, .tsv or .parquet, a row for each sample",
  )
    .argument("<input>", "a folder of pictures, a picture, or a file of arrays or rows")
    .option(...RANGE, parseRange)
    .option(...CLASS)
    .option(
      "--threshold <score|percentile>",
      "a sample above it is an anomaly: a score as in 0.031, or a percentile of held-out samples as in p99",
      parse,
    )
    .option("--score <name>", "the score by which verdicts go (default: elbo of a vae, else reconstruction)")
    .option(
      "--pictures <folder>",
      "write a picture of each anomaly: the sample, its reconstruction, the difference",
    )
    .option("--most <number>", "at most how many of these pictures", parseCount, 100)
    .option("--fail-if-anomalous", "exit with 3 if there is an anomaly")
    .action(async (run, path, { out, overwrite, range, failIfAnomalous, class: classes, ...options }) => {
      checkOutputFile(out, TABLE_ENDINGS, overwrite);
      const known = await openModel(run, options), { model } = known;
      const score = chosenScore(model.spec, options.score);
      const threshold = thresholdFor(model, score, { ...options, failIfAnomalous });
      const { pictures, most } = options;
      if (pictures !== undefined) makeOutputFolder(pictures, overwrite, "--pictures");
      const input = await openInputFile(path, model, note);
      const shown = pictures === undefined ? undefined : { folder: pictures, most };
      exit(
        await doWork(async (work) => {
          const rows = scoreRows(known, { input, range, classes, what: `"${path}"` });
          const found = await writeScores({ known, input, out, score, threshold, shown }, rows, work);
          report(out, `${plural(input.count, "sample")}${verdictText(found, score, threshold)}`);
          return failIfAnomalous && found > 0 ? NOT_MET : 0;
        }, () => `"${out}" was not written`),
      );
      input.close?.();
    });
}

function verdictText(found: number, score: SampleScoreName, threshold: number | undefined): string {
  if (threshold === undefined) return "";
  return `, ${plural(found, "anomaly", "anomalies")} (${score} above ${threshold.toPrecision(6)})`;
}

function parse(text: string): Threshold {
  const threshold = parseThreshold(text);
  if (threshold !== undefined) return threshold;
  throw new InvalidArgumentError(`It must be a score as in 0.031 or a percentile as in p99, got "${text}"`);
}

function thresholdFor(
  model: TrainedModel,
  score: SampleScoreName,
  { threshold, pictures, failIfAnomalous }: {
    readonly threshold?: Threshold;
    readonly pictures?: string;
    readonly failIfAnomalous?: true;
  },
): number | undefined {
  if (threshold !== undefined) {
    const limit = thresholdOf(model, score, threshold), { held } = model.use ?? {};
    if (typeof threshold === "string" && held !== undefined) {
      const which = held.split === "train"
        ? "train samples, as there are no others"
        : `${held.split} samples`;
      note(`threshold ${threshold} of ${countText(held.count)} ${which}: ${score} ${limit.toPrecision(6)}`);
    }
    return limit;
  }
  if (pictures === undefined && !failIfAnomalous) return undefined;
  // Without verdicts there is nothing to show or to fail by.
  return thresholdOf(model, score, "p99");
}

interface Scored {
  readonly known: EngineModel;
  readonly input: SampleInput;
  readonly out: string;
  readonly score: SampleScoreName;
  readonly threshold: number | undefined;
  readonly shown: { readonly folder: string; readonly most: number } | undefined;
}

/** The columns of a table of scores: the score of verdicts, all scores by name, and the verdict where there is a threshold. */
function scoreColumns(
  names: readonly string[] | undefined,
  parts: readonly string[],
  threshold: number | undefined,
): Column[] {
  return [
    sampleColumn(names),
    { name: "score", type: "double" },
    ...parts.map((name): Column => ({ name, type: "double" })),
    ...threshold === undefined ? [] : [{ name: "verdict", type: "text" } as const],
  ];
}

/** Writes a row for each sample; returns how many are anomalies. */
async function writeScores(
  { known: { model }, input: { count, names }, out, score, threshold, shown }: Scored,
  all: AsyncIterable<ScoredRows>,
  work: Work,
): Promise<number> {
  const parts = scoresOf(model.spec), table = await openTable(out, scoreColumns(names, parts, threshold));
  let anomalies = 0;
  try {
    for await (const batch of all) {
      const { start, rows } = batch, lines: (string | number)[][] = [];
      for (let row = 0; row < rows; row++) {
        const scores = batch.scores(row), value = scores[score]!, sample = start + row;
        const isAnomaly = threshold !== undefined && value > threshold;
        if (isAnomaly && shown !== undefined && anomalies < shown.most) {
          const name = names?.[sample] ?? pictureName(sample, count);
          await writeErrorPicture(model, batch, row, shown.folder, name);
        }
        if (isAnomaly) anomalies++;
        const verdict = threshold === undefined ? [] : [isAnomaly ? "anomaly" : "normal"];
        lines.push([names?.[sample] ?? sample, value, ...parts.map((name) => scores[name]!), ...verdict]);
      }
      await table.write(lines);
      work.done(start + rows, count);
    }
    await table.finish();
  } finally {
    table.abort();
  }
  return anomalies;
}

async function writeErrorPicture(
  { shape, scale }: TrainedModel,
  { seen, output }: ScoredRows,
  row: number,
  folder: string,
  name: string,
): Promise<void> {
  const size = sampleSize(shape),
    part = (values: ArrayLike<number>) =>
      Float32Array.from({ length: size }, (_, at) => values[row * size + at]);
  const [input, made] = [seen, output].map((values) => Float32Array.from(brightness(scale, part(values))));
  const bytes = encodePng(errorSheet(input, made, pictureShape(shape)));
  await writeInFolder(folder, `${name.replace(/\.[^./\\]*$/, "")}.png`, bytes);
}
