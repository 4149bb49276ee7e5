/** Access to the samples of a program. @module */
import { newValues, type SampleValues } from "../core/shape.ts";
import type { ProgramOptions, SampleOptions } from "./engine.ts";

/** Memory for the samples of a program and for their targets; empty where there are none. */
export function allocateSamples(
  { samples }: ProgramOptions,
): { readonly samples: SampleValues; readonly targets: SampleValues } {
  const length = (samples?.capacity ?? 0) * (samples?.size ?? 0);
  return {
    samples: newValues(samples?.kind ?? "bytes", length),
    targets: newValues(samples?.targets ?? "bytes", samples?.targets === undefined ? 0 : length),
  };
}

/**
 * The samples that a program was compiled with, for an input of N columns.
 *
 * @throws {TypeError} When there are none, or none with targets of their own where those are asked for.
 * @throws {RangeError} When the input has another size.
 */
export function compiledSamples(
  { samples }: ProgramOptions,
  part: "samples" | "targets",
  input: string,
  columns: number,
): SampleOptions {
  if (samples === undefined) {
    throw new TypeError(
      "gather() needs a program that was compiled with samples, got none (set options.samples)",
    );
  }
  if (part === "targets" && samples.targets === undefined) {
    throw new TypeError(
      "gatherTargets() needs a program whose samples have targets, got none (set options.samples.targets)",
    );
  }
  if (columns !== samples.size) {
    throw new RangeError(
      `the input ${input} must have ${samples.size} columns, one for each value of a sample, got ${columns}`,
    );
  }
  return samples;
}
