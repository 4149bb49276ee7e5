/**
 * Samples for a trained model, from wherever they come: read batch by batch, in the units in which they are stored.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { type SampleShape, sampleSize, type SampleValues, type ValueKind } from "../core/shape.ts";
import { kindOfSamples, type Split } from "../data/dataset.ts";
import { readSamples } from "../data/feed.ts";
import { flatNumbers, type NumericInput } from "./numeric.ts";

/** Samples that are read in order. */
export interface SampleInput {
  /** How many. */
  readonly count: number;
  /** How their values are stored: bytes are the pixels of pictures. */
  readonly kind: ValueKind;
  /** The shape of one. */
  readonly shape: SampleShape;
  /** Whether the values are known to be in the units of the model's data; others are checked for it. @default {false} */
  readonly isInUnits?: boolean;
  /** A name for each (a file's), where they have names. */
  readonly names?: readonly string[];
  /** The name of the class of each, where they have classes. */
  readonly classes?: readonly string[];
  /** Fills `target` with the samples from `start` on, as they are stored. */
  read(start: number, target: SampleValues): void | Promise<void>;
  /** Closes files. @default {there are none} */
  close?(): void;
}

/** The samples of a split, whose labels are places among `labelNames`. */
export function splitInput(
  split: Split,
  shape: SampleShape,
  labelNames?: readonly string[],
): SampleInput {
  const { labels } = split;
  const size = sampleSize(shape);
  return {
    count: split.count,
    kind: kindOfSamples(split),
    shape,
    names: split.names,
    classes: labels && labelNames && Array.from(labels, (label) => labelNames[label]),
    read: (start, target) => readSamples(split, size, start, target),
  };
}

/** Several inputs of one shape and kind, one after the other. */
export function joinInputs(inputs: readonly SampleInput[]): SampleInput {
  const [first] = inputs, size = sampleSize(first.shape);
  if (inputs.length === 1) return first;
  return {
    ...first,
    count: inputs.reduce((sum, { count }) => sum + count, 0),
    names: inputs.every(({ names }) => names !== undefined)
      ? inputs.flatMap(({ names }) => names!)
      : undefined,
    classes: inputs.every(({ classes }) => classes !== undefined)
      ? inputs.flatMap(({ classes }) => classes!)
      : undefined,
    async read(start, target) {
      let before = 0, done = 0;
      for (const input of inputs) {
        const from = Math.max(start + done - before, 0);
        const rows = Math.min(input.count - from, target.length / size - done);
        if (rows > 0) {
          await input.read(from, target.subarray(done * size, (done + rows) * size));
          done += rows;
        }
        before += input.count;
      }
    },
    close: () => inputs.forEach(({ close }) => close?.()),
  };
}

/** Numbers in memory: whole samples of the given shape, as {@link NumericInput} describes them. */
export function numericInput(input: NumericInput, shape: SampleShape, name = "input"): SampleInput {
  const { data, shape: given } = flatNumbers(input), size = sampleSize(shape);
  const sample = given?.slice(1) ?? shape;
  const count = given?.[0] ?? data.length / size;
  const elements = given?.reduce((product, length) => product * length, 1) ?? data.length;
  if (elements !== data.length || !Number.isInteger(count)) {
    throw new RunError(
      `${name} must hold whole samples of ${size} values, got ${data.length} values${
        given === undefined ? "" : ` for the shape [${given}]`
      }`,
    );
  }
  const isBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  return {
    count,
    kind: isBytes ? "bytes" : "floats",
    shape: sample,
    read(start, target) {
      const from = start * sampleSize(sample);
      for (let at = 0; at < target.length; at++) target[at] = Number(data[from + at]);
    },
  };
}
