/**
 * The interface of a source of samples: plain data that describes what to open, and the code that opens it.
 *
 * A new source is one file that defines a {@link Source} and one line in the table of `source.ts`.
 *
 * @module
 */
import { z } from "zod";
import type { Fault } from "../core/fault.ts";
import type { SampleShape } from "../core/shape.ts";
import type { Dataset } from "./dataset.ts";
import { colourOf } from "./picture_colour.ts";

/** Options for {@link Source.open}. */
export interface SourceContext {
  /** The run's seed, on which draws (a test split, a selection) depend alone. */
  readonly seed: number;
  /** At most how many bytes of samples a split may hold in memory; a source that can leave more in their file does so. @default {Infinity} */
  readonly memory?: number;
  /**
   * Whether the samples stay in the order of their file, however many there are: inputs of a trained model, of which one is enough.
   * @default {large ones may be read in another order}
   */
  readonly inOrder?: boolean;
  /** Whether missing values stay so (NaN) where a rule would fill them: inputs of a trained model, which knows what to fill them by. @default {no} */
  readonly keepsMissing?: boolean;
  /** The place of this process among those that train together, which may read samples of its own. @default {it trains alone} */
  readonly ranks?: { readonly rank: number; readonly size: number };
  /** Logs what takes long and why, a sentence at a time. */
  log(message: string): void;
  /** Reports possible problems (skipped files, duplicate images). @default log */
  warn?(message: string): void;
}

/** A value that was seen, with its name: `the median of column "age"`. */
export interface SeenValue {
  readonly what: string;
  readonly value: number;
}

/** A source: its options as a schema and what can be done with them. */
export interface Source<Schema extends z.ZodObject = z.ZodObject> {
  /** The value of the spec's field `source`. */
  readonly kind: string;
  /** The spec: a strict object whose field `source` is a literal. */
  readonly schema: Schema;
  /** A short description, with as little reading as possible: `mnist: 60,000 + 10,000 images of 28x28`. */
  describe(spec: z.output<Schema>): string;
  /** Further lines for a plan: columns and their types. @default {[]} */
  details?(spec: z.output<Schema>): string[];
  /**
   * Reads what {@link describe}, {@link details}, {@link shape} and {@link faults} state, where that takes a package or more than a moment;
   * without it they state less. Never throws. @default {nothing}
   */
  inspect?(spec: z.output<Schema>): Promise<void>;
  /** The shape of its samples, as far as it can be known before the data is read. */
  shape(spec: z.output<Schema>): SampleShape | undefined;
  /** The number of its train samples, as far as it can be known before the data is read. @default {not known} */
  trainSamples?(spec: z.output<Schema>): number | undefined;
  /** Whether it has a validation split of its own. @default {it has none} */
  hasValidation?(spec: z.output<Schema>): boolean;
  /**
   * The names of the classes of its labels in their order, as far as they can be known before the data is read; `null` where its samples have no
   * labels. @default {not known}
   */
  classes?(spec: z.output<Schema>): readonly string[] | null | undefined;
  /** Values of train samples, in the units of the data, as far as such were seen before the data is read. @default {none was seen} */
  seenValues?(spec: z.output<Schema>): readonly SeenValue[];
  /** What is missing, found before any run without reading data: `folder` must be a folder of images, got ... @default nothing */
  faults?(spec: z.output<Schema>): Fault[];
  /** Increased when the same options give other samples or splits, so that earlier results are not reused. */
  readonly version?: string;
  /** A text that changes with the content, found without reading it. @default {the content never changes} */
  fingerprint?(spec: z.output<Schema>): Promise<string>;
  /** Reads the samples. Throws a RunError that names the file and the remedy. */
  open(spec: z.output<Schema>, context: SourceContext): Promise<Dataset>;
}

/** How many samples of a split are used at most. */
export const limitOption: z.ZodOptional<z.ZodInt> = z.int().min(1).optional();

/** How many samples of a split are skipped before the first that is used. */
export const offsetOption: z.ZodDefault<z.ZodInt> = z.int().min(0).default(0);

/** The colour behind what is transparent in a picture. */
export const backgroundOption: z.ZodString = z.string().refine((text) => colourOf(text) !== undefined, {
  error: 'must be a colour as in "white", "black" or "#ff8000"',
});

/** Which share of the samples becomes the test split; 0 makes the train split the test split too. */
export const testShareOption: z.ZodNumber = z.number().min(0).max(0.9);
