/** Samples in a table, whose columns are put into the order that the model was trained on. @module */
import { RunError } from "../core/errors.ts";
import { newValues, sampleSize } from "../core/shape.ts";
import { openSource, SourceSpec } from "../data/source.ts";
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
  { featureNames, shape, use }: TrainedModel,
  note: (message: string) => void,
): Promise<SampleInput> {
  const features = featureNames && [...new Set(featureNames.map(columnOf))];
  const categories = featureNames?.filter((name) => name.includes("=")).map(columnOf) ?? [];
  const isFilled = use?.preparation?.fills !== undefined;
  const spec = SourceSpec.parse({
    source: "table",
    file: path,
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
  const size = sampleSize(shape), given = sampleSize(dataset.shape);
  if (places.every((place, at) => place === at)) return input;
  return {
    ...input,
    shape: [featureNames.length],
    async read(start, target) {
      const rows = target.length / size, values = newValues(input.kind, rows * given);
      await input.read(start, values);
      for (let row = 0; row < rows; row++) {
        places.forEach((place, at) => target[row * size + at] = place < 0 ? 0 : values[row * given + place]);
      }
    },
  };
}
