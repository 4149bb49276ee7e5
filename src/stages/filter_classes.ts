/** The stage that keeps some classes for training. @module */
import { z } from "zod";
import { nearest, RunError } from "../core/errors.ts";
import { sampleSize } from "../core/shape.ts";
import type { Dataset, Split, SplitName } from "../data/dataset.ts";
import { pickFromSplit } from "../data/parts.ts";
import { rescaled } from "../data/scale.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  labels: z.array(z.string()).min(1).nullable().default(null),
  except: z.array(z.string()).min(1).nullable().default(null),
  splits: z.array(z.enum(["train", "test"])).min(1).default(["train"]),
}).refine(({ labels, except }) => (labels === null) !== (except === null), {
  path: ["labels"],
  error: "must be given, or except, and not both",
});
type Options = z.infer<typeof Options>;

/** What {@link filterClasses}: give `labels` or `except`, not both. */
export interface FilterClassesOptions {
  /** The stage's name. @default {"filterClasses"} */
  name?: string;
  /** The classes that stay; a `*` at the end stands for any rest: `["face-*"]`, and `["*"]` for all. @default {null} */
  labels?: string[] | null;
  /** The classes that go, as those that stay are named; all others stay. @default {null} */
  except?: string[] | null;
  /** The splits that are narrowed (with the train split its validation split, too); the others keep all classes. @default {["train"]} */
  splits?: ("train" | "test")[];
}

/** Outputs of {@link filterClasses}. */
export interface FilterClassesOutput {
  /** The images with the narrowed splits. */
  dataset: Dataset;
}

const definition: StageDefinition<Options, { dataset: Dataset }, FilterClassesOutput> = {
  kind: "filterClasses",
  version: 3,
  inputs: ["dataset"],
  outputs: ["dataset"],
  schema: Options,
  plan: (options, { classes, testClasses }) => ({
    lines: [`${choiceText(options)} in the ${options.splits.join(" and ")} split`],
    facts: {
      ...options.splits.includes("train") && classes ? { classes: keptOf(classes, options) } : {},
      ...options.splits.includes("test") && testClasses ? { testClasses: keptOf(testClasses, options) } : {},
    },
  }),
  run({ dataset }, options) {
    const kept = keptLabels(dataset, options);
    const size = sampleSize(dataset.shape);
    // What is validated on is like what is trained on.
    const isNarrowed = (name: SplitName) => options.splits.includes(name === "validation" ? "train" : name);
    const narrow = (split: Split, name: SplitName) =>
      isNarrowed(name) ? narrowed(split, name, size, kept, options) : split;
    const { train, test, validation } = dataset;
    const result = rescaled({
      ...dataset,
      train: narrow(train, "train"),
      test: narrow(test, "test"),
      validation: validation && narrow(validation, "validation"),
    });
    const note = `${choiceText(options)}: ${counted(result.train)} to train on, ${
      counted(result.test)
    } to test`;
    return Promise.resolve({ outputs: { dataset: result }, note });
  },
};

const counted = ({ count }: Split) => `${count.toLocaleString("en-US")} images`;

function choiceText({ labels, except }: Options): string {
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");
  return labels !== null ? `only ${quoted(labels)}` : `all but ${quoted(except ?? [])}`;
}

type Classes = readonly { readonly name: string; readonly label: number }[];

/** The classes that stay of those that a plan knows; names that there are not are refused when the data are there. */
function keptOf(classes: Classes, { labels, except }: Options): Classes {
  const names = classes.map(({ name }) => name);
  const chosen = new Set((labels ?? except ?? []).flatMap((one) => positionsOf(one, names)));
  return classes.filter((_, position) => chosen.has(position) === (labels !== null));
}

function keptLabels({ labelNames, name }: Dataset, { labels, except }: Options): Set<number> {
  if (labelNames === undefined) {
    throw new RunError(`images must have labels, got ${name} without any`);
  }
  const chosen = new Set((labels ?? except ?? []).flatMap((label) => {
    const positions = positionsOf(label, labelNames);
    if (positions.length > 0) return positions;
    const near = nearest(label, labelNames);
    throw new RunError(
      `class must be one of ${labelNames.join(", ")}, got "${label}"${
        near === undefined ? "" : ` (did you mean "${near}"?)`
      }`,
    );
  }));
  return labels !== null ? chosen : new Set(labelNames.keys().filter((position) => !chosen.has(position)));
}

/** The positions of the class of that name; of a name that ends with `*`, of all classes that begin with it. */
function positionsOf(label: string, labelNames: readonly string[]): number[] {
  const position = labelNames.indexOf(label);
  if (position >= 0) return [position];
  if (!label.endsWith("*")) return [];
  const start = label.slice(0, -1);
  return labelNames.flatMap((name, position) => name.startsWith(start) ? [position] : []);
}

function narrowed(
  split: Split,
  name: string,
  size: number,
  kept: ReadonlySet<number>,
  options: Options,
): Split {
  const rows = Array.from(split.labels ?? []).flatMap((label, row) => kept.has(label) ? [row] : []);
  if (rows.length > 0) return pickFromSplit(split, size, rows);
  throw new RunError(
    `${name} split must have images of ${choiceText(options)}, got none among ${split.count}`,
  );
}

/**
 * Keeps the images of some classes, by their labels: `filterClasses({ labels: ["3"] })` trains on threes and tests on all digits,
 * `filterClasses({ except: ["3"] })` trains on all but threes.
 */
export function filterClasses(
  options: FilterClassesOptions,
): Stage<{ dataset: Dataset }, FilterClassesOutput> {
  return stageOf(definition, options);
}
