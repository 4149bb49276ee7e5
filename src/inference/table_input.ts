/** Samples in a table, whose columns are put into the order that the model was trained on. @module */
import { RunError, UsageError } from "../core/errors.ts";
import { plural } from "../core/amounts.ts";
import { isPicture, newValues, type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import { openSource } from "../data/source.ts";
import { namesText, rolesOf } from "../data/table/features.ts";
import { openTableFile } from "../data/table/open.ts";
import { TableSpec } from "../data/table/options.ts";
import type { TrainedModel } from "../models/trained.ts";
import { type SampleInput, splitInput } from "./sample_input.ts";

/** The endings of tables. */
export function isTableName(path: string): boolean {
  return /\.(csv|tsv|parquet)(\.gz)?$/i.test(path);
}

/** The column of a feature: `colour` of `colour=red`. */
const columnOf = (feature: string) => feature.split("=")[0];

/** Opens a table of the columns that a model was trained on; others are left out. */
export async function tableInput(
  path: string,
  { featureNames, use, shape }: TrainedModel,
  note: (message: string) => void,
): Promise<SampleInput> {
  const isFilled = use?.preparation?.fills !== undefined;
  const spec = sourceOf(path, featureNames, isFilled);
  if (featureNames === undefined) await checkRows(spec, shape);
  const dataset = await openSource(spec, { seed: 0, inOrder: true, keepsMissing: isFilled, log: note });
  const input = splitInput(dataset.train, dataset.shape), found = dataset.featureNames;
  if (featureNames === undefined || found === undefined) return input;
  const unknown = found.filter((name) => !featureNames.includes(name));
  if (unknown.length > 0) {
    throw new RunError(
      `"${path}" must have the categories that the model was trained on, got ${
        unknown.join(", ")
      } (leave these rows out)`,
    );
  }
  // A category that no row has is a column of zeros.
  const places = featureNames.map((name) => found.indexOf(name));
  return places.every((place, at) => place === at) ? input : inPlaces(input, places);
}

/**
 * Refuses a table whose rows cannot be samples of a model that was not trained on a table: they need a number for each value.
 *
 * @throws {UsageError}
 */
async function checkRows(spec: TableSpec, shape: SampleShape): Promise<void> {
  const opened = await openTableFile(spec.file, spec), { features } = rolesOf(opened, spec).roles;
  const isNumeric = (position: number) => !["text", "other"].includes(opened.columns[position].type);
  const texts = features.filter(({ position }) => !isNumeric(position)).map(({ name }) => name);
  const size = sampleSize(shape);
  if (texts.length === 0 && features.length === size) return;
  const found = texts.length === 0 ? "" : `, no numbers in ${namesText(texts)}`;
  const samples = isPicture(shape)
    ? `pictures of ${sampleShapeText(shape)}`
    : `samples of ${plural(size, "value")}`;
  throw new UsageError(
    `input must be ${samples}, on which the model was trained, got the rows of the table "${spec.file}" with ${
      plural(features.length, "column")
    }${found} (pass ${isPicture(shape) ? "pictures" : "arrays"}, or a table of ${
      plural(size, "number")
    } a row)`,
  );
}

/** The table as a source of the columns that a model was trained on. */
function sourceOf(file: string, featureNames: readonly string[] | undefined, isFilled: boolean): TableSpec {
  const features = featureNames && [...new Set(featureNames.map(columnOf))];
  const categories = featureNames?.filter((name) => name.includes("=")).map(columnOf) ?? [];
  return TableSpec.parse({
    source: "table",
    file,
    testShare: 0,
    // A feature of dates was one of days when the model was trained.
    dates: "days",
    // The model's own numbers fill what is missing; this says that it may be.
    ...(isFilled && { missing: "zero" }),
    ...(features && { features }),
    ...(categories.length > 0 && {
      categories: "oneHot",
      types: Object.fromEntries(categories.map((name) => [name, "category"])),
    }),
  });
}

/** An input whose columns are put into other places: column k is the input's column `places[k]`, or 0 where that is negative. */
function inPlaces(input: SampleInput, places: readonly number[]): SampleInput {
  const size = places.length, given = sampleSize(input.shape);
  return {
    ...input,
    shape: [size],
    async read(start, target) {
      const rows = target.length / size, values = newValues(input.kind, rows * given);
      await input.read(start, values);
      for (let row = 0; row < rows; row++) {
        places.forEach((place, at) => target[row * size + at] = place < 0 ? 0 : values[row * given + place]);
      }
    },
  };
}
