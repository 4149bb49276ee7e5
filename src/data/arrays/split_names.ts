/** The arrays of each split by their names: which go together, and reading them. @module */
import { samplesText } from "../dataset.ts";
import { type ArraySet, type LabelArray, sampleShapeOf, type SplitArrays } from "./array_set.ts";
import type { NumberArray } from "./stored_array.ts";

/** What there may be of each split. */
export const SPLIT_PARTS = [
  "train",
  "labels",
  "targets",
  "test",
  "testLabels",
  "testTargets",
  "validation",
  "validationLabels",
  "validationTargets",
] as const;

/** Names (of files, or of arrays in a file) of what there is. */
export type SplitNames = { readonly [Part in typeof SPLIT_PARTS[number]]?: string };

/** The options of a source that calls samples images, under the names that all sources of arrays share. */
export function imagesNames<Spec extends ImagesSplits>(
  { images, testImages, validationImages, ...rest }: Spec,
): Omit<Spec, keyof ImagesSplits> & { train: string; test?: string; validation?: string } {
  return { ...rest, train: images, test: testImages, validation: validationImages };
}

interface ImagesSplits {
  readonly images: string;
  readonly testImages?: string;
  readonly validationImages?: string;
}

/** The option of a part, of a source that calls samples images. */
export function imagesOption(part: typeof SPLIT_PARTS[number]): string {
  if (part === "train") return "images";
  return part === "test" || part === "validation" ? `${part}Images` : part;
}

/** Receives faults of options. */
interface IssueContext {
  addIssue(issue: { code: "custom"; path: string[]; message: string }): void;
}

/** Checks which options go together; options of test and validation samples end in `suffix`. */
export function checkSplits(
  names: SplitNames & { readonly testShare?: number },
  context: IssueContext,
  suffix: "" | "Images" = "",
): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  for (const split of ["test", "validation"] as const) {
    const isGiven = names[split] !== undefined, targets = names[`${split}Targets`] !== undefined;
    for (const part of [`${split}Labels`, `${split}Targets`] as const) {
      if (isGiven || names[part] === undefined) continue;
      refuse(part, `'${part}' belong to '${split}${suffix}', which is not given`);
    }
    if (isGiven && targets !== (names.targets !== undefined)) {
      refuse(`${split}Targets`, "targets must be given for every split or for none");
    }
  }
  if (names.testShare !== undefined && names.test !== undefined) {
    refuse(
      "testShare",
      `'testShare' draws the test split, which 'test${suffix}' already is: leave one of them out`,
    );
  }
}

/** The labels that an array holds, `[samples]` or `[samples, 1]`. */
function labelsOf({ name, sizes, values }: NumberArray): LabelArray {
  const isList = sizes.slice(1).every((size) => size === 1);
  return { name: isList ? name : `${name}, ${sizes.join("x")},`, values };
}

/** Reads the arrays of all splits by their names. */
export async function readSplits(
  names: SplitNames & { readonly train: string },
  read: (name: string, content: "values" | "labels") => Promise<NumberArray>,
): Promise<ArraySet> {
  const split = async (values: string, labels?: string, targets?: string): Promise<SplitArrays> => ({
    values: await read(values, "values"),
    ...(labels !== undefined && { labels: labelsOf(await read(labels, "labels")) }),
    ...(targets !== undefined && { targets: await read(targets, "values") }),
  });
  const { train, labels, targets, test, testLabels, testTargets, validation } = names;
  return {
    train: await split(train, labels, targets),
    ...(test !== undefined && { test: await split(test, testLabels, testTargets) }),
    ...(validation !== undefined && {
      validation: await split(validation, names.validationLabels, names.validationTargets),
    }),
  };
}

/** Counts and shape of arrays as text, by their sizes; `undefined` where they are not known. */
export function sizesText(
  sizes: readonly (readonly number[] | undefined)[],
  shape: readonly number[] | undefined,
): string | undefined {
  const [train] = sizes, found = train && sampleShapeOf(train, shape);
  if (train === undefined || found === undefined) return undefined;
  return samplesText(sizes.flatMap((one) => one === undefined ? [] : [one[0]]), found);
}
